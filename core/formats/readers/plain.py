"""Plain rows of JSON Lines, CSV, TSV and Parquet: ``image``, ``caption``, and perhaps ``id`` and ``references``.

Other fields are passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from captionlint.core.formats import fields
from captionlint.core.formats.files.image_paths import ImageFolder
from captionlint.core.formats.records import SourceItem


def item(row: Mapping[str, Any], where: str, images: ImageFolder) -> SourceItem:
    """A row as an item. Raises RowError."""
    return SourceItem(
        image=images.place(fields.text_of(row, "image")),
        caption=fields.caption_of(row),
        where=where,
        id=fields.id_of(row),
        references=fields.references_of(row),
    )
