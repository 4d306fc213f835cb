"""The queue as a screen of its own: many pictures at a glance, by the same model and filters."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from captionlint.db.operations.queue_rows import Line
from captionlint.desktop.queue.delegate import state_text
from captionlint.desktop.queue.model import ITEM_ID, LINE, QueueModel
from captionlint.desktop.queue.thumbnails import Thumbnails, contained
from captionlint.desktop.style.strings import QT_TRANSLATE_NOOP
from captionlint.desktop.style.theme import Theme
from captionlint.desktop.widgets.flow_layout import Flow

_CELL: Final = QSize(212, 214)
_PICTURE: Final = 118
_STATES: Final = (
    ("", QT_TRANSLATE_NOOP("Board", "All")),
    ("status:pending", QT_TRANSLATE_NOOP("Board", "To do")),
    ("status:accepted", QT_TRANSLATE_NOOP("Board", "Accepted")),
    ("status:corrected", QT_TRANSLATE_NOOP("Board", "Corrected")),
    ("status:rejected", QT_TRANSLATE_NOOP("Board", "Rejected")),
    ("status:skipped", QT_TRANSLATE_NOOP("Board", "Skipped")),
)


class Board(QWidget):
    """Shows the queue as cards; a click opens one for review.

    Signals:
        chosen: an item to show.
        search_asked: another search line.
    """

    chosen = Signal(int)
    search_asked = Signal(str)

    def __init__(self, model: QueueModel, theme: Theme, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stage")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._model = model
        self.states = {query: self._button(query, title) for query, title in _STATES}
        self.count = QLabel()
        self.count.setProperty("dim", True)
        states = Flow(gap=6)
        for button in self.states.values():
            states.addWidget(button)
        row = QHBoxLayout()
        row.setContentsMargins(20, 14, 20, 10)
        row.setSpacing(12)
        row.addLayout(states, 1)
        row.addWidget(self.count)
        self.list = _grid(theme, thumbnails)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row)
        below = QHBoxLayout()
        below.setContentsMargins(14, 0, 4, 0)  # a card keeps six pixels around itself
        below.addWidget(self.list)
        layout.addLayout(below, 1)
        self.list.activated.connect(self._choose)
        self.list.doubleClicked.connect(self._choose)
        model.loaded.connect(self._show)
        model.loaded.connect(self.list.viewport().update)
        thumbnails.ready.connect(self.list.viewport().update)

    def showEvent(self, event: QShowEvent) -> None:
        """Looks at the queue from now on: laying it out takes a call for every item."""
        super().showEvent(event)
        if self.list.model() is None:
            self.list.setModel(self._model)

    def show_search(self, text: str) -> None:
        """Marks the button whose filter is in use."""
        for query, button in self.states.items():
            button.setChecked(query == text.strip())

    def _show(self) -> None:
        self.count.setText(self.tr("%Ln item(s)", "", self._model.rowCount()))

    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(int(index.data(ITEM_ID)))

    def _button(self, query: str, title: str) -> QPushButton:
        button = QPushButton(self.tr(title))
        button.setCheckable(True)
        button.setChecked(not query)
        button.clicked.connect(lambda: self.search_asked.emit(query))
        return button


class _Grid(QListView):
    """Cards that share out the whole width."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many columns as there is room for, and none of it left over."""
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)  # what the layout leaves free for one
        room = self.width() - 2 * self.frameWidth() - max(bar, self.verticalScrollBar().sizeHint().width()) - 1
        columns = max(1, room // _CELL.width())
        self.setGridSize(QSize(room // columns, _CELL.height()))
        super().resizeEvent(event)


def _grid(theme: Theme, thumbnails: Thumbnails) -> QListView:
    view = _Grid()
    view.setViewMode(QListView.ViewMode.IconMode)
    view.setUniformItemSizes(True)
    view.setGridSize(_CELL)
    view.setLayoutMode(QListView.LayoutMode.Batched)
    view.setBatchSize(500)
    view.setResizeMode(QListView.ResizeMode.Adjust)
    view.setMovement(QListView.Movement.Static)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setItemDelegate(CardDelegate(theme, thumbnails, view))
    view.setAccessibleName(QCoreApplication.translate("Board", "Queue"))
    return view


class CardDelegate(QStyledItemDelegate):
    """Paints a card: the picture, two lines of caption, the state."""

    def __init__(self, theme: Theme, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._thumbnails = theme, thumbnails

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """All cards are equal."""
        view = option.widget
        return view.gridSize() if isinstance(view, QListView) else _CELL

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paints a card, or its outline while it is being read."""
        look = self._theme.look
        card = QRectF(option.rect).adjusted(6, 6, -6, -6)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setPen(QColor(look.base.accent if selected else look.base.line))
        painter.setBrush(QColor(look.base.panel))
        painter.drawRoundedRect(card.adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
        picture = QRectF(card.left() + 1, card.top() + 1, card.width() - 2, _PICTURE)
        line = index.data(LINE)
        self._paint_picture(painter, picture, line)
        if isinstance(line, Line):
            self._paint_text(painter, card.adjusted(10, picture.height() + 8, -10, -6), line, option)
        painter.restore()

    def _paint_picture(self, painter: QPainter, rect: QRectF, line: object) -> None:
        path = QPainterPath()
        path.addRoundedRect(rect, 6, 6)
        painter.fillPath(path, QColor(self._theme.look.base.canvas))
        pixmap = self._thumbnails.get(line.entry.image) if isinstance(line, Line) else None
        if pixmap is not None:
            painter.save()
            painter.setClipPath(path)
            painter.drawPixmap(contained(pixmap, rect), pixmap, QRectF(pixmap.rect()))
            painter.restore()

    def _paint_text(self, painter: QPainter, rect: QRectF, line: Line, option: QStyleOptionViewItem) -> None:
        look = self._theme.look
        metrics = QFontMetricsF(option.font)
        done = line.entry.status != "pending"
        painter.setPen(QColor(look.base.dim if done else look.base.text))
        text = QRectF(rect.left(), rect.top(), rect.width(), 2 * metrics.lineSpacing() + 4)
        caption = metrics.elidedText(
            " ".join(line.entry.caption.split()), Qt.TextElideMode.ElideRight, 1.9 * rect.width()
        )
        painter.drawText(text, int(Qt.TextFlag.TextWordWrap), caption)
        painter.setPen(QColor(look.base.dim))
        state = QRectF(rect.left(), rect.bottom() - metrics.height(), rect.width(), metrics.height())
        painter.drawText(state, int(Qt.AlignmentFlag.AlignRight), state_text(line))
        if line.share > 0 and not done:
            bar = QRectF(rect.left(), state.center().y() - 2, 70, 4)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.base.line))
            painter.drawRoundedRect(bar, 2, 2)
            painter.setBrush(QColor(look.base.against[2]))
            painter.drawRoundedRect(QRectF(bar.left(), bar.top(), max(bar.width() * line.share, 4), 4), 2, 2)
