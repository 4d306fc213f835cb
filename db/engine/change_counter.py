"""Whether a store has changed: what was read of it may be kept until then."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path


class Changes:
    """Counts the commits to an SQLite file, by whatever connection or process. Threads may share it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def number(self) -> int:
        """Another one after each commit; no other order is in it. Takes some microseconds."""
        with self._lock:
            if self._connection is None:
                self._connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
            # SQLite counts the commits of other connections, and this one writes nothing.
            (found,) = self._connection.execute("PRAGMA data_version").fetchone()
        return int(found)

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
