"""The files that SQLite puts beside a store."""

from __future__ import annotations

import os
from pathlib import Path


def beside(path: Path, ending: str) -> Path:
    """The file that SQLite puts beside a store: its ``-wal`` or ``-shm``.

    Where the store is named by a symbolic link, that file is beside the target. On Windows SQLite follows no links.
    """
    return Path((str(path) if os.name == "nt" else os.path.realpath(path)) + ending)
