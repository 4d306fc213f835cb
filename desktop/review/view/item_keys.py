"""The keyboard belongs to the item: controls beside it keep only the keys that they need themselves."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QLineEdit, QScrollArea, QWidget

from captionlint.desktop.app.actions import Actions
from captionlint.desktop.review.view.screen import ReviewScreen

_OF_CONTROLS: Final = frozenset(
    {
        Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
        Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Space, Qt.Key.Key_Escape,
    }
)  # fmt: skip
"""Keys that move a slider, go through a list or on to the next control, and press a button."""
_OF_LISTS: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_OF_CHOICES: Final = frozenset({Qt.Key.Key_F4})


class ItemKeys(QObject):
    """Watches the controls beside the item that hold no text, while the review screen is shown.

    A key that a control does not need acts on the item, as it does on the caption. After a click the keyboard is with
    the item again; a control that Tab led to keeps it.
    """

    def __init__(self, actions: Actions, screen: ReviewScreen, *others: QWidget) -> None:
        """Watches what is in the screen and in `others`, which are shown around it."""
        super().__init__(screen)
        self._actions, self._screen = actions, screen
        for beside in (screen.side, screen.inspector, *others):
            for control in beside.findChildren(QWidget):
                if control.focusPolicy() is Qt.FocusPolicy.NoFocus or isinstance(control, (QLineEdit, QScrollArea)):
                    continue
                control.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                control.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Takes the item's keys; gives the keyboard back after a click."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            is_free = self._screen.isVisible() and not _needs(watched, event.key())
            return is_free and self._actions.press(event)
        if event.type() is QEvent.Type.MouseButtonRelease and not isinstance(watched, QComboBox):
            QTimer.singleShot(0, self._screen, self._screen.give_keyboard_back)
        return False


def _needs(control: QObject, key: int) -> bool:
    own = _OF_CONTROLS
    if isinstance(control, QAbstractItemView):
        own |= _OF_LISTS
    elif isinstance(control, QComboBox):
        own |= _OF_CHOICES
    return key in own
