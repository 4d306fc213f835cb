"""Small pictures for the queue: newest request first, those that scrolled away are dropped."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QRectF, Signal
from PySide6.QtGui import QImage, QPixmap

from captionlint.desktop.background.image_loader import thumbnail
from captionlint.desktop.background.worker import Background

SIDE: Final = (384, 256)
"""Twice a card's picture, for screens with two pixels a point."""
_KEPT: Final = 400
"""A hundred megabytes at most."""
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
        """Makes nothing more."""
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


def contained(pixmap: QPixmap, room: QRectF) -> QRectF:
    """Where the whole picture stands in a room, as large as it can be."""
    scale = min(room.width() / pixmap.width(), room.height() / pixmap.height())
    placed = QRectF(0, 0, pixmap.width() * scale, pixmap.height() * scale)
    placed.moveCenter(room.center())
    return placed


def covering(pixmap: QPixmap, room: QRectF) -> QRectF:
    """The part of the picture that fills a room, cut evenly on both sides."""
    scale = max(room.width() / pixmap.width(), room.height() / pixmap.height())
    part = QRectF(0, 0, room.width() / scale, room.height() / scale)
    part.moveCenter(QRectF(pixmap.rect()).center())
    return part
