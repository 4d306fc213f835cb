"""The queue as a list model of known length; lines are read from the store when they scroll into sight."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from captionlint.db.operations import active_learning, queue, queue_rows
from captionlint.db.operations.queue_rows import Line
from captionlint.db.rows.filters import Filters
from captionlint.db.rows.paging import Order
from captionlint.db.store import Store
from captionlint.desktop.background.project import Project

Index = QModelIndex | QPersistentModelIndex
_PAGE: Final = 64
_NOWHERE: Final = QModelIndex()
LINE: Final = int(Qt.ItemDataRole.UserRole)
ITEM_ID: Final = LINE + 1


class QueueModel(QAbstractListModel):
    """One row an item; `is_loaded` once the length is known.

    Signals:
        loaded: the items are known, or known to be the same as before.
        failed: the filters cannot be applied.
    """

    loaded = Signal()
    failed = Signal(object)

    def __init__(self, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self.is_loaded = False
        self._ids: Sequence[int] = ()
        self._rows: dict[int, int] = {}
        self._lines: dict[int, Line] = {}
        self._asked: set[int] = set()
        self._wanted: set[int] = set()
        self._list = 0
        self.order: Order = "suspicious"
        self.filters = Filters()
        self._soon = QTimer(self, interval=0, singleShot=True)
        self._soon.timeout.connect(self._read)

    def load(self, *, order: Order | None = None, filters: Filters | None = None) -> None:
        """Reads which items there are, in which order. Decisions get their turn in between."""
        self.order = order or self.order
        self.filters = self.filters if filters is None else filters
        job = partial(_ids, order=self.order, filters=self.filters)
        self._project.ask_in_parts(job, self._take_ids, failed=self.failed.emit, topic="queue")

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """All items that pass the filters."""
        return 0 if parent.isValid() else len(self._ids)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A line under `LINE`, None until it was read; asking is what has it read."""
        if not 0 <= index.row() < len(self._ids):
            return None
        item_id = self._ids[index.row()]
        if role == ITEM_ID:
            return item_id
        if role not in (LINE, Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        line = self._lines.get(item_id)
        self._want(index.row())
        if role == LINE:
            return line
        return line.entry.caption if line else ""

    def row_of(self, item_id: int) -> int | None:
        """Where an item stands."""
        return self._rows.get(item_id)

    def near(self, item_id: int, count: int) -> list[int]:
        """The ids of the next items."""
        row = self._rows.get(item_id)
        return [] if row is None else list(self._ids[row + 1 : row + 1 + count])

    def line(self, item_id: int) -> Line | None:
        """An item's line; None until it was read, and asking is what has it read."""
        line, row = self._lines.get(item_id), self._rows.get(item_id)
        if row is not None:
            self._want(row)
        return line

    def refresh(self, item_ids: Sequence[int] | None = None) -> None:
        """Reads lines again, some or all of those that were read."""
        wanted = list(self._lines) if item_ids is None else [i for i in item_ids if i in self._rows]
        if item_ids is None:
            self._lines = {}
            self._asked.clear()
            self.dataChanged.emit(self.index(0), self.index(max(len(self._ids) - 1, 0)))
        elif wanted:
            self._project.ask(partial(queue_rows.read, item_ids=tuple(wanted)), partial(self._take_lines, self._list))

    def _want(self, row: int) -> None:
        page = row // _PAGE
        if page not in self._asked:
            self._asked.add(page)
            self._wanted.add(page)
            self._soon.start()

    def _read(self) -> None:
        for page in sorted(self._wanted):
            ids = tuple(self._ids[page * _PAGE : (page + 1) * _PAGE])
            # A page that could not be read is asked for again when it is painted again.
            failed = partial(self._lose, self._list, page)
            self._project.ask(
                partial(queue_rows.read, item_ids=ids), partial(self._take_lines, self._list), failed=failed
            )
        self._wanted.clear()

    def _lose(self, of_list: int, page: int, error: Exception) -> None:
        if of_list == self._list:
            self._asked.discard(page)
        self.failed.emit(error)

    def _take_ids(self, found: tuple[Sequence[int], dict[int, int]]) -> None:
        # Pages are numbered by the list: what was wanted or is still being read of the old one is no page of this.
        self._list += 1
        self._asked, self._wanted = set(), set()
        if self.is_loaded and found[0] == self._ids:  # the lines stay until they are read again, and so does the view
            self.loaded.emit()
            return
        self.beginResetModel()
        self._ids, self._rows = found
        self._lines = {}
        self.is_loaded = True
        self.endResetModel()
        self.loaded.emit()

    def _take_lines(self, of_list: int, found: Sequence[Line]) -> None:
        if of_list != self._list:
            return
        rows = []
        for line in found:
            row = self._rows.get(line.entry.item_id)
            if row is not None:
                self._lines[line.entry.item_id] = line
                rows.append(row)
        if rows:
            self.dataChanged.emit(self.index(min(rows)), self.index(max(rows)))


def _ids(
    store: Store, *, order: Order, filters: Filters
) -> Generator[None, None, tuple[Sequence[int], dict[int, int]]]:
    if order == "instructive":
        active_learning.arrange(store)
        yield
    ids = yield from queue.item_ids_in_parts(store, order=order, filters=filters)
    return ids, {item_id: row for row, item_id in enumerate(ids)}
