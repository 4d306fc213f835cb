"""A line of text that gives way where there is no room, with a dot for what is left out."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget


class Elided(QLabel):
    """Plain text on one line; what does not fit is left out at its end, and the tip shows all of it."""

    def __init__(self, least: int = 0, parent: QWidget | None = None) -> None:
        """`least`: pixels that stay, as long as the text is."""
        super().__init__(parent, textFormat=Qt.TextFormat.PlainText)
        self._least = least

    def minimumSizeHint(self) -> QSize:
        """As wide as has to stay."""
        hint = super().sizeHint()
        return QSize(min(self._least, hint.width()), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shows all of it as a tip where it does not fit."""
        super().resizeEvent(event)
        cut = self._shown() != self.text()
        self.setToolTip(self.text().replace("<", "‹") if cut else "")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """As much as fits."""
        painter = QPainter(self)
        alignment = int((self.alignment() & Qt.AlignmentFlag.AlignHorizontal_Mask) | Qt.AlignmentFlag.AlignVCenter)
        self.style().drawItemText(
            painter, self.rect(), alignment, self.palette(), self.isEnabled(), self._shown(), self.foregroundRole()
        )
        painter.end()

    def _shown(self) -> str:
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
