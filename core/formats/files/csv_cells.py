"""The cells of CSV rows, as Python's strict ``csv.reader`` has them, with a longest cell of one's own.

The module `csv` keeps one limit for the whole process, which is not ours to change.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_ENDS: Final = "\r\n"


class CsvError(Exception):
    """Why a row cannot be taken apart. The next row begins with the next line."""


class CsvRows:
    """Rows of lines that end with a line feed, perhaps after a carriage return; an empty line is an empty row.

    Going on after a `CsvError` is possible, as with ``csv.reader``.
    """

    def __init__(self, lines: Iterator[str], separator: str, *, longest: int) -> None:
        self._lines, self._separator, self._longest = lines, separator, longest

    def __iter__(self) -> Iterator[list[str]]:
        return self

    def __next__(self) -> list[str]:
        line = next(self._lines)
        if '"' in line:
            return self._with_quotes(line)
        body = line.rstrip(_ENDS)
        cells = body.split(self._separator) if body else []
        if len(body) > self._longest:
            for cell in cells:
                self._check_length(len(cell))
        return _whole(cells, body)

    def _with_quotes(self, text: str) -> list[str]:
        cells: list[str] = []
        at = 0
        while True:
            if text.startswith('"', at):
                cell, text, at = self._quoted(text, at + 1)
                cells.append(cell)
                rest = text[at:]
                if not rest.rstrip(_ENDS):
                    return cells
                if rest[0] in _ENDS:
                    return _whole(cells, rest.strip(_ENDS) and "\r")
                if rest[0] != self._separator:
                    raise CsvError(
                        "a quote that opens here is not closed where its cell ends, or one in its text is not doubled"
                    )
                at += 1
                continue
            end = text.find(self._separator, at)
            cell = text[at:end] if end >= 0 else text[at:].rstrip(_ENDS)
            self._check_length(len(cell))
            _whole(cells, cell)
            cells.append(cell)
            if end < 0:
                return cells
            at = end + 1

    def _quoted(self, text: str, at: int) -> tuple[str, str, int]:
        """The cell whose opening quote stands before `at`, the line in which it ends, and the place behind it."""
        parts: list[str] = []
        length = 0
        while True:
            end = text.find('"', at)
            parts.append(text[at:] if end < 0 else text[at:end])
            length += len(parts[-1])
            self._check_length(length)
            if end < 0:
                following = next(self._lines, None)
                if following is None:
                    raise CsvError("a quote that opens here is never closed, so that the lines below became part of it")
                text, at = following, 0
            elif text.startswith('"', end + 1):
                parts.append('"')
                length += 1
                at = end + 2
            else:
                return "".join(parts), text, end + 1

    def _check_length(self, length: int) -> None:
        if length > self._longest:
            raise CsvError(f"a cell is longer than {self._longest:,} characters; see whether a quote is not closed")


def _whole(cells: list[str], text: str) -> list[str]:
    """The cells, if no carriage return stands amid the text."""
    if "\r" in text:
        raise CsvError("a carriage return stands in the row outside of quotes")
    return cells
