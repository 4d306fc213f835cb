"""The top line: the store and its model, the numbers people act on, and the three screens."""

from __future__ import annotations

from typing import Final, TypeVar

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from captionlint.desktop.style.strings import QT_TRANSLATE_NOOP, number
from captionlint.desktop.widgets.elided_label import Elided

SCREENS: Final = {
    "review": QT_TRANSLATE_NOOP("Header", "Review"),
    "queue": QT_TRANSLATE_NOOP("Header", "Queue"),
    "summary": QT_TRANSLATE_NOOP("Header", "Summary"),
}

_NOTE: Final = 8000
"""Milliseconds for which a note is shown."""
_WITH_BAR: Final = 760
Label = TypeVar("Label", bound=QLabel)


class Header(QFrame):
    """Shows how far the work is.

    Signals:
        screen_asked: one of `SCREENS`.
    """

    screen_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self.setFixedHeight(46)
        self.name = Elided(80)
        font = self.name.font()
        font.setWeight(font.Weight.DemiBold)
        self.name.setFont(font)
        self.model = _dim(Elided())
        self.progress = _dim(Elided(48))
        self.bar = QProgressBar(textVisible=False)
        self.bar.setFixedSize(120, 4)
        self.pace = _dim(Elided())
        self._pace = ""
        self._note = QTimer(self, interval=_NOTE, singleShot=True)
        self._note.timeout.connect(lambda: self.pace.setText(self._pace))
        self._row = layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 0, 12, 0)
        layout.setSpacing(10)
        layout.addWidget(self.name)
        layout.addWidget(self.model)
        layout.addStretch(2)
        layout.addWidget(self.progress)
        layout.addWidget(self.bar)
        layout.addStretch(1)
        layout.addWidget(self.pace)
        layout.addStretch(2)
        self._buttons = {name: self._button(name) for name in SCREENS}
        for button in self._buttons.values():
            layout.addWidget(button)
        self.show_screen("review")

    def show_screen(self, name: str) -> None:
        """Marks the screen that is shown."""
        for other, button in self._buttons.items():
            button.setChecked(other == name)

    def show_progress(self, done: int, total: int) -> None:
        """How many items are decided."""
        self.progress.setText(self.tr("{0} of {1}").format(number(done), number(total)))
        self.bar.setMaximum(max(total, 1))
        self.bar.setValue(done)
        self._show_bar()

    def show_pace(self, an_hour: float | None, left: str | None) -> None:
        """Items an hour, and the time that the rest takes."""
        parts = [] if an_hour is None else [self.tr("{0} an hour").format(number(an_hour))]
        if left is not None:
            parts.append(self.tr("{0} left").format(left))
        self._pace = "  ·  ".join(parts)
        if not self._note.isActive():
            self.pace.setText(self._pace)

    def note(self, text: str) -> None:
        """One line in place of the pace, for some seconds."""
        self.pace.setText(text)
        self._note.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow window does without the bar: the numbers stand beside it."""
        super().resizeEvent(event)
        self._show_bar()

    def minimumSizeHint(self) -> QSize:
        """Without the bar."""
        hint = super().minimumSizeHint()
        bar = 0 if self.bar.isHidden() else self.bar.width() + self._row.spacing()
        return QSize(hint.width() - bar, hint.height())

    def _show_bar(self) -> None:
        self.bar.setVisible(bool(self.progress.text()) and self.width() >= _WITH_BAR)

    def _button(self, name: str) -> QPushButton:
        button = QPushButton(self.tr(SCREENS[name]), flat=True)
        bold = button.font()
        bold.setWeight(bold.Weight.DemiBold)  # as the shown screen's is; the button reckons with the lighter one
        button.setMinimumWidth(QFontMetrics(bold).horizontalAdvance(button.text()) + 28)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self.screen_asked.emit(name))
        return button


def _dim(label: Label) -> Label:
    label.setProperty("dim", True)
    return label
