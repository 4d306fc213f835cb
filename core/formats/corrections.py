"""What a review makes of a caption: right as it is, corrected, or wrong without a correction."""

from __future__ import annotations

from collections.abc import Sequence

from captionlint.core.formats.records import ExportItem
from captionlint.core.review import Review, Span


class LeftOut(Exception):
    """An item that a format has no row for; the message is a reason that items are counted under."""


def reviewed(item: ExportItem) -> Review:
    """The review that the item must have here; LeftOut where nobody reviewed it."""
    if item.review is None or item.review.status == "pending":
        raise LeftOut("not reviewed")
    return item.review


def kept_spans(item: ExportItem) -> tuple[Span, ...]:
    """The marks that stand after the review, from left to right."""
    spans = item.review.spans if item.review else ()
    return tuple(sorted((s for s in spans if not s.removed), key=lambda s: (s.start, s.end)))


def corrected_caption(item: ExportItem) -> str | None:
    """What the annotator says is right instead: the caption given, else the replacements put in place.

    None where the caption is right as it is, or where a mark has no replacement.
    """
    if item.review is None:
        return None
    given = item.review.corrected_caption
    if given is not None:
        return given if given != item.caption else None
    spans = kept_spans(item)
    if not spans or any(span.replacement is None for span in spans):
        return None
    text = with_replacements(item.caption, spans)
    return text if text.strip() and text != item.caption else None


def best_caption(item: ExportItem) -> str:
    """A caption to train on: the corrected one, or the original that was found right. LeftOut if there is none.

    The original of an item that nobody reviewed counts as right: such items come only where they were asked for.
    """
    corrected = corrected_caption(item)
    if corrected is not None:
        return corrected
    if kept_spans(item):
        raise LeftOut("marked, without a correction")
    return item.caption


def with_replacements(caption: str, spans: Sequence[Span]) -> str:
    """The caption with each span's replacement in its place; a deleted stretch takes one of its spaces along."""
    text = caption
    for span in sorted(spans, key=lambda s: s.start, reverse=True):
        end = span.end
        if not span.replacement and text[end : end + 1] == " " and (span.start == 0 or text[span.start - 1] == " "):
            end += 1
        text = text[: span.start] + (span.replacement or "") + text[end:]
    return text
