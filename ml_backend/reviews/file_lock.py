"""Whose turn it is, of several processes: a lock on a file, which ends with its process however that ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path


class Turn:
    """One process at a time has the turn."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def mine(self) -> bool:
        """Takes the turn if nobody has it; whether it is this process's."""
        if self._file is None:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                _lock(file)
            except OSError:
                os.close(file)
            else:
                self._file = file
        return self._file is not None

    def end(self) -> None:
        """Gives the turn up."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
