"""HAT's ``grounding``: a caption's words between spaces, each with whether it is hallucinated.

Schema: the list in ``data/hat-trainval.json`` of the ALOHa benchmark: ``sample_id``, ``caption``, ``image_path``,
``grounding`` (``[[word, hallucinated], …]``), ``contains_hallucination``, ``references`` and more. The words joined
by spaces are the caption.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from captionlint.core.formats import fields
from captionlint.core.formats.corrections import kept_spans, reviewed
from captionlint.core.formats.files.image_paths import ImageFolder
from captionlint.core.formats.readers.detectors import placed
from captionlint.core.formats.records import ExportItem, RowError, SourceItem, SourceScores
from captionlint.core.prediction import WordScore
from captionlint.core.text.intervals import Overlaps
from captionlint.core.text.words import split_pieces

SCORER: Final = "HAT"
HALLUCINATED: Final = -1.0
FAITHFUL: Final = 0.0


def matches(row: Mapping[str, Any]) -> bool:
    """Whether a row is one of HAT's."""
    return "grounding" in row


def item(row: Mapping[str, Any], where: str, images: ImageFolder) -> SourceItem:
    """One row as an item whose words score −1 where they are hallucinated, else 0. Raises RowError."""
    caption = fields.caption_of(row)
    name = "image_path" if "image_path" in row else "image"
    return SourceItem(
        image=images.place(fields.text_of(row, name)),
        caption=caption,
        where=where,
        id=fields.id_of(row, "sample_id") or fields.id_of(row),
        references=fields.references_of(row),
        scores=(SourceScores(fields.optional_text(row, "scorer") or SCORER, _words(row, caption)),),
    )


def row_of(item: ExportItem) -> dict[str, Any]:
    """A reviewed item in HAT's shape."""
    reviewed(item)
    marks = Overlaps(kept_spans(item))
    grounding = [[text, marks.touched(start, end)] for text, start, end in _between_spaces(item.caption)]
    return {
        "sample_id": item.id,
        "image_path": item.image,
        "caption": item.caption,
        "grounding": grounding,
        "contains_hallucination": any(marked for _, marked in grounding),
    }


def _words(row: Mapping[str, Any], caption: str) -> tuple[WordScore, ...]:
    """HAT's words without the punctuation at their ends, which is never a word to flag."""
    pairs = fields.list_of(row, "grounding")
    if not all(isinstance(p, list) and len(p) == 2 and isinstance(p[0], str) and isinstance(p[1], bool) for p in pairs):
        raise RowError("'grounding' must be a list of [word, true or false].")
    words = []
    for (start, end), (_, hallucinated) in zip(placed([p[0] for p in pairs], caption), pairs, strict=True):
        inner = [piece for piece in split_pieces(caption[start:end]) if piece.is_word]
        if inner:
            left, right = start + inner[0].start, start + inner[-1].end
            words.append(WordScore(caption[left:right], left, right, HALLUCINATED if hallucinated else FAITHFUL))
    return tuple(words)


def _between_spaces(caption: str) -> list[tuple[str, int, int]]:
    spans, cursor = [], 0
    for text in caption.split():
        start = caption.index(text, cursor)
        cursor = start + len(text)
        spans.append((text, start, cursor))
    return spans
