"""An SQLite file by itself: its URI, the files that SQLite puts beside it, and whether it is one at all."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path, PurePath
from typing import Final

_NO_DATABASE: Final = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}
_PRIMARY: Final = 0xFF
"""The bits of an SQLite error code that stay where it is told in more detail."""


def beside(path: Path, ending: str) -> Path:
    """The file that SQLite puts beside a store: its ``-wal`` or ``-shm``.

    Where the store is named by a symbolic link, that file is beside the target. On Windows SQLite follows no links.
    """
    return Path((str(path) if os.name == "nt" else os.path.realpath(path)) + ending)


def uri(path: PurePath) -> str:
    """The URI of an absolute path, as SQLite opens it: it refuses a host, which a Windows share's name would be."""
    found = path.as_uri()
    return found if found.startswith("file:///") else "file:////" + found.removeprefix("file://")


@contextmanager
def alone(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that reads the file as it is on the disk, without its -wal, and takes no lock.

    Whoever opens and closes a file in another way than by SQLite loses the locks that his process has on it.
    """
    with closing(sqlite3.connect(f"{uri(path.absolute())}?mode=ro&immutable=1", uri=True)) as opened:
        yield opened


def is_no_database(error: sqlite3.Error) -> bool:
    """Whether an error says that a file's content is no database, and not that it cannot be read just now."""
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY in _NO_DATABASE
