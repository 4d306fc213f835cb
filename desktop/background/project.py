"""One open store: its file, its lock, its annotator, and the worker through which everything about it goes."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator
from pathlib import Path
from threading import Thread
from typing import Final, TypeVar

from PySide6.QtCore import QLockFile, QObject, Signal

from captionlint.core.errors import StoreError
from captionlint.db.engine.connection import without_password
from captionlint.db.store import Store
from captionlint.desktop.background.worker import Background

T = TypeVar("T")
_AT_ONCE: Final = 0.03
"""Seconds for which parts of a long job run before others get their turn."""
_PATIENCE: Final = 0.2
"""Seconds that closing waits for a job that is running: most are over by then."""


class Project(QObject):
    """A store and its one worker: jobs run in the order in which they were asked for.

    Signals:
        opened: the store can be asked.
        failed: an error that nobody who asked takes care of.
    """

    opened = Signal()
    failed = Signal(object)

    def __init__(self, path: str, *, annotator: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self.annotator = annotator
        self._store: Store | None = None
        self._lock: QLockFile | None = None
        self.worker = Background(name="store", parent=self)
        self.worker.failed.connect(self.failed)

    @property
    def name(self) -> str:
        """What the window calls it."""
        where = self.address
        return Path(where.partition("?")[0] if "://" in where else where).name

    @property
    def address(self) -> str:
        """Where the store is, as settings may hold it: without a server's password."""
        return without_password(self.path) if "://" in self.path else self.path

    def hold(self) -> str | None:
        """Locks the file against a second window; returns who holds it, in words, where one does."""
        if "://" in self.path or not Path(self.path).parent.is_dir():
            return None
        lock = QLockFile(f"{self.path}.lock")
        lock.setStaleLockTime(0)
        if lock.tryLock(0):
            self._lock = lock
            return None
        if lock.error() is not QLockFile.LockError.LockFailedError:
            return None  # a folder that cannot be written to is said by the store, in better words
        pid, host, _ = lock.getLockInfo()
        if not pid:
            return self.tr("another process")
        return self.tr("process {0} on {1}").format(pid, host)

    def open(self, *, failed: Callable[[Exception], None], create: bool = True) -> None:
        """Opens the store in the background."""

        def run() -> None:
            self._store = Store.open(self.path, create=create)
            Thread(target=_back_up, args=(self._store,), name="backup", daemon=True).start()

        self.worker.ask(run, lambda _: self.opened.emit(), failed=failed)

    def ask(
        self,
        job: Callable[[Store], T],
        then: Callable[[T], None] = lambda _: None,
        *,
        failed: Callable[[Exception], None] | None = None,
        topic: str | None = None,
        must: bool = False,
    ) -> None:
        """Asks or changes the store; the answer comes back on the window's thread.

        What `must` be done is done before the window closes: the changes that a person made. It has no `topic`.
        """

        def run() -> T:
            if self._store is None:
                raise StoreError(f"{self.address} is not open.")
            return job(self._store)

        self.worker.ask(run, then, failed=failed, topic=topic, must=must)

    def ask_in_parts(
        self,
        job: Callable[[Store], Generator[object, None, T]],
        then: Callable[[T], None],
        *,
        failed: Callable[[Exception], None] | None = None,
        topic: str,
    ) -> None:
        """As `ask`, of a long job: between the parts that it yields decisions get their turn.

        Parts must leave no transaction open. A newer job of the topic takes the place of what is left of this one.
        """
        begun: list[Generator[object, None, T]] = []
        answers: list[T] = []

        def run(store: Store) -> bool:
            if not begun:
                begun.append(job(store))
            until = time.monotonic() + _AT_ONCE
            try:
                next(begun[0])
                while time.monotonic() < until:
                    next(begun[0])
            except StopIteration as end:
                answers.append(end.value)
            return bool(answers)

        def take(is_done: bool) -> None:
            if is_done:
                then(answers[0])
            else:
                self.ask(run, take, failed=failed, topic=topic)

        self.ask(run, take, failed=failed, topic=topic)

    def close(self) -> None:
        """Closes the store and lets go of the file. What was asked and is not done is dropped: settle first.

        A job that is still running is hardly waited for: it can be none that must be done. The store is closed
        behind it.
        """
        self.worker.stop(self._close_store, seconds=_PATIENCE)
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

    def _close_store(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None


def _back_up(store: Store) -> None:
    """Today's copy of the store, in a thread of its own: decisions do not wait for it."""
    try:
        store.back_up()
    except (StoreError, OSError) as error:
        logging.getLogger(__name__).warning("no copy of %s was made: %s", store.name, error)
