"""Escape leaves a line of text."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit


def on_escape(line: QLineEdit, leave: Callable[[], None]) -> None:
    """Calls `leave` for Escape in this line; Qt's own does nothing, and who reviews would be caught in it."""
    shortcut = QShortcut(QKeySequence(Qt.Key.Key_Escape), line, context=Qt.ShortcutContext.WidgetShortcut)
    shortcut.activated.connect(leave)
