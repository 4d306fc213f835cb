"""Importing captions: a file or folder of any input format, chosen or dropped."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from captionlint.desktop.jobs import jobs
from captionlint.desktop.jobs.dialog import JobDialogue
from captionlint.desktop.widgets.check_box import TickBox


class ImportDialogue(JobDialogue):
    """Asks for a source and reads it into a store."""

    def __init__(self, db: str, parent: QWidget | None = None, *, source: str = "") -> None:
        super().__init__(
            QCoreApplication.translate("ImportDialogue", "Import captions"),
            QCoreApplication.translate(
                "ImportDialogue",
                "JSONL, CSV, TSV, COCO captions, Label Studio JSON, Parquet, WebDataset tars, and folders of pictures "
                "with .txt files, told apart by their content. Pictures stay where they are. What is there already "
                "stays.",
            ),
            QCoreApplication.translate("ImportDialogue", "Import"),
            parent,
        )
        self._db = db
        self.source = PathLine(folders=True, files=True)
        self.source.line.setText(source)
        self.source.line.setAccessibleName(self.tr("Captions"))
        self.source.line.setPlaceholderText(self.tr("a file or folder; it can be dropped here"))
        self.images = PathLine(folders=True, files=False)
        self.images.line.setAccessibleName(self.tr("Pictures"))
        self.images.line.setPlaceholderText(self.tr("beside the source"))
        self.form.addRow(self.tr("Captions"), self.source)
        self.update_known = TickBox(self.tr("Take new content for known ids (makes a backup first)"))
        self.form.addRow(self.tr("Pictures"), self.images)
        self.form.addRow("", self.update_known)
        self.setAcceptDrops(True)
        self.source.line.textChanged.connect(self._ready)
        self._ready()
        if not source:
            self.source.line.setFocus()

    def begin(self) -> None:
        """Reads the source in a process of its own."""
        images = self.images.path or None
        self.running.run(jobs.import_captions, self._db, self.source.path, images, self.update_known.isChecked())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Takes one file or folder of this machine."""
        if dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """What is dropped is the source."""
        path = dropped(event)
        if path is not None:
            self.source.line.setText(path)
            event.acceptProposedAction()

    def _ready(self) -> None:
        self.start.setEnabled(bool(self.source.path) and not self.running.is_running)


class PathLine(QWidget):
    """A path to type or to choose.

    Signals:
        changed: another path.
    """

    changed = Signal()

    def __init__(self, *, folders: bool, files: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = QLineEdit()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.line, 1)
        if files:
            layout.addWidget(self._button(self.tr("File …"), QFileDialog.FileMode.ExistingFile))
        if folders:
            layout.addWidget(self._button(self.tr("Folder …"), QFileDialog.FileMode.Directory))
        self.line.textChanged.connect(self.changed)

    @property
    def path(self) -> str:
        """What stands in the line, absolute; "" for nothing."""
        text = self.line.text().strip()
        return str(Path(text).expanduser().absolute()) if text else ""

    def _button(self, title: str, mode: QFileDialog.FileMode) -> QPushButton:
        button = QPushButton(title, autoDefault=False)
        button.clicked.connect(lambda: self._choose(mode))
        return button

    def _choose(self, mode: QFileDialog.FileMode) -> None:
        dialog = QFileDialog(self)
        dialog.setFileMode(mode)
        dialog.fileSelected.connect(self.line.setText)
        dialog.open()


def dropped(event: QDropEvent) -> str | None:
    """The one local file or folder of a drop."""
    urls = event.mimeData().urls()
    return urls[0].toLocalFile() if len(urls) == 1 and urls[0].isLocalFile() else None
