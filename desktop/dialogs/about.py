"""The About box: what this is, its versions, and the way to copy them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from captionlint.desktop.background import diagnostics
from captionlint.desktop.style.theme import bare


class AboutDialogue(QDialog):
    """Shows versions."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About Captionlint"))
        title = QLabel("Captionlint")
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        font.setWeight(font.Weight.DemiBold)
        title.setFont(font)
        about = QLabel(self.tr("Finds the words of a caption that its picture does not bear out."), wordWrap=True)
        about.setProperty("dim", True)
        form = QFormLayout()
        form.setHorizontalSpacing(20)
        for name, value in diagnostics.versions():
            label = QLabel(value, textFormat=Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            form.addRow(name, label)
        copy = QPushButton(self.tr("Copy diagnostics"), autoDefault=False)
        copy.clicked.connect(copy_diagnostics)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        bare(buttons)
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(title)
        layout.addWidget(about)
        layout.addLayout(form)
        layout.addWidget(QLabel("Apache-2.0"))
        layout.addWidget(buttons)


def copy_diagnostics() -> None:
    """Puts the report on the clipboard."""
    QGuiApplication.clipboard().setText(diagnostics.report())
