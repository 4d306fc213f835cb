"""Changing keys: one line an action, two keys each; keys that two actions would share are refused."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from captionlint.desktop.keymap import BY_NAME, COMMANDS, SECTIONS, Keymap, section_title, shown, title_of
from captionlint.desktop.style.theme import bare
from captionlint.desktop.widgets.placing import open_at

_EACH = 2


class KeysDialogue(QDialog):
    """Edits a keymap.

    Signals:
        changed: a keymap without clashes.
    """

    changed = Signal(object)

    def __init__(self, keymap: Keymap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keys"))
        open_at(self, 760, 640)
        self.edits: dict[str, list[QKeySequenceEdit]] = {}
        self.problem = QLabel(wordWrap=True)
        self.problem.setProperty("danger", True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        bare(buttons)
        self.reset = QPushButton(self.tr("As they were at first"), autoDefault=False)
        buttons.addButton(self.reset, QDialogButtonBox.ButtonRole.ResetRole)
        self.save = buttons.button(QDialogButtonBox.StandardButton.Save)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._table())
        layout = QVBoxLayout(self)
        layout.addWidget(scroll, 1)
        layout.addWidget(self.problem)
        layout.addWidget(buttons)
        buttons.accepted.connect(self._save)
        buttons.rejected.connect(self.reject)
        self.reset.clicked.connect(lambda: self._show(Keymap()))
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._offer_to_clear)
        self._show(keymap)

    @property
    def keymap(self) -> Keymap:
        """The keymap as it is edited now."""
        made = Keymap()
        for name, edits in self.edits.items():
            portable = QKeySequence.SequenceFormat.PortableText
            keys = [edit.keySequence().toString(portable) for edit in edits]
            rest = BY_NAME[name].keys[_EACH:]
            made = made.bind(name, (*(key for key in keys if key), *rest))
        return made

    def _table(self) -> QWidget:
        body = QWidget()
        grid = QGridLayout(body)
        row = 0
        for section in SECTIONS:
            heading = QLabel(section_title(section).upper())
            heading.setProperty("head", True)
            grid.addWidget(heading, row, 0)
            for command in (c for c in COMMANDS if c.section == section):
                row += 1
                grid.addWidget(QLabel(title_of(command)), row, 0)
                self.edits[command.name] = [self._edit(title_of(command)) for _ in range(_EACH)]
                for column, edit in enumerate(self.edits[command.name], 1):
                    grid.addWidget(edit, row, column)
            row += 1
        return body

    def _edit(self, title: str) -> QKeySequenceEdit:
        edit = QKeySequenceEdit(maximumSequenceLength=1)
        edit.setMinimumWidth(196)
        for named in (edit, edit.findChild(QLineEdit)):
            if isinstance(named, QWidget):
                named.setAccessibleName(self.tr("Key for: {0}").format(title))
        edit.keySequenceChanged.connect(self._check)
        return edit

    def _offer_to_clear(self, left: QWidget | None, reached: QWidget | None) -> None:
        """Only the field in use has a button that clears it: a hundred of them would hold up the window."""
        for edit, is_used in ((left, False), (reached, True)):
            if isinstance(edit, QKeySequenceEdit) and self.isAncestorOf(edit):
                edit.setClearButtonEnabled(is_used)

    def _show(self, keymap: Keymap) -> None:
        for name, edits in self.edits.items():
            keys = keymap.keys(name)
            for place, edit in enumerate(edits):
                with QSignalBlocker(edit):  # all are checked once, below
                    edit.setKeySequence(QKeySequence(keys[place] if place < len(keys) else ""))
        self._check()

    def _check(self) -> None:
        clashes = self.keymap.clashes()
        said = [
            self.tr("{0} is on: {1}.").format(shown(key), ", ".join(title_of(BY_NAME[name]) for name in names))
            for key, names in clashes.items()
        ]
        self.problem.setText(" ".join(said))
        self.save.setEnabled(not clashes)

    def _save(self) -> None:
        self.changed.emit(self.keymap)
        self.accept()
