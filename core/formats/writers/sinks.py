"""Where rows go: the two shapes that most text formats share, JSON Lines and one JSON list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TextIO

from captionlint.core.formats.files.json_text import compact
from captionlint.core.formats.records import ExportItem

RowOf = Callable[[ExportItem], Mapping[str, Any]]


class Sink(Protocol):
    """Takes items of one format, one by one."""

    def put(self, item: ExportItem) -> None:
        """Writes an item. Raises LeftOut where the format has no row for it."""

    def finish(self) -> Counter[str]:
        """Writes what stands at the end; called once, and not after an error.

        Gives the number of items that were taken and have no row after all, by reason.
        """


class JsonLines:
    """One JSON object a line."""

    def __init__(self, stream: TextIO, row_of: RowOf) -> None:
        self._stream, self._row_of = stream, row_of

    def put(self, item: ExportItem) -> None:
        """Writes an item's line."""
        self._stream.write(compact(self._row_of(item)) + "\n")

    def finish(self) -> Counter[str]:
        """Nothing is held back."""
        return Counter()


class JsonList:
    """One JSON list, an entry a line."""

    def __init__(self, stream: TextIO, row_of: RowOf) -> None:
        self._stream, self._row_of = stream, row_of
        self._separator = "[\n"

    def put(self, item: ExportItem) -> None:
        """Writes an item's entry."""
        self._stream.write(self._separator + compact(self._row_of(item)))
        self._separator = ",\n"

    def finish(self) -> Counter[str]:
        """Closes the list."""
        self._stream.write("\n]\n" if self._separator == ",\n" else "[]\n")
        return Counter()
