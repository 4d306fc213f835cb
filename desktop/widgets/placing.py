"""How large a window opens: never larger than its screen."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStyle, QWidget


def open_at(window: QWidget, width: int, height: int) -> None:
    """Gives a window this size, or as much of it as its screen has room for under a title bar."""
    room = window.screen().availableSize()
    title_bar = window.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
    window.resize(QSize(width, height).boundedTo(QSize(room.width(), room.height() - title_bar)))
