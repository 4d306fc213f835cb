"""The file that a store was opened on, told from whatever stands under its name later.

SQLite goes on with a file that was deleted, moved or overwritten: it says that a commit succeeded, and nobody finds
it again. So the file is looked at before and after each commit.

- Deleted, moved or replaced: device and inode are others. The -wal file counts too, for the last commits lie in it.
- Overwritten in place (`cp copy.db review.db`): the inode stays. SQLite itself changes the file only when it brings
  the -wal into it. So where time or size changed, the number in the file's header (`PRAGMA user_version`) is read
  from the disk, without the -wal. Within the transaction it is one ahead of the disk, or equal, and never goes back;
  any other number is another file's. Where it is equal, it is counted on. The first number is drawn at random.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine

from captionlint.core.errors import StoreGoneError
from captionlint.db.engine.sqlite_file import alone, beside, is_no_database

_FIRST: Final = 1 << 30
"""The first number is below this, and the largest one that fits is twice as large."""
_LOOKS: Final = 3
_PAUSE: Final = 0.05
"""How often the disk is looked at, and the seconds between, before a file counts as overwritten."""
_OTHERS: Final = 1 << 20
"""How far other processes can have counted since the last look; they count once for about four megabytes."""


class OpenFile:
    """Raises `StoreGoneError` once the file under the store's name is another than when this was made."""

    def __init__(self, path: Path, engine: Engine, *, name: str, to_read: bool = False) -> None:
        """`name` is what the user called the store. One that is only `to_read` is not written to here either.

        `require_whole` is then not for it: it has no number.
        """
        self._path, self._name = path, name
        self._log_path = beside(path, "-wal")
        self._file = self._identity(path)
        self._log: tuple[int, int] | None = None
        self._stamp: tuple[int, int] | None = None
        self._number = self._on_disk = 0
        if not to_read:
            self._number = _ensure_number(engine)
            self._on_disk = _number_on_disk(path)

    def require_same(self) -> None:
        """Two looks at the folder, some microseconds."""
        if self._identity(self._path) != self._file:
            raise StoreGoneError(
                f"{self._name} was replaced by another file while it was open, and nothing more is saved: close it "
                "here, put the right file in its place, then open it again."
            )
        if self._log is not None and self._identity(self._log_path) != self._log:
            raise StoreGoneError(
                f"{self._log_path.name} was replaced while {self._name} was open, and nothing more is saved: close "
                "it here, which keeps what was saved before, then open it again."
            )

    def require_whole(self, connection: Connection) -> None:
        """The same, and that nobody has overwritten the file. Within a transaction that writes, at its start."""
        if self._log is None:  # there since this transaction has begun
            self._log = self._identity(self._log_path)
        self.require_same()
        found = self._look(self._path)
        stamp = found.st_mtime_ns, found.st_size
        if stamp != self._stamp:
            self._require_number(connection)
            self._stamp = stamp

    def _require_number(self, connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        (number,) = driver.execute("PRAGMA user_version").fetchone()
        looks = 0
        while not self._follows(number, on_disk := _number_on_disk(self._path)):
            looks += 1
            if looks == _LOOKS:
                raise StoreGoneError(
                    f"{self._name} was overwritten while it was open, and nothing more is saved: close it here, put "
                    "the right file in its place, then open it again."
                )
            time.sleep(_PAUSE)
        self._number, self._on_disk = number, on_disk
        if on_disk == number:
            driver.execute(f"PRAGMA user_version = {number + 1}")

    def _follows(self, number: int, on_disk: int) -> bool:
        """Whether these can be the numbers of the file that was opened, within a transaction and on the disk."""
        is_later = self._number <= number <= self._number + _OTHERS and on_disk >= self._on_disk
        return is_later and on_disk in (number, number - 1, self._on_disk)

    def _identity(self, path: Path) -> tuple[int, int]:
        found = self._look(path)
        return found.st_dev, found.st_ino

    def _look(self, path: Path) -> os.stat_result:
        try:
            return os.stat(path)  # noqa: PTH116 — before every commit
        except (FileNotFoundError, NotADirectoryError) as error:
            raise StoreGoneError(
                f"{path.name} was deleted or moved while {self._name} was open, and nothing more is saved: put it "
                "back, or close it here and open it under its new name."
            ) from error
        except OSError as error:
            raise StoreGoneError(
                f"{self._name} cannot be reached ({error.strerror}), and nothing more is saved: check the disk or "
                "the network, then try again."
            ) from error


def _ensure_number(engine: Engine) -> int:
    """The store's number; a store that has none gets its first one, in the file itself."""
    with closing(engine.raw_connection()) as raw:
        cursor = raw.cursor()
        (number,) = cursor.execute("PRAGMA user_version").fetchone()
        if not number:
            cursor.execute("BEGIN IMMEDIATE")
            (number,) = cursor.execute("PRAGMA user_version").fetchone()  # another process may have been first
            if not number:
                number = 1 + secrets.randbelow(_FIRST - 1)
                cursor.execute(f"PRAGMA user_version = {number}")
            cursor.execute("COMMIT")
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return int(number)


def _number_on_disk(path: Path) -> int:
    """The number in the file, without what lies in its -wal; -1 where it is no database at all."""
    try:
        with alone(path) as opened:
            opened.execute("PRAGMA writable_schema = ON")  # so that a file that is just growing is no error
            (number,) = opened.execute("PRAGMA user_version").fetchone()
    except sqlite3.Error as error:
        if not is_no_database(error):
            raise
        return -1
    return int(number)
