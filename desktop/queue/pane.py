"""The left column: search, order, and the queue."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QLineEdit,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from captionlint.core.errors import UsageError
from captionlint.db.rows.paging import Order
from captionlint.desktop.queue.delegate import LineDelegate
from captionlint.desktop.queue.model import ITEM_ID, QueueModel
from captionlint.desktop.queue.query import parse
from captionlint.desktop.queue.thumbnails import Thumbnails
from captionlint.desktop.style.strings import QT_TRANSLATE_NOOP, reported
from captionlint.desktop.style.theme import Theme
from captionlint.desktop.widgets.combo_box import Choice
from captionlint.desktop.widgets.escape import on_escape

ORDERS: Final[tuple[tuple[Order, str], ...]] = (
    ("suspicious", QT_TRANSLATE_NOOP("QueuePane", "Most suspicious first")),
    ("uncertain", QT_TRANSLATE_NOOP("QueuePane", "Least certain first")),
    ("instructive", QT_TRANSLATE_NOOP("QueuePane", "Most instructive first")),
    ("random", QT_TRANSLATE_NOOP("QueuePane", "In random order")),
    ("file", QT_TRANSLATE_NOOP("QueuePane", "In the file's order")),
)


class QueuePane(QWidget):
    """Chooses which items come, in which order, and jumps to one.

    Signals:
        chosen: an item to show.
        narrowed: order or filters changed.
        left: the keyboard goes back to the item.
    """

    chosen = Signal(int)
    narrowed = Signal()
    left = Signal()

    def __init__(self, model: QueueModel, theme: Theme, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._model = model
        self.search = QLineEdit(clearButtonEnabled=True)
        self.search.setAccessibleName(self.tr("Search captions"))
        self.search.setToolTip(
            self.tr("Words of the caption, and: status:pending kind:count word:dog score:-0.5..-0.1 blind:yes by:ana")
        )
        self.order = Choice()
        self.order.setAccessibleName(self.tr("Order"))
        for order, title in ORDERS:
            self.order.addItem(self.tr(title), order)
        self.problem = QLabel(wordWrap=True)
        self.problem.setProperty("danger", True)
        self.problem.hide()
        self.list = _Lines(model, theme, thumbnails, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 1, 0)  # the hairline at the right stays to be seen
        layout.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(14, 0, 14, 10)
        top.setSpacing(8)
        for widget in (self.search, self.order, self.problem):
            top.addWidget(widget)
        layout.addLayout(top)
        layout.addWidget(self.list, 1)
        self._typed = QTimer(self, interval=200, singleShot=True)
        self._typed.timeout.connect(self._narrow)
        self.search.textEdited.connect(lambda _: self._typed.start())
        self.search.textChanged.connect(lambda text: None if text else self._typed.start())
        self.search.returnPressed.connect(self._search_now)
        on_escape(self.search, self._search_now)
        self.order.activated.connect(lambda _: self._narrow())
        self.list.clicked.connect(self._choose)
        self.list.activated.connect(self._choose)
        model.failed.connect(lambda error: self._fail(reported(str(error))))
        model.loaded.connect(self.list.viewport().update)
        thumbnails.ready.connect(self.list.viewport().update)

    def show_item(self, item_id: int | None) -> None:
        """Selects the item before the eyes and brings it into sight."""
        row = self._model.row_of(item_id) if item_id is not None else None
        if row is None:
            self.list.clearSelection()
            return
        index = self._model.index(row)
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

    def name_key(self, key: str) -> None:
        """Shows the key that leads here."""
        self.search.setPlaceholderText(self.tr("Search captions") + f"   {key}")

    def search_for(self, text: str) -> None:
        """Searches for something else."""
        self.search.setText(text)
        self._typed.stop()
        self._narrow()

    def _search_now(self) -> None:
        self._typed.stop()
        self._narrow()
        self.left.emit()

    def _narrow(self) -> None:
        try:
            filters = parse(self.search.text())
        except UsageError as error:
            self._fail(str(error))
            return
        self.problem.hide()
        self._model.load(order=self.order.currentData(), filters=filters)
        self.narrowed.emit()

    def _fail(self, said: str) -> None:
        self.problem.setText(said)
        self.problem.show()

    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(int(index.data(ITEM_ID)))
        self.left.emit()


class _Lines(QTableView):
    """A list of equal rows. A table's rows have their place by number; a `QListView` asks for every one of them."""

    def __init__(self, model: QueueModel, theme: Theme, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._delegate = LineDelegate(theme, thumbnails, self)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.horizontalHeader().hide()
        self.horizontalHeader().setStretchLastSection(True)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setItemDelegate(self._delegate)
        self.setModel(model)
        self.setAccessibleName(QCoreApplication.translate("QueuePane", "Queue"))
        self._set_height()

    def changeEvent(self, event: QEvent) -> None:
        """Another font makes other rows."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._set_height()

    def _set_height(self) -> None:
        option = QStyleOptionViewItem()
        option.font = self.font()
        height = self._delegate.sizeHint(option, QModelIndex()).height()
        self.verticalHeader().setDefaultSectionSize(height)
        self.verticalScrollBar().setSingleStep(height)
