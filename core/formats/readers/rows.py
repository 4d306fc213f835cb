"""Which format a row is of, told by its fields; the same for JSON Lines, JSON lists and Parquet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, Protocol

from captionlint.core.formats.files.decoding import recovered
from captionlint.core.formats.files.image_paths import ImageFolder
from captionlint.core.formats.files.json_text import parse_object
from captionlint.core.formats.label_studio import reading
from captionlint.core.formats.readers import detectors, plain
from captionlint.core.formats.records import BadRow, RowError, SourceItem
from captionlint.core.formats.round_trip import words
from captionlint.core.formats.writers import hat


class RowFormat(Protocol):
    """A module that knows one kind of row."""

    def matches(self, row: Mapping[str, Any]) -> bool:
        """Whether the row is of this kind."""

    def item(self, row: Mapping[str, Any], where: str, images: ImageFolder) -> SourceItem:
        """The row as an item. Raises RowError."""


_KINDS: Final[tuple[RowFormat, ...]] = (reading, words, hat, detectors)


def item_of(row: Mapping[str, Any], where: str, images: ImageFolder) -> SourceItem:
    """A row of any kind as an item. Raises RowError."""
    kind = next((kind for kind in _KINDS if kind.matches(row)), None)
    return kind.item(row, where, images) if kind else plain.item(row, where, images)


def from_json(text: str, where: str, images: ImageFolder) -> SourceItem | BadRow:
    """A row from its JSON text, or why it is none."""
    try:
        decoded, note = recovered(text)
        item = item_of(parse_object(decoded), where, images)
        return replace(item, note=note) if note else item
    except RowError as error:
        return BadRow(where, str(error))
