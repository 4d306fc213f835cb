"""How a window closes, and how all of them do: what was decided goes to the store first, and nothing blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum, auto
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QLabel,
    QMainWindow,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from captionlint.desktop.background.worker import Background

_AT_ONCE: Final = 0.1
"""Seconds that closing waits for the store without a word: a decision is rarely slower."""
_PATIENCE: Final = 35_000
"""Milliseconds until the window offers to close without saving: longer than SQLite waits for a lock."""


class _State(Enum):
    OPEN = auto()
    BEGINNING = auto()
    SAVING = auto()
    CLOSED = auto()


class Closing(QObject):
    """Closes one window when the store has taken everything that must be kept.

    The state goes from open over saving to closed, and back to open where the store refused something. The store's
    busy timeout ends the wait for a lock that never goes. A server may never answer: after `patience` milliseconds
    the window can be closed without saving.

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
        self.patience = _PATIENCE
        self._long = QTimer(self, singleShot=True)
        self._long.timeout.connect(self._offer)
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
        self._set_enabled(False)
        self._note = _Note(self.tr("Saving …\nThe window closes when the store has everything."), self._window)
        self._long.start(self.patience)

    def _hide_saving(self) -> None:
        self._long.stop()
        if self._note is not None:
            self._note.hide()
            self._note.deleteLater()
            self._note = None
        self._set_enabled(True)

    def _set_enabled(self, enabled: bool) -> None:
        """What the window holds, but not the window itself: the note's button must work."""
        for part in (self._window.centralWidget(), self._window.menuBar()):
            if part is not None:
                part.setEnabled(enabled)
        self._window.setAcceptDrops(enabled)

    def _offer(self) -> None:
        if self._note is not None:
            said = self.tr(
                "Saving …\nThe store does not answer.\nIf you close the window now, decisions that are not saved are "
                "lost.\nYour marks and edits are kept as drafts."
            )
            self._note.offer(said, self.tr("Close without saving"), self._give_up)

    def _give_up(self) -> None:
        """Closes whatever the store has not taken. What it still takes later is in it."""
        if self._state is not _State.SAVING:
            return
        self._hide_saving()
        self._state = _State.CLOSED
        _close_each(lambda: self._window.findChildren(QDialog))
        self.ended.emit()
        self._window.close()


class _Note(QFrame):
    """A sentence in the middle of a window, and later a button below it."""

    def __init__(self, text: str, window: QWidget) -> None:
        super().__init__(window)
        self.setProperty("card", True)
        self._said = QLabel(text, alignment=Qt.AlignmentFlag.AlignCenter)
        self._said.setObjectName("saving")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(24, 20, 24, 20)
        self._layout.setSpacing(12)
        self._layout.addWidget(self._said)
        self._over = window
        window.installEventFilter(self)
        self._place()
        self.show()
        self.raise_()

    def offer(self, text: str, title: str, chosen: Callable[[], None]) -> None:
        """Says something else, and has a button."""
        self._said.setText(text)
        button = QPushButton(title, autoDefault=False)
        button.setObjectName("close_without_saving")
        button.clicked.connect(chosen)
        self._layout.addWidget(button, alignment=Qt.AlignmentFlag.AlignCenter)
        button.show()
        self._place()

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
