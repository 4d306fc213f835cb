"""Small pictures for the queue: newest request first, those that scrolled away are dropped."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QPixmap

from desktop.services.background import Background
from desktop.services.decoding import thumbnail

SIDE: Final = (112, 84)
_KEPT: Final = 2000
_WAITING: Final = 120


class Thumbnails(QObject):
    """Thumbnails by path.

    Signals:
        ready: one more can be painted.
    """

    ready = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = Background(name="thumbnail", newest_first=True, parent=self)
        self._known: OrderedDict[str, QPixmap | None] = OrderedDict()
        self._asked: OrderedDict[str, None] = OrderedDict()

    def get(self, path: str) -> QPixmap | None:
        """The thumbnail if it is there; else it is made, and `ready` tells."""
        if path in self._known:
            return self._known[path]
        if path not in self._asked:
            if len(self._asked) >= _WAITING:
                self._pool.forget()
                self._asked.clear()
            self._asked[path] = None
            self._pool.ask(partial(_made, path), self._take)
        return None

    def stop(self) -> None:
        """Drops what waits and ends the thread."""
        self._pool.forget()
        self._pool.stop()

    def _take(self, made: tuple[str, QImage | None]) -> None:
        path, image = made
        self._asked.pop(path, None)
        self._known[path] = None if image is None else QPixmap.fromImage(image)
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)
        self.ready.emit()


def _made(path: str) -> tuple[str, QImage | None]:
    return path, thumbnail(path, SIDE)
