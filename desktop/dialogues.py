"""The dialogues of a window's menus: opened here, and what follows when they end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QInputDialog

from desktop.about import AboutDialogue
from desktop.importing.export_dialogue import ExportDialogue
from desktop.importing.import_dialogue import ImportDialogue
from desktop.importing.prelabel_dialogue import PrelabelDialogue
from desktop.keymap import Keymap
from desktop.keys_dialogue import KeysDialogue

if TYPE_CHECKING:
    from desktop.window import MainWindow


class Dialogues(QObject):
    """Opens dialogues without blocking; each one that changed the store has the window read it again."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def ask_import(self) -> ImportDialogue:
        """Captions from a source that is still to be named."""
        return self.import_()

    def import_(self, source: str = "") -> ImportDialogue:
        """Captions into this store."""
        dialogue = ImportDialogue(self._window.project.path, self._window, source=source)
        dialogue.done_with.connect(lambda _: self._window.reload())
        dialogue.finished.connect(lambda _: self._after_import(dialogue.is_done))
        self._open(dialogue)
        return dialogue

    def _after_import(self, is_done: bool) -> None:
        """What comes first after the first import is scoring it."""
        if is_done and self._window.threshold.scorer is None:
            self.prelabel()

    def prelabel(self) -> PrelabelDialogue:
        """Scores for what has none."""
        window = self._window
        current = window.scoring.choice
        name = current.name if current else window.settings.model
        dialogue = PrelabelDialogue(window.project.path, model=name, parent=window)
        dialogue.done_with.connect(lambda _: window.reload())
        self._open(dialogue)
        return dialogue

    def export(self) -> ExportDialogue:
        """Labels out of this store."""
        counts = self._window.progress.counts
        reviewed = 0 if counts is None else counts.reviewed - counts.by_status["rejected"]
        dialogue = ExportDialogue(self._window.project.path, reviewed=reviewed, parent=self._window)
        self._open(dialogue)
        return dialogue

    def annotator(self) -> QInputDialog:
        """Under which name decisions are kept, from the next start on."""
        dialogue = QInputDialog(self._window)
        dialogue.setWindowTitle(self.tr("Annotator"))
        dialogue.setLabelText(self.tr("Decisions are kept under this name; it counts when a store is opened next:"))
        dialogue.setTextValue(self._window.settings.annotator)
        dialogue.textValueSelected.connect(self._name)
        self._open(dialogue)
        return dialogue

    def keys(self) -> KeysDialogue:
        """Other keys."""
        dialogue = KeysDialogue(self._window.settings.keymap, self._window)
        dialogue.changed.connect(self._bind)
        self._open(dialogue)
        return dialogue

    def about(self) -> AboutDialogue:
        """What this is."""
        dialogue = AboutDialogue(self._window)
        self._open(dialogue)
        return dialogue

    def _name(self, name: str) -> None:
        if name.strip():
            self._window.settings.annotator = name

    def _bind(self, keymap: Keymap) -> None:
        self._window.settings.keymap = keymap
        self._window.rebind(keymap)

    def _open(self, dialogue: QDialog) -> None:
        dialogue.finished.connect(dialogue.deleteLater)
        dialogue.open()
