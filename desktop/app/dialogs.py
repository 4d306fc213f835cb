"""The dialogues of a window's menus: opened here, and what follows when they end."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QInputDialog, QWidget

from captionlint.desktop.background.project import Project
from captionlint.desktop.background.scorer_client import Scoring
from captionlint.desktop.background.settings import Settings
from captionlint.desktop.dialogs.about import AboutDialogue
from captionlint.desktop.dialogs.shortcuts import KeysDialogue
from captionlint.desktop.jobs.export_dialog import ExportDialogue
from captionlint.desktop.jobs.import_dialog import ImportDialogue
from captionlint.desktop.jobs.prelabel_dialog import PrelabelDialogue
from captionlint.desktop.keymap import Keymap
from captionlint.desktop.review.model.progress import ProgressModel
from captionlint.desktop.review.model.threshold import ThresholdModel


class Dialogues(QObject):
    """Opens dialogues over a window without blocking it.

    Signals:
        store_changed: a job wrote to the store, and it is to be read again.
        keys_changed: another `Keymap` was chosen.
    """

    store_changed = Signal()
    keys_changed = Signal(object)

    def __init__(
        self,
        window: QWidget,
        *,
        project: Project,
        settings: Settings,
        threshold: ThresholdModel,
        scoring: Scoring,
        progress: ProgressModel,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._project, self._settings = project, settings
        self._threshold, self._scoring, self._progress = threshold, scoring, progress

    def ask_import(self) -> ImportDialogue:
        """Captions from a source that is still to be named."""
        return self.import_()

    def import_(self, source: str = "") -> ImportDialogue:
        """Captions into this store."""
        dialogue = ImportDialogue(self._project.path, self._window, source=source)
        dialogue.done_with.connect(lambda _: self.store_changed.emit())
        dialogue.finished.connect(lambda _: self._after_import(dialogue.is_done))
        self._open(dialogue)
        return dialogue

    def _after_import(self, is_done: bool) -> None:
        """What comes first after the first import is scoring it."""
        if is_done and self._threshold.scorer is None:
            self.prelabel()

    def prelabel(self) -> PrelabelDialogue:
        """Scores for what has none."""
        model = self._scoring.spec or self._settings.model
        dialogue = PrelabelDialogue(self._project.path, model=model, parent=self._window)
        dialogue.done_with.connect(lambda _: self.store_changed.emit())
        self._open(dialogue)
        return dialogue

    def export(self) -> ExportDialogue:
        """Labels out of this store."""
        counts = self._progress.counts
        reviewed = 0 if counts is None else counts.reviewed - counts.by_status["rejected"]
        dialogue = ExportDialogue(self._project.path, reviewed=reviewed, parent=self._window)
        self._open(dialogue)
        return dialogue

    def annotator(self) -> QInputDialog:
        """Under which name decisions are kept, from the next start on."""
        dialogue = QInputDialog(self._window)
        dialogue.setWindowTitle(self.tr("Annotator"))
        dialogue.setLabelText(self.tr("Decisions are kept under this name; it counts when a store is opened next:"))
        dialogue.setTextValue(self._settings.annotator)
        dialogue.textValueSelected.connect(self._name)
        self._open(dialogue)
        return dialogue

    def keys(self) -> KeysDialogue:
        """Other keys."""
        dialogue = KeysDialogue(self._settings.keymap, self._window)
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
            self._settings.annotator = name

    def _bind(self, keymap: Keymap) -> None:
        self._settings.keymap = keymap
        self.keys_changed.emit(keymap)

    def _open(self, dialogue: QDialog) -> None:
        dialogue.finished.connect(dialogue.deleteLater)
        dialogue.open()
