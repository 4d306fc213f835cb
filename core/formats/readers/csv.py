"""CSV and TSV with a header that names ``image`` and ``caption``, and perhaps ``id`` and ``references``.

The separator (tab, comma or semicolon) is the one under which the header has these columns. Cells are taken
exactly as they are. A cell of ``references`` is a JSON list of texts, else one text. A table in our own layout of
one row a word is read by `core.formats.round_trip.word_table`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from captionlint.core.errors import FormatError
from captionlint.core.formats.files.csv_cells import CsvError, CsvRows
from captionlint.core.formats.files.decoding import MAX_LINE, Line, open_text, recovered, text_lines
from captionlint.core.formats.files.image_paths import ImageFolder
from captionlint.core.formats.files.json_text import parse
from captionlint.core.formats.readers import plain
from captionlint.core.formats.records import BadRow, RowError, SourceItem
from captionlint.core.formats.round_trip import word_table

_SEPARATORS: Final = ("\t", ",", ";")
_NEEDED: Final = frozenset({"image", "caption"})
_NO_TEXT: Final = re.compile("[\0-\x08\x0e-\x1f]")
_LONGEST_CELL: Final = 1 << 17
"""Characters after which a cell of another program is an open quote; of our own tables whole lines are welcome."""


@dataclass(frozen=True, slots=True)
class _Record:
    """A row's cells by column; `number` is the line it begins in."""

    number: int
    cells: dict[str, str]
    note: str | None


def matches(text: str) -> bool:
    """Whether a text begins with a header that has the columns."""
    return any(set(columns) >= _NEEDED for columns in _headers(text.partition("\n")[0]).values())


def read(source: Path, images: ImageFolder) -> Iterator[SourceItem | BadRow]:
    """The rows of a table. Raises FormatError where the header lacks the columns, and names those found."""
    with open_text(source) as stream:
        lines = text_lines(stream, source.name)
        first = next(lines, None)
        header = _header(source, first) if isinstance(first, Line) else ""
        separator, columns = _columns(source, header)
        of_words = word_table.matches(columns)
        longest = MAX_LINE if of_words else _LONGEST_CELL
        records = _records(lines, separator, columns, source.name, longest)
        for same in _grouped(records) if of_words else ([record] for record in records):
            yield _item(same, source.name, images, of_words=of_words)


def _header(source: Path, first: Line) -> str:
    try:
        return recovered(first.text)[0]
    except RowError as error:
        raise FormatError(f"{source} is no file of captions, or broken: {error}") from error


def _grouped(records: Iterator[_Record | BadRow]) -> Iterator[list[_Record | BadRow]]:
    number = 0

    def key(record: _Record | BadRow) -> object:
        nonlocal number
        if isinstance(record, BadRow):
            return record
        number += word_table.begins(record.cells)
        return number, word_table.same_item(record.cells)

    return (list(same) for _, same in groupby(records, key))


def _columns(source: Path, header: str) -> tuple[str, list[str]]:
    tried = _headers(header)
    for separator, columns in tried.items():
        if set(columns) >= _NEEDED:
            return separator, columns
    if _NO_TEXT.search(header):
        raise FormatError(
            f"{source} is not text, Parquet or a WebDataset tar: see whether it is damaged or another file."
        )
    found = max(tried.values(), key=len)
    names = ", ".join(repr(name[:40])[1:-1] for name in found[:20] if name) or "none"
    raise FormatError(f"{source} needs the columns image and caption; its first line has: {names}.")


def _headers(line: str) -> dict[str, list[str]]:
    """The columns under each separator; in lower case, as spreadsheets like to begin with a capital."""
    return {mark: [name.strip().lower() for name in _cells(line, mark)] for mark in _SEPARATORS}


def _cells(line: str, separator: str) -> list[str]:
    try:
        return next(CsvRows(iter([line]), separator, longest=MAX_LINE), [])
    except CsvError:
        return []


def _records(
    lines: Iterator[Line | BadRow], separator: str, columns: Sequence[str], name: str, longest: int
) -> Iterator[_Record | BadRow]:
    feed = _Feed(lines)
    rows = CsvRows(iter(feed), separator, longest=longest)
    while True:
        number = feed.number + 1
        try:
            row = next(rows, None)
            if row is None:
                break
            if row:
                yield _record(row, columns, number)
        except RowError as error:
            yield BadRow(f"{name}:{number}", f"{str(error).rstrip('.')}.")
        except CsvError as error:
            yield BadRow(f"{name}:{number}", f"{error}.")
        yield from feed.problems()
    yield from feed.problems()


def _record(row: Sequence[str], columns: Sequence[str], number: int) -> _Record:
    if len(row) != len(columns):
        raise RowError(f"the row has {len(row)} cells, the header {len(columns)}")
    cells = [recovered(cell) for cell in row]
    note = next((note for _, note in cells if note), None)
    return _Record(number, dict(zip(columns, (text for text, _ in cells), strict=True)), note)


def _item(same: Sequence[_Record | BadRow], name: str, images: ImageFolder, *, of_words: bool) -> SourceItem | BadRow:
    first = same[0]
    if isinstance(first, BadRow):
        return first
    where = f"{name}:{first.number}"
    try:
        if of_words:
            records = [record for record in same if isinstance(record, _Record)]
            note = next((record.note for record in records if record.note), None)
            return replace(word_table.item([record.cells for record in records], where, images), note=note)
        row: dict[str, Any] = first.cells | {"references": _references(first.cells.get("references", ""))}
        return replace(plain.item(row, where, images), note=first.note)
    except RowError as error:
        return BadRow(where, str(error))


def _references(cell: str) -> object:
    if not cell:
        return None
    try:
        value = parse(cell) if cell.lstrip().startswith("[") else cell
    except RowError:
        return cell
    return value


class _Feed:
    """Hands lines to the CSV reader, counts them, and keeps aside those that could not be read."""

    def __init__(self, lines: Iterator[Line | BadRow]) -> None:
        self._lines = lines
        self._problems: list[BadRow] = []
        self.number = 1

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.number += 1
            if isinstance(line, BadRow):
                self._problems.append(line)
            else:
                yield line.text

    def problems(self) -> list[BadRow]:
        found, self._problems = self._problems, []
        return found
