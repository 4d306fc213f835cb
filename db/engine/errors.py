"""Turns what a database driver raises into one clear sentence with the way out."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from captionlint.core.errors import StoreError
from captionlint.db.engine.backups import backups

_UNCHANGED: Final = "SQLITE_FULL while reading"
_SENTENCES: Final = {
    "SQLITE_BUSY": "{name} stayed locked by another program: close it, or try again in a moment.",
    "SQLITE_LOCKED": "{name} stayed locked by another program: close it, or try again in a moment.",
    "SQLITE_READONLY": "{name} is read-only: make the file and its folder writable, or work on a copy.",
    "SQLITE_FULL": "The disk is full, and the last change of {name} was not kept: make room and try again.",
    _UNCHANGED: "The disk is full, and {name} was not changed: make room and try again.",
    "SQLITE_IOERR": "The disk failed under {name} ({detail}): see to the disk, then open the file again.",
    "SQLITE_CANTOPEN": "{name} cannot be opened: check that its folder exists and that you may write there.",
    "SQLITE_NOTADB": "{name} is not a Captionlint store: give another name, or import this file into one.",
    "SQLITE_PERM": "{name} may not be opened: ask its owner for the right to read and write it.",
}
_LOCK_NOT_AVAILABLE: Final = "55P03"
_RIGHT_WAY_OUT: Final = "ask the owner of the database or its tables for the right"
_SERVER_WAY_OUT: Final = (
    "check that it runs and that address, user, password and database of {name} are right; `createdb` makes a database"
)


class DamagedError(StoreError):
    """A value that this program cannot have written. Inside `db` only: `translated` says which store holds it."""


@contextmanager
def translated(name: str, path: Path | None, *, writes: bool = False) -> Iterator[None]:
    """Raises `StoreError` in place of a driver's error. `name` is what the user called the store.

    `writes` says whether a change is lost by the error: SQLite needs room beside a store to read it, too.
    """
    try:
        yield
    except DBAPIError as error:
        raise StoreError(_sentence(error.orig, name, path, writes=writes)) from error
    except (DamagedError, json.JSONDecodeError) as error:
        raise StoreError(damaged(name, path)) from error
    except (SQLAlchemyError, sqlite3.Error, UnicodeDecodeError) as error:
        raise StoreError(_sentence(error, name, path, writes=writes)) from error


def _sentence(error: BaseException | None, name: str, path: Path | None, *, writes: bool) -> str:
    detail = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    code = str(getattr(error, "sqlite_errorname", ""))
    if path is None:
        if getattr(error, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            return _SENTENCES["SQLITE_BUSY"].format(name=name)
        denied = getattr(error, "sqlstate", None) == "42501"
        way_out = _RIGHT_WAY_OUT if denied else _SERVER_WAY_OUT.format(name=name)
        return f"The database server refused ({detail}): {way_out}."
    torn = "decode to UTF-8" in detail or "is malformed" in detail  # which also a backup says, without a code
    if code.startswith("SQLITE_CORRUPT") or isinstance(error, UnicodeDecodeError) or torn:
        return damaged(name, path)
    family = "_".join(code.split("_")[:2])
    if code == "SQLITE_IOERR_SHMSIZE":  # no room for the -shm file
        family = "SQLITE_FULL"
    if family == "SQLITE_FULL" and not writes:
        family = _UNCHANGED
    sentence = _SENTENCES.get(family, "{name} could not be read or written ({detail}): open it again.")
    return sentence.format(name=name, detail=detail)


def damaged(name: str, path: Path | None) -> str:
    """What to say of a file whose bytes were changed from outside, with the newest backup there is."""
    if path is None:
        return f"{name} holds values that Captionlint did not write: put a backup of the database in its place."
    found = backups(path)
    if found:
        return f"{name} is damaged: put the backup {found[-1]} in its place."
    return (
        f"{name} is damaged and no backup stands beside it: if it was copied without {path.name}-wal, copy that too, "
        "else save what can be read with `sqlite3 FILE .recover`."
    )
