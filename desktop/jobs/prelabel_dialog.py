"""Pre-labelling: which model scores what has no prediction yet. It can be stopped and goes on later."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QLabel, QWidget

from captionlint.core.clip.model_spec import ModelSpec
from captionlint.core.clip.presets import PRESETS
from captionlint.desktop.jobs import jobs
from captionlint.desktop.jobs.dialog import JobDialogue
from captionlint.desktop.style.qt_strings import borrowed
from captionlint.desktop.style.strings import number
from captionlint.desktop.widgets.check_box import TickBox
from captionlint.desktop.widgets.combo_box import Choice


class PrelabelDialogue(JobDialogue):
    """Asks for a model and scores with it; reviewing goes on meanwhile."""

    def __init__(self, db: str, *, model: ModelSpec | str, parent: QWidget | None = None) -> None:
        super().__init__(
            QCoreApplication.translate("PrelabelDialogue", "Pre-label"),
            QCoreApplication.translate(
                "PrelabelDialogue",
                "Scores every caption that this model has not scored yet. Another model's marks stay until this one "
                "has scored everything. Each batch is kept at once: stop when you like and go on later; reviewing "
                "can go on meanwhile.",
            ),
            QCoreApplication.translate("PrelabelDialogue", "Score"),
            parent,
        )
        self._db = db
        self._given = model
        self._name = model if isinstance(model, str) else model.label if model.files else model.name
        self.model = Choice()
        self.model.setEditable(True)
        for preset in PRESETS.values():
            self.model.addItem(preset.name)
        if self.model.findText(self._name) < 0:
            self.model.insertItem(0, self._name)
        self.about = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignTop)
        self.about.setProperty("dim", True)
        self.retry = TickBox(self.tr("Try again what failed before"))
        self.show_at_once = TickBox(self.tr("Show this model's marks at once"))
        self.form.addRow(self.tr("Model"), self.model)
        self.form.addRow("", self.about)
        self.form.addRow("", self.retry)
        self.form.addRow("", self.show_at_once)
        self.model.setCurrentText(self._name)
        self.model.editTextChanged.connect(self._describe)
        self._describe(self.model.currentText())

    def begin(self) -> None:
        """Scores in a process of its own."""
        name = self.model.currentText().strip()
        model = self._given if name == self._name else name
        show = self.show_at_once.isChecked() or None
        self.running.run(jobs.prelabel, self._db, model, self.retry.isChecked(), show)

    def _describe(self, name: str) -> None:
        preset = PRESETS.get(name.strip())
        if name.strip() == self._name and isinstance(self._given, ModelSpec) and self._given.files:
            self.about.setText("\n".join(str(path) for path in self._given.files))
        elif preset is None:
            self.about.setText(self.tr("NAME:PRETRAINED, as open_clip writes them, or NAME:/path/to/weights"))
        elif preset.pretrained:
            size = self.tr("{0} MB are downloaded once").format(number(preset.megabytes))
            self.about.setText(f"{preset.model} · {preset.pretrained}: {borrowed(preset.good_for)}. {size}.")
        else:
            self.about.setText(f"{borrowed(preset.good_for)}.")
