"""Copies of a store beside it: ``FILE.LABEL.backup``."""

from __future__ import annotations

import glob
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Final

KEPT: Final = 3
"""Daily copies that stay. Those made before a migration are never deleted."""
PATIENCE: Final = 30.0
"""Seconds that a copy waits for a program that has locked the file."""


def back_up(path: Path, label: str) -> Path:
    """Copies a store, what its -wal file holds included, never over an older copy; others may write meanwhile.

    Raises `sqlite3.DatabaseError` where the store is damaged: a copy of that would only push a good one out.
    """
    target = path.with_name(f"{path.name}.{label}.backup")
    number = 1
    while target.exists():
        number += 1
        target = path.with_name(f"{path.name}.{label}-{number}.backup")
    unfinished = target.with_name(target.name + ".part")
    unfinished.unlink(missing_ok=True)  # a program that ended in the middle left it
    try:
        with closing(sqlite3.connect(path, timeout=1)) as source, closing(sqlite3.connect(unfinished)) as copy:
            source.backup(copy, progress=_patience())
            (verdict,) = copy.execute("PRAGMA quick_check(1)").fetchone()
            if verdict != "ok":
                raise sqlite3.DatabaseError("database disk image is malformed")
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return target


def _patience() -> Callable[[int, int, int], None]:
    """Ends a copy that another program keeps from being read: SQLite itself would try for ever."""
    until = time.monotonic() + PATIENCE

    def check(status: int, _remaining: int, _pages: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > until:
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode, error.sqlite_errorname = sqlite3.SQLITE_BUSY, "SQLITE_BUSY"
            raise error

    return check


def back_up_daily(path: Path, *, today: date | None = None) -> Path | None:
    """Copies a store unless today's copy is there (then None), and deletes all but the last `KEPT` daily ones."""
    label = (today or date.today()).isoformat()
    if path.with_name(f"{path.name}.{label}.backup").exists():
        return None
    made = back_up(path, label)
    daily = sorted(_beside(path, "????-??-??"))
    for old in daily[:-KEPT]:
        old.unlink(missing_ok=True)
    return made


def backups(path: Path) -> list[Path]:
    """The copies beside a store, oldest first."""
    return sorted(_beside(path, "*"), key=lambda p: p.stat().st_mtime)


def _beside(path: Path, labels: str) -> Iterator[Path]:
    return path.parent.glob(f"{glob.escape(path.name)}.{labels}.backup")
