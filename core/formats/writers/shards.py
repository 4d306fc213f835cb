"""WebDataset shards on the way out: a folder of ``00000.tar``, ``00001.tar``, …

A sample is ``KEY.jpg`` (or .png, .webp), ``KEY.txt`` with a right or corrected caption, and ``KEY.json`` with the
row of the words format. Keys have no dots. ``sizes.json`` tells open_clip how many samples each shard has.
"""

from __future__ import annotations

import io
import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from captionlint.core.errors import UsageError
from captionlint.core.formats.corrections import best_caption
from captionlint.core.formats.files.atomic import finished_folder
from captionlint.core.formats.files.embedded_images import trainable_image
from captionlint.core.formats.files.json_text import compact
from captionlint.core.formats.records import ExportItem
from captionlint.core.formats.round_trip import words

MAX_SAMPLES: Final = 10_000
MAX_BYTES: Final = 1_000_000_000
SIZES_NAME: Final = "sizes.json"
_REPLACEABLE: Final = re.compile(r"\d{5}\.tar|sizes\.json|dataset_card\.md")


class ShardSink:
    """Fills one shard after the other."""

    def __init__(self, folder: Path, *, max_samples: int = MAX_SAMPLES, max_bytes: int = MAX_BYTES) -> None:
        self._folder, self._max_samples, self._max_bytes = folder, max_samples, max_bytes
        self._sizes: list[int] = []
        self._archive: tarfile.TarFile | None = None
        self._bytes = 0

    def put(self, item: ExportItem) -> None:
        """Writes a sample; items without a caption to train on, or without their image, are left out."""
        caption = best_caption(item)
        image, suffix = trainable_image(item)
        parts = {suffix: image, "txt": caption.encode(), "json": compact(words.row_of(item)).encode()}
        archive = self._with_room(sum(map(len, parts.values())))
        key = f"{len(self._sizes) - 1:05d}{self._sizes[-1]:05d}"
        for name, data in parts.items():
            member = tarfile.TarInfo(f"{key}.{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
            archive.members = []  # type: ignore[attr-defined]  # tarfile keeps all headers: memory would grow
        self._sizes[-1] += 1

    def finish(self) -> Counter[str]:
        """Closes the last shard and writes the sizes."""
        self.close()
        sizes = {f"{number:05d}.tar": size for number, size in enumerate(self._sizes)}
        (self._folder / SIZES_NAME).write_text(compact(sizes) + "\n", encoding="utf-8")
        return Counter()

    def close(self) -> None:
        """Closes the shard that is open."""
        if self._archive is not None:
            self._archive.close()
            self._archive = None

    def _with_room(self, size: int) -> tarfile.TarFile:
        full = self._archive and (self._sizes[-1] >= self._max_samples or self._bytes + size > self._max_bytes)
        if full:
            self.close()
        if self._archive is None:
            self._archive = tarfile.open(self._folder / f"{len(self._sizes):05d}.tar", "w")  # noqa: SIM115 - see close
            self._sizes.append(0)
            self._bytes = 0
        self._bytes += size
        return self._archive


@contextmanager
def opened(out: Path) -> Iterator[ShardSink]:
    """Shards in a folder that is new, empty or holds an earlier export, which they replace."""
    if not isinstance(out, Path):
        raise UsageError("WebDataset shards need a folder.")
    with finished_folder(out, may_replace=lambda name: bool(_REPLACEABLE.fullmatch(name))) as folder:
        sink = ShardSink(folder)
        try:
            yield sink
        finally:
            sink.close()
