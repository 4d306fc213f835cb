"""Asks where the files of the shown scorer's model are now, tries them, and keeps the place if it is that model."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from captionlint.core.clip.model_spec import BASE, ModelSpec
from captionlint.core.errors import ModelError
from captionlint.db.operations import scorers
from captionlint.desktop.background.project import Project
from captionlint.desktop.background.scorer_client import Scoring
from captionlint.desktop.background.scorer_process import Loaded
from captionlint.desktop.dialogs.error_box import show_problem


class ModelFiles(QObject):
    """One question at a time, in dialogues of the window.

    Signals:
        kept: the new place is in the store.
        failed: it could not be kept.
    """

    kept = Signal()
    failed = Signal(object)

    def __init__(self, project: Project, scoring: Scoring, window: QWidget) -> None:
        super().__init__(window)
        self._project, self._scoring, self._window = project, scoring, window

    def ask(self) -> None:
        """Asks for each file that is missing, or for all where none is."""
        spec = self._scoring.spec
        if spec is None or not spec.files:
            return
        self._ask_next(spec, list(spec.missing() or spec.files))

    def _ask_next(self, spec: ModelSpec, wanted: list[Path]) -> None:
        if not wanted:
            self._scoring.try_files(spec, self._tried)
            return
        old = wanted[0]
        dialogue = QFileDialog(self._window, self.tr("Where is {0} now?").format(old.name))
        dialogue.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialogue.setNameFilters([f"{old.name} (*{old.suffix})", self.tr("All files (*)")])
        folder = next((parent for parent in old.parents if parent.is_dir()), Path.home())
        dialogue.setDirectory(str(folder))
        dialogue.fileSelected.connect(lambda new: self._take(spec, wanted, Path(new)))
        dialogue.finished.connect(dialogue.deleteLater)
        dialogue.open()

    def _take(self, spec: ModelSpec, wanted: list[Path], new: Path) -> None:
        """One file's new place; others that lie beside it under their old names are not asked for."""
        rest = [path for path in wanted[1:] if not (new.parent / path.name).is_file()]
        places = {wanted[0]: new} | {path: new.parent / path.name for path in wanted[1:] if path not in rest}
        config, checkpoint = (None if p is None else places.get(p) for p in (spec.config_path, spec.checkpoint_path))
        self._ask_next(spec.with_files(config_path=config, checkpoint_path=checkpoint), rest)

    def _tried(self, loaded: Loaded | None, error: str | None) -> None:
        scorer = self._scoring.scorer
        if loaded is None or scorer is None:
            self._refuse(ModelError(error or ""))
            return
        version = scorer.details.get(BASE, scorer.version)
        keep: Callable[..., None] = partial(scorers.remember_files, version=version, details=loaded.details)
        self._project.ask(keep, lambda _: self.kept.emit(), failed=self._miss, must=True)

    def _miss(self, error: Exception) -> None:
        self.failed.emit(error)
        self._refuse(error)

    def _refuse(self, error: Exception) -> None:
        show_problem(self._window, self.tr("The model's files were not taken"), error)
