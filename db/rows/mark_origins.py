"""How the marks that a person left compare with the marks that stood there before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from captionlint.core.errors import UsageError
from captionlint.core.formats.fields import UNSTORABLE
from captionlint.core.review import KINDS, Origin, Span
from captionlint.core.text.intervals import Overlaps


def settle(marks: Sequence[Span], left: Sequence[Span]) -> tuple[Span, ...]:
    """Gives each span its origin and keeps the marks that were taken away, as removed.

    A span with a mark's very extent comes from the prediction, one that overlaps a mark is changed, any other is
    manual. A mark that no span overlaps was removed. Spans given as removed are taken for what they say: away.
    """
    kept = [span for span in left if not span.removed]
    extents = {(mark.start, mark.end) for mark in marks}
    before, after = Overlaps(marks), Overlaps(kept)
    settled = [replace(span, origin=_origin(span, before, extents)) for span in kept]
    gone = [
        replace(mark, removed=True, origin="prediction") for mark in marks if not after.touched(mark.start, mark.end)
    ]
    return tuple(sorted((*settled, *gone), key=lambda s: (s.start, s.end)))


def _origin(span: Span, marks: Overlaps[Span], extents: set[tuple[int, int]]) -> Origin:
    if (span.start, span.end) in extents:
        return "prediction"
    return "changed" if marks.touched(span.start, span.end) else "manual"


def check(spans: Sequence[Span], caption: str, *texts: str | None) -> None:
    """Refuses marks that no caption can have, and texts, replacements included, that no store can; `UsageError`."""
    for text in (*texts, *(span.replacement for span in spans)):
        if text is not None and UNSTORABLE.search(text):
            raise UsageError("A text holds a NUL character or half of a surrogate pair: type it anew.")
    for span in spans:
        if not 0 <= span.start < span.end <= len(caption):
            raise UsageError(
                f"A mark from {span.start} to {span.end} does not fit a caption of {len(caption)} characters."
            )
        if span.kind not in KINDS:
            raise UsageError(f"There is no kind {span.kind!r}: take one of {', '.join(KINDS)}.")
