"""Copies of a store beside it: ``FILE.LABEL.backup``."""

from __future__ import annotations

import glob
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Final

KEPT: Final = 3
"""Daily copies that stay. Those made before a migration are never deleted."""


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
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as copy:
            source.backup(copy)
            (verdict,) = copy.execute("PRAGMA quick_check(1)").fetchone()
            if verdict != "ok":
                raise sqlite3.DatabaseError("database disk image is malformed")
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return target


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
