"""What an annotator is making of one item before deciding: marks, kinds, replacements, another wording.

Pure values: each change returns a new draft, so that undo is keeping the old one. Marks stand on the caption as it
came; where the wording was edited they follow it for the eye only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from captionlint.core.prediction import WordScore
from captionlint.core.review import Kind, Review, Span
from captionlint.core.text.edits import follow, replacements
from captionlint.core.text.words import split_pieces
from captionlint.db.records import StoredItem


@dataclass(frozen=True, slots=True)
class Draft:
    """An item under review.

    Attributes:
        base: the marks that the threshold makes, in their order; they move with it.
        fixed: what the annotator shaped, also marks taken away (`removed`); no threshold moves these.
        text: the caption as it reads now.
    """

    item: StoredItem
    base: tuple[Span, ...] = ()
    fixed: tuple[Span, ...] = ()
    text: str = ""

    @property
    def spans(self) -> tuple[Span, ...]:
        """The marks that stand now, on the caption as it came."""
        if not self.fixed:
            return self.base
        base = [m for m in self.base if not any(overlap(m, f) for f in self.fixed)]
        kept = [f for f in self.fixed if not f.removed]
        return tuple(sorted((*base, *kept), key=lambda s: (s.start, s.end)))

    @property
    def edited(self) -> bool:
        """Whether the wording was changed."""
        return self.text != self.item.caption

    @property
    def shown_spans(self) -> tuple[Span, ...]:
        """The marks where they stand in `text`."""
        moved = follow(self.spans, self.item.caption, self.text)
        return tuple(span for span in moved if span is not None)


def overlap(one: Span, other: Span) -> bool:
    """Whether two marks share a character."""
    return one.start < other.end and other.start < one.end


def begin(item: StoredItem) -> Draft:
    """The draft that an item is first shown with: its newest review, else the marks of the threshold."""
    review = item.reviews[-1].review if item.reviews else None
    if review is None or review.status not in ("accepted", "corrected"):
        return Draft(item, base=() if item.blind else item.marks, text=item.caption)
    return Draft(item, fixed=review.spans, text=review.corrected_caption or item.caption)


def from_review(begun: Draft, review: Review) -> Draft | None:
    """The draft that a review was decided on, where it says more than `begun`; what it has in common stays `base`."""
    if review.status not in ("accepted", "corrected"):
        return None
    base = {_said(mark) for mark in begun.base}
    fixed = tuple(span for span in review.spans if span.removed or _said(span) not in base)
    draft = replace(begun, fixed=fixed, text=review.corrected_caption or begun.item.caption)
    return draft if is_changed(draft, begun) else None


def words_of(text: str) -> tuple[WordScore, ...]:
    """The words of a text that has no scores."""
    return tuple(WordScore(p.text, p.start, p.end, None) for p in split_pieces(text) if p.is_word)


def with_base(draft: Draft, marks: Sequence[Span]) -> Draft:
    """The draft under another threshold. What was decided before keeps its marks, and blind items show none."""
    decided = bool(draft.item.reviews) and draft.item.status in ("accepted", "corrected")
    return draft if draft.item.blind or decided else replace(draft, base=tuple(marks))


def span_at(draft: Draft, start: int, end: int) -> Span | None:
    """The mark that touches a stretch of the original caption."""
    return next((s for s in draft.spans if s.start < end and start < s.end), None)


def in_original(draft: Draft, start: int, end: int) -> tuple[int, int] | None:
    """A stretch of `text` on the caption as it came; None where its words are new."""
    (moved,) = follow([Span(start, end)], draft.text, draft.item.caption)
    return None if moved is None else (moved.start, moved.end)


def toggle(draft: Draft, start: int, end: int) -> Draft:
    """Takes away the mark that touches the stretch, or puts one on it."""
    there = span_at(draft, start, end)
    if there is None:
        return _put(draft, Span(start, end))
    return _put(draft, replace(there, removed=True))


def mark(draft: Draft, start: int, end: int) -> Draft:
    """One mark over the stretch, which swallows the marks that it touches and keeps the kind of the first."""
    old = span_at(draft, start, end)
    return _put(draft, replace(old or Span(start, end), start=start, end=end, removed=False))


def set_kind(draft: Draft, start: int, end: int, kind: Kind) -> Draft:
    """Gives the mark at the stretch a kind; a word without a mark gets one."""
    old = span_at(draft, start, end) or Span(start, end)
    return _put(draft, replace(old, kind=kind))


def set_replacement(draft: Draft, start: int, end: int, text: str | None) -> Draft:
    """Says what should stand there ("" for nothing, None for no opinion); a word without a mark gets one."""
    old = span_at(draft, start, end) or Span(start, end)
    return _put(draft, replace(old, replacement=text))


def reword(draft: Draft, text: str) -> Draft:
    """Another wording of the caption."""
    return replace(draft, text=text)


def decided(draft: Draft) -> tuple[Span, ...]:
    """The marks to keep: those that stand, and the words that the new wording replaced, with what replaced them."""
    spans = list(draft.spans)
    if not draft.edited:
        return tuple(spans)
    for changed in replacements(draft.item.caption, draft.text):
        touched = [s for s in spans if overlap(s, changed)]
        first = touched[0] if touched else changed
        start, end = min([changed.start, *(s.start for s in touched)]), max([changed.end, *(s.end for s in touched)])
        exact = (start, end) == (changed.start, changed.end)
        said = changed.replacement if exact else first.replacement
        spans = [s for s in spans if s not in touched]
        spans.append(replace(first, start=start, end=end, replacement=said))
    return tuple(sorted(spans, key=lambda s: (s.start, s.end)))


def is_changed(draft: Draft, since: Draft) -> bool:
    """Whether the annotator's answer differs from what `since` would say."""
    if draft.text != since.text:
        return True
    if draft.fixed == since.fixed:
        return False
    return any(
        a is None or b is None or _said(a) != _said(b) for a, b in zip_longest(draft.spans, _under(draft, since))
    )


def _under(draft: Draft, since: Draft) -> tuple[Span, ...]:
    return replace(since, base=draft.base).spans


def _said(span: Span) -> tuple[int, int, Kind, str | None]:
    return span.start, span.end, span.kind, span.replacement


def _put(draft: Draft, span: Span) -> Draft:
    others = tuple(f for f in draft.fixed if not overlap(f, span))
    return replace(draft, fixed=(*others, span))
