"""The store: one SQLite file a project, or a PostgreSQL database.

    with Store.open("review.db") as store:
        items.add(store, rows)

What can be asked and changed stands in `db.operations`; here is only opening, closing and transactions.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from captionlint.core.errors import StoreError, StoreGoneError
from captionlint.core.regular_files import kind_of
from captionlint.db.engine import backups, connection, errors, migrate
from captionlint.db.engine.change_counter import Changes
from captionlint.db.engine.open_file import OpenFile
from captionlint.db.engine.read_only import Unwritable, is_unwritable
from captionlint.db.engine.sqlite_file import alone, beside, is_no_database

BUSY_TIMEOUT: Final = 30.0
"""Seconds that a change waits for another process to finish its own."""
_SMALLEST: Final = 512
"""Bytes of the smallest SQLite file."""


class Store:
    """An open store. Threads may share it: each transaction takes a connection of its own.

    Attributes:
        name: what the user called it; stands in messages, without a password.
        path: the SQLite file, or None on a server.
        backup: the copy made before a migration on opening, if there was one.
    """

    def __init__(self, engine: Engine, *, name: str, path: Path | None, unwritable: Unwritable | None = None) -> None:
        self.name = name
        self.path = path
        self.backup: Path | None = None
        self._unwritable = unwritable
        self._file: OpenFile | None = None
        self._to_read = False
        self._is_gone = False
        self._changes = Changes(path) if path else None
        self._folder = os.path.join(path.parent, "") if path else ""  # noqa: PTH118
        # Readers give pictures with links resolved, and the store may have been named by way of one.
        self._folders = (self._folder, os.path.join(os.path.realpath(path.parent), "")) if path else ()  # noqa: PTH118
        # As SQLite has it by nature: a reader sees one state, and writers take turns (see `writing`).
        self._reader = engine if path else engine.execution_options(isolation_level="REPEATABLE READ")
        self._writer = engine.execution_options(**{connection.WRITES: True})
        self._repeatable_writer = self._writer.execution_options(**{connection.REPEATABLE: True})

    @classmethod
    def open(
        cls, where: str | Path, *, create: bool = True, to_read: bool = False, busy_timeout: float = BUSY_TIMEOUT
    ) -> Store:
        """Opens a file or a ``postgresql://`` URL and brings its schema up to date.

        A file that is not there is made, unless `create` is false. One that is opened only `to_read` need not be
        writable, and `writing` refuses. Raises `StoreError`.
        """
        if "://" in str(where):
            engine = connection.server_engine(str(where))
            store = cls(engine, name=connection.without_password(str(where)), path=None)
        else:
            path = Path(os.path.abspath(where))  # noqa: PTH100 — resolve() would follow a link to another folder
            check(path, create=create, to_read=to_read)
            unwritable = Unwritable(path, name=str(where)) if to_read and is_unwritable(path) else None
            engine = connection.file_engine(unwritable.url if unwritable else path, busy_timeout=busy_timeout)
            store = cls(engine, name=str(where), path=path, unwritable=unwritable)
        store._to_read = to_read
        try:
            with errors.translated(store.name, store.path):
                if store._unwritable:
                    migrate.require_newest(engine, name=store.name)
                    return store
                store.backup = migrate.prepare(engine, name=store.name, path=store.path)
                if store.path:
                    _write_ahead(engine, busy_timeout, name=store.name)
                    store._file = OpenFile(store.path, engine, name=store.name, to_read=to_read)
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Lets go of the file; the last one to do so folds the -wal file into it."""
        if self._changes:
            self._changes.close()
        self._reader.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that sees one state of the store, whatever others write meanwhile.

        Raises `StoreGoneError` where the file was deleted, moved or replaced since it was opened.
        """
        self._require_file()
        with errors.translated(self.name, self.path), Session(self._reader) as session, session.begin():
            yield session
            if self._unwritable:
                self._unwritable.check()

    @contextmanager
    def writing(self, *, repeatable: bool = False) -> Iterator[Session]:
        """A transaction that writes; on return it is on the disk. Keep it short: others wait.

        One that is `repeatable`, since a program would do it again, survives any crash but a power cut's. Raises
        `StoreGoneError` where the file was deleted, moved, replaced or overwritten since it was opened; nothing is
        saved then. Raises `StoreError` where the store was opened only to read.
        """
        if self._to_read:
            raise StoreError(f"{self.name} was opened only to read: open it again without `to_read` to change it.")
        engine = self._repeatable_writer if repeatable else self._writer
        self._require_file()
        with errors.translated(self.name, self.path, writes=True), Session(engine) as session, session.begin():
            connection.take_turn(session.connection())
            if self._file:
                self._file.require_whole(session.connection())
            yield session
            if self._file:
                self._file.require_same()
        self._require_file()  # also while it was committed

    def _require_file(self) -> None:
        """Raises `StoreGoneError`. What lies in the -wal is brought into the file before, wherever that is now.

        There it belongs, and under the old name it would destroy the file that takes its place. This is tried once
        for each loss, without waiting for other readers: the file can be gone for long, and every request asks.
        """
        if self._file is None:
            return
        try:
            self._file.require_same()
        except StoreGoneError:
            if not self._is_gone:
                self._is_gone = True
                with suppress(SQLAlchemyError, sqlite3.Error):
                    connection.empty_log(self._reader)
            raise
        self._is_gone = False

    def state(self) -> object:
        """Equal to what it was as long as nobody has committed anything; on a server never equal.

        What is read afterwards is of this state or a later one. Raises `StoreError`.
        """
        if self._changes is None or self.path is None:
            return object()
        self._require_file()
        with errors.translated(self.name, self.path):
            return self._changes.number()

    def back_up(self) -> Path | None:
        """Copies the file beside itself, once a day; None if that was done, or on a server, which has its own ways.

        Raises `StoreError` where the store is damaged.
        """
        if self.path is None:
            return None
        with errors.translated(self.name, self.path):
            return backups.back_up_daily(self.path)

    def place(self, image: str) -> str:
        """How the store names a picture: by URL, by path from its own folder, or by absolute path.

        A folder that holds the store and its pictures can so be moved as one.
        """
        if "://" in image:
            return image
        path = os.path.abspath(image)  # noqa: PTH100 — a million times; pathlib is ten times slower
        for folder in self._folders:
            if path.startswith(folder):
                return path[len(folder) :].replace(os.sep, "/")
        return path

    def locate(self, location: str) -> str:
        """The URL or absolute path of a picture that `place` named."""
        if not self._folder or "://" in location:
            return location
        return os.path.join(self._folder, location)  # noqa: PTH118 — as in `place`


def is_database(path: Path) -> bool:
    """Whether a path is an SQLite file. Raises `StoreError` where it cannot be read."""
    if not path.is_file() or not path.stat().st_size:
        return False
    with errors.translated(str(path), path):
        try:
            with alone(path) as opened:
                opened.execute("PRAGMA schema_version")
        except sqlite3.Error as error:
            if not is_no_database(error):
                raise
            return False
    return True


def check(path: Path, *, create: bool = False, to_read: bool = False) -> None:
    """Refuses what SQLite would misread or silently replace; raises `StoreError`.

    Nothing is opened here: a process that closes a file loses its locks on it, those of an open store included, and
    then another process deletes the -wal file under that store, with the decisions in it.
    """
    try:
        _check(path, create=create, to_read=to_read)
    except OSError as error:  # a folder that may not be entered, a name that is too long
        raise StoreError(f"{path} cannot be opened: {error.strerror or error}.") from error


def _check(path: Path, *, create: bool, to_read: bool) -> None:
    if path.exists() and not path.is_file():
        raise StoreError(f"{path} is {kind_of(path.stat().st_mode)}: give the name of a file.")
    if not path.exists():
        if not create:
            raise StoreError(
                f"{path} does not exist: see to its name, or make it with `captionlint import SOURCE --db {path}`."
            )
        if not path.parent.is_dir():
            raise StoreError(f"The folder {path.parent} does not exist: make it first.")
        return
    size = path.stat().st_size
    if not create and size == 0:
        raise StoreError(f"{path} is empty: fill it with `captionlint import SOURCE --db {path}`.")
    if not os.access(path, os.R_OK):
        raise StoreError(f"{path} may not be read: ask its owner for the right to read and write it.")
    if is_unwritable(path) and not to_read:
        raise StoreError(f"{path} is read-only: make the file and its folder writable, or work on a copy.")
    if 0 < size < _SMALLEST:  # of larger ones SQLite says itself what they are not
        raise StoreError(f"{path} is not a Captionlint store: give another name, or import this file into one.")
    wal, shm = (beside(path, end) for end in ("-wal", "-shm"))
    # SQLite makes the first before the second and deletes them the other way round.
    if shm.exists() and not wal.exists():
        raise StoreError(
            f"{wal.name} is missing beside {path}, and the last decisions with it: put it back, "
            f"or delete {shm.name} to go on without them."
        )


def _write_ahead(engine: Engine, patience: float, *, name: str) -> None:
    """Lets readers and one writer work side by side; the file remembers it.

    Two processes that open a new file at once can meet here, where SQLite itself does not wait. Raises `StoreError`
    where SQLite keeps another journal: `OpenFile` expects the -wal file beside the store.
    """
    until = time.monotonic() + patience
    with closing(engine.raw_connection()) as raw:
        while True:
            try:
                (mode,) = raw.cursor().execute("PRAGMA journal_mode = WAL").fetchone()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                time.sleep(0.02)
            else:
                break
    if mode != "wal":
        raise StoreError(
            f"SQLite can keep no write-ahead log for {name} (it stays in mode {mode}): put the store on a local disk."
        )
