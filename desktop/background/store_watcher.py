"""Notices what others do to the open store: a command that writes to it, somebody who deletes or moves its file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from captionlint.core.errors import StoreGoneError
from captionlint.db.operations import changed_by_others
from captionlint.desktop.background.project import Project

EVERY: Final = 2000
"""Milliseconds between two looks."""
_SHARE: Final = 20
"""A store that takes a second to be read again is looked at every twenty seconds: decisions go by the same worker."""


class StoreWatch(QObject):
    """Looks at the store every two seconds by its own worker, so that nothing is asked while that is behind.

    Signals:
        written: somebody else wrote.
        gone: the file was deleted, moved or replaced; at every look until it is back.
        back: the file is there again.
    """

    written = Signal()
    gone = Signal()
    back = Signal()

    def __init__(self, project: Project, *, is_own: Callable[[], bool], parent: QObject | None = None) -> None:
        """`is_own` tells whether a process of this window may be writing: what it writes is read when it is done."""
        super().__init__(parent)
        self._project, self._is_own = project, is_own
        self._is_gone = False
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
        self._project.ask(changed_by_others.written, failed=lambda _: None)

    def _look(self) -> None:
        if self._is_own():
            self._timer.start(EVERY)
        else:
            self._project.ask(changed_by_others.written, self._take, failed=self._miss)

    def _take(self, written: bool) -> None:
        if self._is_gone:
            self._is_gone = False
            self.back.emit()
        if not written:
            self._rest()
            return
        self._clock.start()
        self.written.emit()
        self._rest_long()

    def heed(self, error: Exception) -> bool:
        """Takes an error that a job of the store ended with; whether it says that the file is gone."""
        if isinstance(error, StoreGoneError):
            self._is_gone = True
            self.gone.emit()
        return isinstance(error, StoreGoneError)

    def _miss(self, error: Exception) -> None:
        """What else stands in the way of a look is told by the next decision."""
        self.heed(error)
        self._rest()

    def _rest(self) -> None:
        self._timer.start(EVERY)

    def _rest_long(self) -> None:
        """Rests when all that is read again now has arrived."""
        self._project.ask(lambda _: None, self._end_reading)

    def _end_reading(self, _answer: object) -> None:
        if not self._project.worker.idle:  # what is read in parts has asked for its next part by now
            self._rest_long()
            return
        self._timer.start(max(EVERY, _SHARE * self._clock.elapsed()))
