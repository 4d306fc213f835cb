"""Keys that would do what nobody meant: a held key on a new button, an item's key behind an open menu."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QMenu

_PRESSES: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class _HeldKeys(QObject):
    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Takes away Enter and Space that repeat by themselves."""
        return (
            isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.KeyPress
            and event.isAutoRepeat()
            and event.key() in _PRESSES
        )


class _MenuKeys(QObject):
    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Claims each key for the menu before it is tried as a shortcut."""
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return False


def ignore_held_keys(button: QAbstractButton) -> None:
    """Lets only a fresh key press this button; Qt clicks it again for each repetition of a held key."""
    button.installEventFilter(_HeldKeys(button))


def keep_keys(menu: QMenu) -> None:
    """Keeps all keys in this menu while it is open; Qt leaves the focus, and so the item's keys, behind it."""
    menu.installEventFilter(_MenuKeys(menu))
