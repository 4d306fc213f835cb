"""Tasks as Label Studio sends them: the picture and the caption under the project's own keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from captionlint.core.formats import fields
from captionlint.core.formats.label_studio.names import Labelling
from captionlint.core.formats.records import RowError

LONGEST = 100_000
"""Characters of a caption; longer ones are refused rather than let one request hold up all others."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked about. `uid` is our item's id, where the task was pushed from a store."""

    image: str
    caption: str
    uid: str | None = None
    id: int | None = None

    @property
    def content(self) -> tuple[str, str]:
        """What tells it from other tasks."""
        return self.image, self.caption


def task_of(row: object, labelling: Labelling) -> Task:
    """Reads one task.

    Raises:
        RowError: it has no picture or no caption, or what no store can keep.
    """
    data: Any = row.get("data") if isinstance(row, Mapping) else None
    if not isinstance(row, Mapping) or not isinstance(data, Mapping):
        raise RowError("it has no data.")
    image, caption = fields.text_of(data, labelling.image), fields.text_of(data, labelling.caption)
    if not caption.strip() or len(caption) > LONGEST:
        raise RowError("its caption is empty." if not caption.strip() else f"its caption has {len(caption)} letters.")
    number = row.get("id")
    return Task(
        image,
        caption,
        uid=fields.id_of(data, "uid"),
        id=number if isinstance(number, int) and not isinstance(number, bool) else None,
    )
