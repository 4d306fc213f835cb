"""Reviews inside a row of our own formats, whole: what tags and edits cannot tell comes back from here.

Each entry of ``reviews`` is one annotator's review, the oldest first: its own status, annotator, time, seconds and
corrected caption, what its annotator was shown, and its spans, those that were removed too, as parallel lists.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

from captionlint.core.formats import fields
from captionlint.core.formats.records import RowError, Shown
from captionlint.core.review import KINDS, ORIGINS, STATUSES, Review, Span

REVIEW_FIELDS: Final[Mapping[str, type[str] | type[float] | type[bool]]] = {
    "status": str,
    "annotator": str,
    "reviewed_at": str,
    "seconds": float,
    "corrected_caption": str,
    "blind": bool,
    "scorer": str,
    "epsilon": float,
}
"""Fields of an entry that hold one value."""
SPAN_FIELDS: Final[Mapping[str, type[str] | type[int] | type[bool]]] = {
    "starts": int,
    "ends": int,
    "kinds": str,
    "replacements": str,
    "origins": str,
    "removed": bool,
}
"""Fields of an entry that hold one value a span."""

_Name = TypeVar("_Name", bound=str)


def entries(reviews: Sequence[Review], shown: Sequence[Shown]) -> list[dict[str, Any]]:
    """Reviews as entries; `shown` has one for each, or none at all."""
    return [_entry(review, seen) for review, seen in zip(reviews, shown or [Shown()] * len(reviews), strict=True)]


def reviews_of(row: Mapping[str, Any], caption: str) -> list[tuple[Review, Shown]]:
    """The entries of a row; none where it has no ``reviews``. Raises RowError."""
    return [_review(entry, caption) for entry in fields.entries_of(row, "reviews")]


def _entry(review: Review, shown: Shown) -> dict[str, Any]:
    spans = review.spans
    return {
        "status": review.status,
        "annotator": review.annotator,
        "reviewed_at": review.reviewed_at.isoformat(),
        "seconds": review.seconds,
        "corrected_caption": review.corrected_caption,
        "blind": shown.blind,
        "scorer": shown.scorer,
        "epsilon": shown.epsilon,
        "starts": [span.start for span in spans],
        "ends": [span.end for span in spans],
        "kinds": [span.kind for span in spans],
        "replacements": [span.replacement for span in spans],
        "origins": [span.origin for span in spans],
        "removed": [span.removed for span in spans],
    }


def _review(entry: object, caption: str) -> tuple[Review, Shown]:
    if not isinstance(entry, dict):
        raise RowError("'reviews' must be a list of objects with status, annotator and reviewed_at.")
    review = Review(
        status=_known(entry.get("status"), "status", STATUSES),
        spans=_spans(entry, caption),
        corrected_caption=fields.optional_text(entry, "corrected_caption"),
        annotator=fields.text_of(entry, "annotator"),
        reviewed_at=fields.moment(entry.get("reviewed_at")),
        seconds=fields.number_of(entry.get("seconds"), "seconds"),
    )
    return review, Shown(
        entry.get("blind") is True,
        fields.optional_text(entry, "scorer"),
        fields.number_of(entry.get("epsilon"), "epsilon"),
    )


def _spans(entry: Mapping[str, Any], caption: str) -> tuple[Span, ...]:
    columns = [fields.entries_of(entry, name) for name in SPAN_FIELDS]
    if len({len(column) for column in columns}) != 1:
        raise RowError(f"{', '.join(SPAN_FIELDS)} of a review must have the same length.")
    return tuple(_span(caption, cells) for cells in zip(*columns, strict=True))


def _span(caption: str, cells: tuple[object, ...]) -> Span:
    start, end, kind, replacement, origin, removed = cells
    place = fields.stretch_of(start, end, caption, "mark")
    text = None if replacement is None else fields.checked_text(replacement, "replacements")
    return Span(*place, _known(kind, "kinds", KINDS), text, _known(origin, "origins", ORIGINS), removed=removed is True)


def _known(value: object, name: str, known: Sequence[_Name]) -> _Name:
    found = next((one for one in known if one == value), None)
    if found is None:
        raise RowError(f"{name!r} of a review must be one of {', '.join(known)}, found {str(value)[:40]!r}.")
    return found
