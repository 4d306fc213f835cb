"""Exporting reviewed items: a format, a place, and how many there are."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path
from PySide6.QtCore import QCoreApplication, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QLineEdit, QMessageBox, QPushButton, QWidget

from captionlint.core.formats.writing import FORMATS_OUT
from captionlint.desktop.app.stray_keys import ignore_held_keys
from captionlint.desktop.jobs import jobs
from captionlint.desktop.jobs.dialog import JobDialogue
from captionlint.desktop.style.qt_strings import borrowed
from captionlint.desktop.style.theme import bare
from captionlint.desktop.widgets.check_box import TickBox
from captionlint.desktop.widgets.combo_box import Choice


class ExportDialogue(JobDialogue):
    """Asks for a format and writes a file or folder with a data-set card beside it."""

    def __init__(self, db: str, *, reviewed: int, parent: QWidget | None = None) -> None:
        super().__init__(
            QCoreApplication.translate("ExportDialogue", "Export"),
            QCoreApplication.translate(
                "ExportDialogue",
                "Writes reviewed items with a data-set card beside them. Rejected items are left out; splits go by "
                "picture and never move.",
            ),
            QCoreApplication.translate("ExportDialogue", "Export"),
            parent,
        )
        self._db = db
        self.format = Choice()
        for name, one in FORMATS_OUT.items():
            self.format.addItem(f"{name} — {borrowed(one.summary)}", name)
        self.out = QLineEdit()
        self.out.setAccessibleName(self.tr("To"))
        choose = QPushButton(self.tr("Choose …"), autoDefault=False)
        choose.clicked.connect(self._choose)
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.out, 1)
        layout.addWidget(choose)
        self.unreviewed = TickBox(self.tr("Add items that nobody has reviewed"))
        self.count = QLabel(self.tr("%Ln reviewed item(s)", "", reviewed))
        self.count.setProperty("dim", True)
        self.form.addRow(self.tr("Format"), self.format)
        self.form.addRow(self.tr("To"), row)
        self.form.addRow("", self.unreviewed)
        self.form.addRow("", self.count)
        self.format.currentIndexChanged.connect(lambda _: self._propose())
        self.out.textChanged.connect(lambda text: self.start.setEnabled(bool(text.strip())))
        self._propose()

    def begin(self) -> None:
        """Writes in a process of its own; asks before something is replaced."""
        out = Path(self.out.text().strip()).expanduser().absolute()
        if _is_there(out):
            self._ask_to_replace(out)
        else:
            self._write(out)

    def _write(self, out: Path) -> None:
        self.running.run(jobs.export, self._db, self.format.currentData(), str(out), self.unreviewed.isChecked())

    def _ask_to_replace(self, out: Path) -> None:
        box = QMessageBox(self)
        box.setObjectName("replace")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(self.tr("Replace {0}?").format(out.name))
        box.setInformativeText(self.tr("{0} is there already. The export replaces it.").format(out))
        replace = box.addButton(self.tr("Replace"), QMessageBox.ButtonRole.DestructiveRole)
        cancel = box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(cancel)
        box.setEscapeButton(cancel)
        for button in box.buttons():
            ignore_held_keys(button)
        bare(box)
        replace.clicked.connect(lambda: self._write(out))
        box.open()

    def _propose(self) -> None:
        one = FORMATS_OUT[self.format.currentData()]
        self.out.setText(str(_beside(self._db) / f"labels{one.suffix}"))

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Export to"), self.out.text())
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # that is asked when the export starts
        dialog.fileSelected.connect(self.out.setText)
        dialog.open()


def _is_there(out: Path) -> bool:
    """Whether an export would replace something: a file or folder that is not empty."""
    if out.is_dir():
        return next(out.iterdir(), None) is not None
    return out.exists() and out.stat().st_size > 0


def _beside(db: str) -> Path:
    """The store's folder; for one on a server and for the demonstration, whose folder is hidden, the documents'."""
    folder = Path(db).absolute().parent
    if "://" not in db and user_data_path("captionlint", appauthor=False) not in folder.parents:
        return folder
    documents = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    return documents if documents.is_dir() else Path.home()
