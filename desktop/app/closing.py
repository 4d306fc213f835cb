"""How a window closes, and how all of them do: what was decided goes to the store first, and nothing blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum, auto
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMainWindow, QWidget

from captionlint.desktop.background.worker import Background

_AT_ONCE: Final = 0.1
"""Seconds that closing waits for the store without a word: a decision is rarely slower."""


class _State(Enum):
    OPEN = auto()
    BEGINNING = auto()
    SAVING = auto()
    CLOSED = auto()


class Closing(QObject):
    """Closes one window when the store has taken everything that must be kept.

    The state goes from open over saving to closed, and back to open where the store refused something. The store's
    busy timeout ends the wait for a lock that never goes.

    Signals:
        begun: the window is to close: what is still on its way to the store is to be asked now.
        stayed: the store refused something, and the window goes on.
        ended: everything is in the store; comes once.
    """

    begun = Signal()
    stayed = Signal()
    ended = Signal()

    def __init__(self, window: QMainWindow, worker: Background, *, refusals: Iterable[SignalInstance]) -> None:
        """Any of the signals `refusals` says that the store did not take something."""
        super().__init__(window)
        self._window, self._worker = window, worker
        self._state = _State.OPEN
        self._is_refused = False
        self._note: _Note | None = None
        worker.settled.connect(self._go_on)
        for signal in refusals:
            signal.connect(self._refuse)

    def may_close(self) -> bool:
        """Whether the window may close now. Where not, it closes itself later, unless the store refuses something."""
        if self._state is _State.OPEN:
            return self._begin()
        return self._state is _State.CLOSED

    def _begin(self) -> bool:
        self._state, self._is_refused = _State.BEGINNING, False
        _close_each(lambda: self._window.findChildren(QDialog))
        self.begun.emit()
        self._worker.finish()
        if self._worker.settle(_AT_ONCE):
            return self._end()
        self._state = _State.SAVING
        self._show_saving()
        return False

    def _go_on(self) -> None:
        if self._state is _State.SAVING:
            self._hide_saving()
            if self._end():
                self._window.close()

    def _end(self) -> bool:
        if self._is_refused:
            self._state = _State.OPEN
            self._worker.resume()
            self.stayed.emit()
            return False
        self._state = _State.CLOSED
        self.ended.emit()
        return True

    def _refuse(self, _error: object) -> None:
        self._is_refused = True

    def _show_saving(self) -> None:
        self._window.setEnabled(False)
        self._note = _Note(self.tr("Saving …\nThe window closes when the store has everything."), self._window)

    def _hide_saving(self) -> None:
        if self._note is not None:
            self._note.hide()
            self._note.deleteLater()
            self._note = None
        self._window.setEnabled(True)


class _Note(QLabel):
    """A sentence in the middle of a window."""

    def __init__(self, text: str, window: QWidget) -> None:
        super().__init__(text, window, alignment=Qt.AlignmentFlag.AlignCenter)
        self.setObjectName("saving")
        self.setProperty("card", True)
        self.setContentsMargins(24, 20, 24, 20)
        self._over = window
        window.installEventFilter(self)
        self._place()
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stays in the middle."""
        if event.type() is QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        self.adjustSize()
        self.move(self._over.rect().center() - self.rect().center())


def close_all() -> None:
    """Asks every window to close, dialogs first, also behind one that is still saving.

    `QApplication.closeAllWindows` stops at the first window that does not close at once.
    """
    _close_each(lambda: sorted(QApplication.topLevelWidgets(), key=lambda widget: not widget.isModal()))


def _close_each(found: Callable[[], Iterable[QWidget]]) -> None:
    """Asks each visible widget once, also those that open meanwhile."""
    asked: list[QWidget] = []
    while (widget := next((w for w in found() if w.isVisible() and w not in asked), None)) is not None:
        asked.append(widget)
        widget.close()
