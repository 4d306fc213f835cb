"""CSV with one row a word, for spreadsheets and statistics; reads back in, with reviews.

A spreadsheet runs a cell that begins with ``= + - @``, their full-width forms, a tab, a carriage return or a line
feed. Such a text is written with one apostrophe in front, and so is a text that begins with apostrophes followed
by one of these; reading takes exactly that one apostrophe away, so every text comes back unchanged. Numbers are
written as they are.

Columns hold the same as the fields of the words format. ``index`` counts an item's ``words`` from 0; an item
without words has one row with neither. ``replacement`` is that of the edit which touches the word; ``edits`` holds
all of the item's as JSON, and so does ``reviews``. What grows with the caption (`FIRST_ROW`) stands in an item's first
row only: on every row a caption of 40,000 words would make gigabytes. Files that repeat it are read too.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TextIO

from captionlint.core.formats.files.image_paths import ImageFolder
from captionlint.core.formats.files.json_text import compact, parse
from captionlint.core.formats.records import ExportItem, RowError, SourceItem
from captionlint.core.formats.round_trip import words
from captionlint.core.text.intervals import Overlaps

ITEM_TEXTS: Final = ("id", "image", "image_sha256", "split", "status", "reviewed_at", "caption", "corrected_caption")
WORD_COLUMNS: Final = (
    "index",
    "words",
    "text",
    "start",
    "end",
    "tag",
    "kind",
    "replacement",
    "pre_score",
    "pre_prob",
    "pre_tag",
)
COLUMNS: Final = (
    *ITEM_TEXTS[:-2],
    "annotators",
    "blind",
    "scorer",
    "epsilon",
    *WORD_COLUMNS,
    "caption",
    "corrected_caption",
    "edits",
    "reviews",
)
FIRST_ROW: Final = ("caption", "corrected_caption", "edits", "reviews")
"""Columns that are empty but in an item's first row."""
_RUNS: Final = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_GUARDED: Final = re.compile("'+[=+\\-@\t\r\n＝＋－＠]")


def guarded(text: str) -> str:
    """The text as a spreadsheet shows it and does not run it."""
    return f"'{text}" if _RUNS.match(text) else text


def unguarded(cell: str) -> str:
    """What `guarded` was given."""
    return cell[1:] if _GUARDED.match(cell) else cell


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    replacement: str


class WordTableSink:
    """Writes items as CSV rows."""

    def __init__(self, stream: TextIO) -> None:
        self._rows = csv.writer(stream)
        self._rows.writerow(COLUMNS)

    def put(self, item: ExportItem) -> None:
        """Writes an item's rows."""
        row = words.row_of(item)
        shared = {name: guarded(row[name] or "") for name in ITEM_TEXTS}
        shared["annotators"] = guarded(compact(row["annotators"]))
        shared["blind"] = "true" if row["blind"] else "false"
        shared["scorer"] = guarded(words.scorer_name(row["scorer"]) or "")
        shared["epsilon"] = row["scorer"]["eps"]
        shared |= {name: compact(row[name]) for name in ("edits", "reviews")}
        for number, cells in enumerate(_word_cells(row)):
            if number == 1:
                shared |= dict.fromkeys(FIRST_ROW, "")
            self._rows.writerow([(shared | cells)[name] for name in COLUMNS])

    def finish(self) -> Counter[str]:
        """Nothing is held back."""
        return Counter()


def matches(columns: Sequence[str]) -> bool:
    """Whether a header is this layout's."""
    return set(COLUMNS) - {"reviews"} <= set(columns)  # which older tables lack


def begins(cells: Mapping[str, str]) -> bool:
    """Whether a row is an item's first, or its only one."""
    return cells["index"] in ("0", "")


def same_item(cells: Mapping[str, str]) -> tuple[str, ...]:
    """What the rows of one item share."""
    return cells["id"], cells["image"]


def item(rows: Sequence[Mapping[str, str]], where: str, images: ImageFolder) -> SourceItem:
    """The rows of one item as an item with its scores and review. Raises RowError, also where rows are missing."""
    first = rows[0]
    count = int(_number(first["words"]) or 0)
    if [row["index"] for row in rows] != ([str(number) for number in range(count)] or [""]):
        raise RowError(f"the item's {count} words are not all here, in order.")
    row: dict[str, Any] = {name: unguarded(first[name]) or None for name in ITEM_TEXTS}
    row["annotators"], row["edits"] = parse(unguarded(first["annotators"])), parse(first["edits"])
    if first.get("reviews"):
        row["reviews"] = parse(first["reviews"])
    row["scorer"] = {"version": unguarded(first["scorer"]) or None, "eps": _number(first["epsilon"])}
    row["blind"] = first["blind"] == "true"
    texts = {"tokens": "text", "types": "kind"}
    numbers = {"starts": "start", "ends": "end", "tags": "tag", "pre_scores": "pre_score", "pre_tags": "pre_tag"}
    used = rows if count else ()
    row |= {field: [unguarded(cells[name]) or None for cells in used] for field, name in texts.items()}
    row |= {field: [_number(cells[name]) for cells in used] for field, name in numbers.items()}
    return words.item(row, where, images)


def _word_cells(row: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    count = len(row["tokens"])
    edits = Overlaps(_Edit(edit["start"], edit["end"], edit["replacement"]) for edit in row["edits"])
    if not count:
        yield dict.fromkeys(WORD_COLUMNS, "")
    lists = {
        "start": "starts",
        "end": "ends",
        "tag": "tags",
        "pre_score": "pre_scores",
        "pre_prob": "pre_probs",
        "pre_tag": "pre_tags",
    }
    for index in range(count):
        cells: dict[str, object] = {name: row[field][index] for name, field in lists.items()}
        touching = edits.first(row["starts"][index], row["ends"][index])
        yield cells | {
            "index": index,
            "words": count,
            "text": guarded(row["tokens"][index]),
            "kind": row["types"][index],
            "replacement": guarded(touching.replacement if touching else ""),
        }


def _number(cell: str) -> int | float | None:
    if not cell:
        return None
    try:
        return int(cell) if cell.lstrip("-").isdigit() else float(cell)
    except ValueError as error:
        raise RowError(f"{cell[:40]!r} is not a number.") from error
