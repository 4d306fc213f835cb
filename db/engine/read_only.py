"""A store that may be read and not written to: the file, its folder or the disk is read-only.

SQLite's write-ahead log wants two files beside the store even for reading. None is made here: one that belongs to a
mere reader would keep the store's owner out. Where both are there, they are read; where neither is, the file alone is
the whole store, and whoever changes it meanwhile is noticed.
"""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import URL

from captionlint.core.errors import StoreError
from captionlint.db.engine.sqlite_file import beside, uri


class Unwritable:
    """How to read such a file. Raises `StoreError` where its last changes cannot be had without writing."""

    def __init__(self, path: Path, *, name: str) -> None:
        self._path, self._name = path, name
        self._query = read_only(path, writable=False)
        self._alone = "immutable" in self._query
        if self._alone and is_logged(path):
            raise StoreError(
                f"{name} is read-only and its last changes lie in {path.name}-wal, which cannot be read so: "
                "make the file and its folder writable, or work on a copy of all its files."
            )
        self._before = self._seen()

    @property
    def url(self) -> URL:
        """What SQLAlchemy opens."""
        return URL.create("sqlite", database=uri(self._path), query={"uri": "true", **self._query})

    def check(self) -> None:
        """Raises `StoreError` if what was read may be torn, since somebody else has written meanwhile."""
        if self._alone and (is_logged(self._path) or self._seen() != self._before):
            raise StoreError(f"{self._name} was changed while it was read: run the command again.")

    def _seen(self) -> tuple[int, int]:
        found = self._path.stat()
        return found.st_mtime_ns, found.st_size


def is_unwritable(path: Path) -> bool:
    """Whether a file that is there, or its folder, cannot be written to."""
    return path.exists() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


def is_logged(path: Path) -> bool:
    """Whether the write-ahead log beside a store holds anything."""
    log = beside(path, "-wal")
    return log.exists() and log.stat().st_size > 0


def read_only(path: Path, *, writable: bool) -> dict[str, str]:
    """How SQLite opens a file without writing. What lies in its -wal file counts, unless that takes a new -shm file."""
    alone = not writable and not beside(path, "-shm").exists()
    return {"mode": "ro"} | ({"immutable": "1"} if alone else {})
