"""Word scores of any detector, as JSON rows, under that detector's own name.

Fields: ``image``, ``caption``, ``scorer`` (its name), and either ``words`` as a list of objects
``{"text", "start", "end", "score"}`` (offsets in code points, or none: then in the caption's order), or ``words``
as a list of texts in the caption's order beside ``scores``. A low score speaks against a word, as everywhere here;
null means that the detector has no say. ``cosine``, ``id`` and ``references`` may be there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import Any

from captionlint.core.formats import fields
from captionlint.core.formats.files.image_paths import ImageFolder
from captionlint.core.formats.records import RowError, SourceItem, SourceScores
from captionlint.core.prediction import WordScore
from captionlint.core.text.words import split_pieces


def matches(row: Mapping[str, Any]) -> bool:
    """Whether a row holds a detector's word scores."""
    return "words" in row and "scorer" in row


def item(row: Mapping[str, Any], where: str, images: ImageFolder) -> SourceItem:
    """One row as an item with scores. Raises RowError."""
    caption = fields.caption_of(row)
    scores = SourceScores(
        scorer=fields.text_of(row, "scorer"),
        words=_words(row, caption),
        cosine=fields.number_of(row.get("cosine"), "cosine"),
    )
    return SourceItem(
        image=images.place(fields.text_of(row, "image")),
        caption=caption,
        where=where,
        id=fields.id_of(row),
        references=fields.references_of(row),
        scores=(scores,),
    )


def placed(texts: Sequence[str], caption: str) -> list[tuple[int, int]]:
    """Where words that are given in order stand in the caption, as (start, end) in code points.

    A word is sought behind the one before it, first between word boundaries, then anywhere; letter case may
    differ. Raises RowError for a word that does not follow.
    """
    pieces = split_pieces(caption)
    starts, ends = {piece.start for piece in pieces}, {piece.end for piece in pieces}
    spans: list[tuple[int, int]] = []
    cursor = 0
    for number, text in enumerate(texts, 1):
        found = _following(text, caption, cursor, starts, ends)
        if found is None:
            raise RowError(f"word {number}, {text[:40]!r}, does not follow in the caption.")
        spans.append(found)
        cursor = found[1]
    return spans


def _following(
    text: str, caption: str, cursor: int, starts: AbstractSet[int], ends: AbstractSet[int]
) -> tuple[int, int] | None:
    first: tuple[int, int] | None = None
    for found in re.compile(re.escape(text), re.IGNORECASE).finditer(caption, cursor) if text else ():
        if found.start() in starts and found.end() in ends:
            return found.span()
        first = first or found.span()
    return first


def _words(row: Mapping[str, Any], caption: str) -> tuple[WordScore, ...]:
    entries = fields.list_of(row, "words")
    if all(isinstance(entry, str) for entry in entries):
        return _in_order(entries, fields.list_of(row, "scores") if entries else [], caption)
    if not all(isinstance(entry, dict) for entry in entries):
        raise RowError("'words' must be a list of texts or a list of objects.")
    if all("start" in entry for entry in entries):
        return checked_words([_with_offsets(entry, caption) for entry in entries])
    return _in_order([fields.text_of(entry, "text") for entry in entries], [e.get("score") for e in entries], caption)


def _in_order(texts: Sequence[str], scores: Sequence[object], caption: str) -> tuple[WordScore, ...]:
    if len(texts) != len(scores):
        raise RowError(f"there are {len(texts)} words but {len(scores)} scores.")
    return tuple(
        _scored(caption, start, end, score) for (start, end), score in zip(placed(texts, caption), scores, strict=True)
    )


def _with_offsets(entry: Mapping[str, Any], caption: str) -> WordScore:
    start, end = fields.offset_of(entry.get("start"), "start"), fields.offset_of(entry.get("end"), "end")
    word = _scored(caption, start, end, entry.get("score"))
    text = fields.optional_text(entry, "text")
    if not start < end <= len(caption) or (text is not None and text != word.text):
        raise RowError(
            f"at {start}:{end} the caption reads {word.text[:40]!r}, not {str(text)[:40]!r}; "
            "offsets count code points and `end` is exclusive."
        )
    return word


def _scored(caption: str, start: int, end: int, score: object) -> WordScore:
    number = fields.number_of(score, "score")
    return WordScore(caption[start:end], start, end, number, None if number is not None else "the detector gave none")


def checked_words(words: Sequence[WordScore]) -> tuple[WordScore, ...]:
    """The words from left to right; RowError where two overlap."""
    ordered = sorted(words, key=lambda word: word.start)
    for left, right in pairwise(ordered):
        if left.end > right.start:
            raise RowError(f"the words {left.text[:40]!r} and {right.text[:40]!r} overlap at {right.start}.")
    return tuple(ordered)
