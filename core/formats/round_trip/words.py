"""The canonical format: one reviewed caption a row, its words as parallel lists. JSON Lines; reads back in.

The Parquet twin is in `core.formats.readers.parquet`. Offsets count code points and ``caption[start:end] == token``.
``tags``: 0 right, 1 hallucinated, −100 not reviewed. ``reviews`` holds every review whole. Where it is missing, as in
older files, or where somebody has since changed what else the row says, the review is inferred: a mark's origin from
``pre_tags``, and a tagged word outside of all ``edits`` is a mark of its own.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, Final

from captionlint.core.formats import fields
from captionlint.core.formats.corrections import kept_spans
from captionlint.core.formats.files.image_paths import ImageFolder
from captionlint.core.formats.readers.detectors import checked_words
from captionlint.core.formats.records import ExportItem, RowError, SourceItem, SourceScores
from captionlint.core.formats.round_trip import review_rows
from captionlint.core.prediction import WordScore
from captionlint.core.review import KINDS, Kind, Origin, Review, Span, Status
from captionlint.core.text.intervals import Overlaps

SCORER_FIELDS: Final[Mapping[str, type[str] | type[int] | type[float]]] = {
    "version": str,
    "model": str,
    "pretrained": str,
    "weights_sha": str,
    "template": str,
    "layers": int,
    "aggregate": str,
    "dtype": str,
    "eps": float,
    "calibrator": str,
}
"""Fields of ``scorer``; the same in every row, so that columns have one type. `version` is the scorer version."""
_STATUSES: Final[tuple[Status, ...]] = ("accepted", "corrected")


def row_of(item: ExportItem) -> dict[str, Any]:
    """An item as a row; one that nobody reviewed has the status ``pending`` and no tags but −100."""
    review = item.review
    reviews = item.reviews or ((review,) if review else ())
    return {
        "id": item.id,
        "image": item.image,
        "image_sha256": item.image_sha256,
        "caption": item.caption,
        "tokens": [word.text for word in item.words],
        "starts": [word.start for word in item.words],
        "ends": [word.end for word in item.words],
        "tags": list(item.tags),
        "types": _types(kept_spans(item), item.words, item.tags),
        "pre_scores": [_finite(word.score) for word in item.words],
        "pre_probs": [_finite(one) for one in item.pre_probabilities or [None] * len(item.words)],
        "pre_tags": list(item.pre_tags),
        "edits": _edits_of(kept_spans(item)),
        "corrected_caption": review.corrected_caption if review else None,
        "blind": item.blind,
        "annotators": list(item.annotators),
        "status": review.status if review else "pending",
        "reviewed_at": review.reviewed_at.isoformat() if review else None,
        "split": item.split,
        "scorer": {name: _typed(item.scorer.get(name), kind) for name, kind in SCORER_FIELDS.items()},
        "reviews": review_rows.entries(reviews, item.shown),
    }


def matches(row: Mapping[str, Any]) -> bool:
    """Whether a row is one of this format."""
    return "tokens" in row and "tags" in row and "starts" in row


def item(row: Mapping[str, Any], where: str, images: ImageFolder) -> SourceItem:
    """A row as an item with its scores and its review. Raises RowError."""
    caption = fields.caption_of(row)
    words = _words(row, caption)
    told = review_rows.reviews_of(row, caption)
    whole = _agree(row, words, [review for review, _ in told])
    return SourceItem(
        image=images.place(fields.text_of(row, "image")),
        caption=caption,
        where=where,
        id=fields.id_of(row),
        scores=_scores(row, words),
        reviews=tuple(review for review, _ in told) if whole else _inferred(row, caption, words),
        shown=tuple(shown for _, shown in told) if whole else (),
        blind=_is_blind(row),
    )


def _typed(value: object, kind: type[str] | type[int] | type[float]) -> str | int | float | None:
    if value is None or isinstance(value, kind):
        return value
    if kind is str:
        return str(value)
    return kind(value) if isinstance(value, int | float) else None


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _types(kept: Sequence[Span], words: Sequence[WordScore], tags: Sequence[int]) -> list[Kind | None]:
    marks = Overlaps(kept)
    return [_kind_at(marks, word) if tag == 1 else None for word, tag in zip(words, tags, strict=True)]


def _kind_at(marks: Overlaps[Span], word: WordScore) -> Kind:
    over = marks.first(word.start, word.end)
    return over.kind if over else "other"


def _edits_of(kept: Sequence[Span]) -> list[dict[str, Any]]:
    return [
        {"start": span.start, "end": span.end, "replacement": span.replacement}
        for span in kept
        if span.replacement is not None
    ]


def _agree(row: Mapping[str, Any], words: Sequence[WordScore], reviews: Sequence[Review]) -> bool:
    """Whether the row's other fields say what its `reviews` do; else somebody has changed them, and is to be heard."""
    if "reviews" not in row:
        return False
    verdict = next((one for one in reversed(reviews) if one.status in _STATUSES), None)
    if verdict is None:
        return row.get("status") not in _STATUSES
    kept = [span for span in verdict.spans if not span.removed]
    marks = Overlaps(kept)
    tags = [int(marks.touched(word.start, word.end)) for word in words]
    return (
        row.get("status") == verdict.status
        and row["tags"] == tags
        and fields.entries_of(row, "types") == _types(kept, words, tags)
        and fields.entries_of(row, "edits") == _edits_of(kept)
        and row.get("corrected_caption") == verdict.corrected_caption
        and fields.entries_of(row, "annotators")[:1] == [verdict.annotator]
        and fields.moment(row.get("reviewed_at")) == verdict.reviewed_at
    )


