"""A message over the window that says what was done and offers to undo it; it goes away by itself."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

_SHOWN: Final = 8000
"""Milliseconds for which it is shown."""
_MARGIN: Final = 12


class Toast(QFrame):
    """One line at the upper edge of `over`, below `below`.

    Signals:
        undo_asked: the button was pressed.
    """

    undo_asked = Signal()

    def __init__(self, over: QWidget, *, below: QWidget) -> None:
        super().__init__(over)
        self._over, self._below = over, below
        self.setObjectName("toast")
        self.setProperty("card", True)
        self.said = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.undo = QPushButton(self.tr("Undo"), autoDefault=False)
        self.undo.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard with the item
        self.undo.clicked.connect(self._take)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 6, 6, 6)
        layout.setSpacing(12)
        layout.addWidget(self.said)
        layout.addWidget(self.undo)
        self._until = QTimer(self, interval=_SHOWN, singleShot=True)
        self._until.timeout.connect(self.hide)
        over.installEventFilter(self)
        self.hide()

    def show_message(self, text: str) -> None:
        """Says what was done."""
        self.said.setText(text)
        self.undo.setAccessibleName(f"{self.undo.text()}: {text}")
        self._place()
        self.show()
        self.raise_()
        self._until.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stays in the middle of the upper edge."""
        if event.type() is QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _take(self) -> None:
        self.hide()
        self.undo_asked.emit()

    def _place(self) -> None:
        room = self._over.width() - 2 * _MARGIN
        self.resize(min(self.sizeHint().width(), room), self.sizeHint().height())
        self.move((self._over.width() - self.width()) // 2, self._below.geometry().bottom() + _MARGIN)
