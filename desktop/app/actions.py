"""Qt actions made from the keymap: each command once, for menus, keys and buttons alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from captionlint.desktop.keymap import COMMANDS, SECTIONS, Keymap, Section, title_of


class Actions(QObject):
    """The program's actions by name. Stage keys act only while `stage` or a part of it has the focus."""

    def __init__(
        self, keymap: Keymap, handlers: Mapping[str, Callable[[], object]], *, window: QWidget, stage: QWidget
    ) -> None:
        super().__init__(window)
        self._actions: dict[str, QAction] = {}
        for command in COMMANDS:
            on_stage = command.scope == "stage"
            owner = stage if on_stage else window
            action = QAction(title_of(command), owner)
            context = Qt.ShortcutContext.WidgetWithChildrenShortcut if on_stage else Qt.ShortcutContext.WindowShortcut
            action.setShortcutContext(context)
            action.setObjectName(command.name)
            action.setAutoRepeat(command.repeats)
            handler = handlers[command.name]
            action.triggered.connect(lambda _=False, handler=handler: handler())
            owner.addAction(action)
            self._actions[command.name] = action
        self.rebind(keymap)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def rebind(self, keymap: Keymap) -> None:
        """Gives the actions other keys."""
        for name, action in self._actions.items():
            action.setShortcuts([QKeySequence(key) for key in keymap.keys(name)])

    def press(self, event: QKeyEvent) -> bool:
        """Does what a key does on the stage, from where its shortcuts do not reach; whether it has one."""
        pressed = QKeySequence(event.key() | (event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier).value)
        for command in COMMANDS:
            action = self._actions[command.name]
            if command.scope == "stage" and action.isEnabled() and pressed in action.shortcuts():
                if action.autoRepeat() or not event.isAutoRepeat():
                    action.trigger()
                return True
        return False

    def set_item(self, *, there: bool) -> None:
        """Without an item its keys do nothing, and are free for the buttons in its place; one can still go back."""
        for command in COMMANDS:
            if command.scope == "stage" and command.name != "previous":
                self._actions[command.name].setEnabled(there)

    def fill(self, menu: QMenu, section: Section) -> None:
        """Puts a section's actions into a menu."""
        for command in COMMANDS:
            if command.section == section:
                menu.addAction(self._actions[command.name])

    def sections(self) -> tuple[Section, ...]:
        """The sections in order."""
        return SECTIONS
