"""Notices when another process writes to the open store: a command in a terminal, a merge, a script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from db.operations import elsewhere
from desktop.services.project import Project

EVERY: Final = 2000
"""Milliseconds between two looks."""
_SHARE: Final = 20
"""A store that takes a second to be read again is looked at every twenty seconds: decisions go by the same worker."""


class StoreWatch(QObject):
    """Looks at the store every two seconds by its own worker, so that nothing is asked while that is behind.

    Signals:
        written: somebody else wrote.
    """

    written = Signal()

    def __init__(self, project: Project, *, is_own: Callable[[], bool], parent: QObject | None = None) -> None:
        """`is_own` tells whether a process of this window may be writing: what it writes is read when it is done."""
        super().__init__(parent)
        self._project, self._is_own = project, is_own
        self._clock = QElapsedTimer()
        self._timer = QTimer(self, interval=EVERY, singleShot=True)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Counts from what is in the store now."""
        self.forget()
        self._timer.start()

    def stop(self) -> None:
        """Asks no more."""
        self._timer.stop()

    def forget(self) -> None:
        """What was written until now is being read anyway."""
        self._project.ask(elsewhere.written, failed=lambda _: None)

    def _look(self) -> None:
        if self._is_own():
            self._timer.start(EVERY)
        else:
            self._project.ask(elsewhere.written, self._take, failed=self._rest)

    def _take(self, written: bool) -> None:
        if not written:
            self._rest()
            return
        self._clock.start()
        self.written.emit()
        # Behind all that is read again now.
        self._project.ask(lambda _: None, self._rest_long)

    def _rest(self, _error: Exception | None = None) -> None:
        """A store that cannot be looked at is told by the next decision."""
        self._timer.start(EVERY)

    def _rest_long(self, _answer: object) -> None:
        self._timer.start(max(EVERY, _SHARE * self._clock.elapsed()))
