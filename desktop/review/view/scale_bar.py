"""Small painted parts of the inspector: a word's place on the scale, and a suggestion with its bar."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from captionlint.desktop.style.theme import Theme


class ScaleBar(QWidget):
    """The diverging scale from against to for, with a pointer where the word stands (−1 to 1), and the threshold."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._place: float | None = None
        self._threshold: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_place(self, place: float | None, threshold: float | None) -> None:
        """Moves the pointer; None hides it."""
        self._place, self._threshold = place, threshold
        self.update()

    def sizeHint(self) -> QSize:
        """A bar with one line of text under it."""
        return QSize(200, 24 + int(QFontMetricsF(self.font()).height()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The pointer above, the scale, its two ends named below."""
        look = self._theme.look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(0, 11, self.width(), 8)
        fill = QLinearGradient(bar.topLeft(), bar.topRight())
        for at, colour in (
            (0.0, look.base.against[2]), (0.2, look.base.against[2]), (0.36, look.base.against[1]),
            (0.47, look.base.against[0]), (0.5, look.base.panel), (0.53, look.base.speaks_for[0]),
            (0.64, look.base.speaks_for[1]), (0.8, look.base.speaks_for[2]), (1.0, look.base.speaks_for[2]),
        ):  # fmt: skip
            fill.setColorAt(at, QColor(colour))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(bar, 4, 4)
        if self._threshold is not None:
            x = self._x(self._threshold)
            painter.setBrush(QColor(look.base.underline))
            painter.drawRect(QRectF(x - 1, bar.top() - 2, 2, bar.height() + 4))
        if self._place is not None:
            x = self._x(self._place)
            painter.setBrush(QColor(look.base.text))
            painter.drawPolygon(QPolygonF([QPointF(x - 5, 2), QPointF(x + 5, 2), QPointF(x, 9)]))
        painter.setPen(QColor(look.base.dim))
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 0.88)
        painter.setFont(font)
        below = QRectF(0, bar.bottom() + 3, self.width(), self.height() - bar.bottom() - 3)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignLeft), self.tr("against"))
        painter.drawText(below, int(Qt.AlignmentFlag.AlignRight), self.tr("for"))
        painter.end()

    def _x(self, place: float) -> float:
        return 5 + (max(-1.0, min(1.0, place)) + 1) / 2 * (self.width() - 10)


class SuggestionButton(QAbstractButton):
    """A replacement to choose, with how well the model finds that it fits, 0 to 1."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._share: float | None = None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_suggestion(self, text: str, share: float | None) -> None:
        """Shows another suggestion."""
        self.setText(text)
        self.setAccessibleName(text)
        self._share = share
        self.update()

    def sizeHint(self) -> QSize:
        """One line with room."""
        return QSize(160, int(QFontMetricsF(self.font()).height()) + 12)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The text at the left, the bar at the right."""
        look = self._theme.look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.underMouse() or self.hasFocus():
            painter.setBrush(QColor(look.selected))
            painter.drawRoundedRect(QRectF(self.rect()), 5, 5)
        bar = QRectF(self.width() - 98, self.height() / 2 - 2, 88, 4)
        painter.setPen(QColor(look.base.text))
        room = QRectF(10, 0, bar.left() - 18, self.height())
        text = QFontMetricsF(self.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), text)
        if self._share is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.base.line))
            painter.drawRoundedRect(bar, 2, 2)
            painter.setBrush(QColor(look.base.speaks_for[2]))
            painter.drawRoundedRect(QRectF(bar.left(), bar.top(), max(bar.width() * self._share, 4), 4), 2, 2)
        painter.end()