def _words(row: Mapping[str, Any], caption: str) -> tuple[WordScore, ...]:
    columns = [fields.list_of(row, name) for name in ("tokens", "starts", "ends")]
    scores = fields.entries_of(row, "pre_scores") or [None] * len(columns[0])
    if len({len(column) for column in [*columns, scores, fields.list_of(row, "tags")]}) != 1:
        raise RowError("tokens, starts, ends, tags and pre_scores must have the same length.")
    return checked_words([_word(caption, *cells) for cells in zip(*columns, scores, strict=True)])


def _word(caption: str, text: object, start: object, end: object, score: object) -> WordScore:
    left, right = fields.offset_of(start, "starts"), fields.offset_of(end, "ends")
    found = caption[left:right]
    if not left < right <= len(caption) or found != text:
        raise RowError(f"at {left}:{right} the caption reads {found[:40]!r}, not {str(text)[:40]!r}.")
    return WordScore(found, left, right, fields.number_of(score, "pre_scores"))


def _scores(row: Mapping[str, Any], words: tuple[WordScore, ...]) -> tuple[SourceScores, ...]:
    scorer = row.get("scorer")
    name = scorer_name(scorer) if isinstance(scorer, dict) else None
    if name is None or not isinstance(scorer, dict) or all(word.score is None for word in words):
        return ()
    details = {
        "weights_sha256" if field == "weights_sha" else field: scorer[field]
        for field, kind in SCORER_FIELDS.items()
        if field not in ("version", "eps") and isinstance(scorer.get(field), kind)
    }
    epsilon = fields.number_of(scorer.get("eps"), "eps")
    return (SourceScores(fields.checked_text(name, "scorer"), words, epsilon=epsilon, details=details),)


def scorer_name(scorer: Mapping[str, Any]) -> str | None:
    """The scorer's version, or what else names it; None where nothing does."""
    parts = [scorer[name] for name in ("model", "pretrained") if isinstance(scorer.get(name), str)]
    version = scorer.get("version")
    return version if isinstance(version, str) and version else ":".join(parts) or None


def _inferred(row: Mapping[str, Any], caption: str, words: Sequence[WordScore]) -> tuple[Review, ...]:
    status = next((known for known in _STATUSES if known == row.get("status")), None)
    if status is None:
        return ()
    annotators = fields.entries_of(row, "annotators") or ["unknown"]
    return (
        Review(
            status=status,
            spans=_spans(row, caption, words),
            corrected_caption=fields.optional_text(row, "corrected_caption"),
            annotator=fields.checked_text(annotators[0], "annotators"),
            reviewed_at=fields.moment(row.get("reviewed_at")),
        ),
    )


def _spans(row: Mapping[str, Any], caption: str, words: Sequence[WordScore]) -> tuple[Span, ...]:
    tags = row["tags"]
    pre_tags = fields.entries_of(row, "pre_tags") or [0] * len(words)
    if _is_blind(row):  # nobody saw the marks, so none was kept or taken away
        pre_tags = [0] * len(pre_tags)
    types = fields.entries_of(row, "types") or [None] * len(words)
    if not len(tags) == len(pre_tags) == len(types) == len(words):
        raise RowError("tags, pre_tags and types must have one entry a token.")
    marked = list(zip(words, tags, pre_tags, types, strict=True))
    starts, ends = [word.start for word in words], [word.end for word in words]
    edited = []
    for start, end, replacement in _edits(row, caption):
        touched = marked[bisect_right(ends, start) : bisect_left(starts, end)]
        over = [(kind, pre) for _, _, pre, kind in touched]
        known = bool(over) and all(pre == 1 for _, pre in over)
        edited.append(Span(start, end, kind_of(over[0][0] if over else None), replacement, _origin(known)))
    edits = Overlaps(edited)
    single = [
        Span(word.start, word.end, kind_of(kind), None, _origin(pre == 1), removed=tag == 0)
        for word, tag, pre, kind in marked
        if (tag == 1 or (tag == 0 and pre == 1)) and not edits.touched(word.start, word.end)
    ]
    return tuple(sorted(edited + single, key=lambda span: span.start))


def _is_blind(row: Mapping[str, Any]) -> bool:
    return row.get("blind") is True


def _origin(known: bool) -> Origin:
    return "prediction" if known else "manual"


def _edits(row: Mapping[str, Any], caption: str) -> list[tuple[int, int, str]]:
    edits = []
    for edit in fields.entries_of(row, "edits"):
        if not isinstance(edit, dict):
            raise RowError("'edits' must be a list of objects with start, end and replacement.")
        start, end = fields.offset_of(edit.get("start"), "start"), fields.offset_of(edit.get("end"), "end")
        if not start <= end <= len(caption):
            raise RowError(f"the edit at {start}:{end} lies outside of the caption.")
        edits.append((start, end, fields.text_of(edit, "replacement")))
    return edits


def kind_of(name: object) -> Kind:
    """The kind of this name; ``other`` for any name that is none."""
    return next((kind for kind in KINDS if kind == name), "other")
