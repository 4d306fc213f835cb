"""How a line of the queue is painted: thumbnail, one line of caption, a bar of suspicion, its state."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from captionlint.db.operations.queue_rows import Line
from captionlint.desktop.queue.model import LINE
from captionlint.desktop.queue.thumbnails import Thumbnails, covering
from captionlint.desktop.style.strings import status_name
from captionlint.desktop.style.theme import Look, Theme

_THUMB: Final = QSize(56, 42)
_DONE: Final = frozenset({"accepted", "corrected", "rejected", "skipped"})


class LineDelegate(QStyledItemDelegate):
    """Paints lines of the queue; the selected one is the item before the eyes."""

    def __init__(self, theme: Theme, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._thumbnails = theme, thumbnails

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """All lines are equally high."""
        return QSize(160, max(_THUMB.height() + 20, int(QFontMetricsF(option.font).height() * 3)))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paints a line, or its outline while it is being read."""
        look = self._theme.look
        rect = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(rect, QColor(look.selected))
            painter.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height()), QColor(look.base.accent))
        line = index.data(LINE)
        thumb = QRectF(rect.left() + 14, rect.center().y() - _THUMB.height() / 2, _THUMB.width(), _THUMB.height())
        self._paint_thumbnail(painter, thumb, line, look)
        if isinstance(line, Line):
            text = QRectF(thumb.right() + 12, thumb.top(), rect.right() - thumb.right() - 26, thumb.height())
            self._paint_text(painter, text, line, look, option)
        painter.restore()

    def _paint_thumbnail(self, painter: QPainter, rect: QRectF, line: object, look: Look) -> None:
        path = QPainterPath()
        path.addRoundedRect(rect, 3, 3)
        painter.fillPath(path, QColor(look.base.canvas))
        if not isinstance(line, Line):
            return
        pixmap = self._thumbnails.get(line.entry.image)
        if pixmap is not None:
            painter.save()
            painter.setClipPath(path)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            if line.entry.status in _DONE:
                painter.setOpacity(0.65)
            painter.drawPixmap(rect, pixmap, covering(pixmap, rect))
            painter.restore()

    def _paint_text(
        self, painter: QPainter, rect: QRectF, line: Line, look: Look, option: QStyleOptionViewItem
    ) -> None:
        done = line.entry.status in _DONE
        metrics = QFontMetricsF(option.font)
        painter.setPen(QColor(look.base.dim if done else look.base.text))
        caption = " ".join(line.entry.caption.split())
        shown = metrics.elidedText(caption, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(QRectF(rect.left(), rect.top() - 1, rect.width(), metrics.height()), shown)
        state = state_text(line)
        small = painter.font()
        small.setPointSizeF(small.pointSizeF() * 0.88)
        painter.setFont(small)
        measure = QFontMetricsF(small)
        width = measure.horizontalAdvance(state)
        painter.setPen(QColor(look.base.dim))
        bottom = rect.bottom() - measure.height() + 2
        painter.drawText(QRectF(rect.right() - width - 1, bottom, width + 2, measure.height()), state)
        bar = QRectF(rect.left(), bottom + measure.height() / 2 - 2, min(86.0, rect.width() - width - 12), 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(look.base.line))
        painter.drawRoundedRect(bar, 2, 2)
        if line.share > 0 and not done:
            painter.setBrush(QColor(look.base.against[2]))
            painter.drawRoundedRect(QRectF(bar.left(), bar.top(), max(bar.width() * line.share, 4), 4), 2, 2)


class _Plural(QObject):
    """lupdate takes a text with a number for a plural only where an object translates it."""

    def marks(self, count: int) -> str:
        return self.tr("%Ln mark(s)", "", count)


def state_text(line: Line) -> str:
    """What a line says of its item: its status, else how many marks it has."""
    status = line.entry.status
    if status != "pending":
        return f"✓ {status_name(status)}" if status in ("accepted", "corrected") else status_name(status)
    if line.entry.blind:
        return QCoreApplication.translate("queue", "blind")
    if line.marks is None:
        return QCoreApplication.translate("queue", "not scored")
    if not line.marks:
        return QCoreApplication.translate("queue", "no marks")
    return _Plural().marks(line.marks)
