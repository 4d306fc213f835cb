"""Takes back a store that was made and stayed empty."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

_UNFILLED: Final = (
    "SELECT NOT EXISTS (SELECT 1 FROM item) AND NOT EXISTS (SELECT 1 FROM setting)"
    " AND NOT EXISTS (SELECT 1 FROM ignored_word)"
)


def remove_if_unfilled(path: Path) -> None:
    """Deletes a store's file that holds neither items nor settings and that nobody else has open.

    What is no store stays.
    """
    path = path.resolve()
    with suppress(sqlite3.Error, OSError):
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=0, isolation_level=None)) as file:
            # Fails where others have the store open; who opens it from now on waits, and sees then that it is gone.
            file.execute("PRAGMA locking_mode = EXCLUSIVE")
            file.execute("BEGIN EXCLUSIVE")
            if file.execute(_UNFILLED).fetchone() != (1,):
                return
            if os.name == "posix":  # Windows deletes no open file, and needs no lock for that
                path.with_name(f"{path.name}-wal").unlink(missing_ok=True)
                path.unlink()
                return
        path.unlink()
