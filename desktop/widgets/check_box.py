"""A check box that is seen in either theme: Qt draws its frame darker than the window, on a dark one unseen."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QStyle, QStyleOptionButton


class TickBox(QCheckBox):
    """Paints the tick over the box that the style sheet draws."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """The box as ever, then the tick."""
        super().paintEvent(event)
        if not self.isChecked():
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        box = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self).toRectF()
        middle, step = box.center(), box.width() / 8
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().highlightedText().color(), 1.8))
        for_tick = ((-2.2, 0.2), (-0.6, 1.8), (2.2, -1.6))
        painter.drawPolyline([middle + QPointF(x * step, y * step) for x, y in for_tick])
        painter.end()
