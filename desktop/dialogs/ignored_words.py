"""The words that are never marked in this data set: shown, added to, taken off."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from captionlint.desktop.review.model.threshold import ThresholdModel
from captionlint.desktop.style.theme import bare


class IgnoredDialog(QDialog):
    """Edits the list; each change is kept at once."""

    def __init__(self, threshold: ThresholdModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._threshold = threshold
        self.setWindowTitle(self.tr("Words that are never marked"))
        self.resize(360, 420)
        self.words = QListWidget()
        self.words.setAccessibleName(self.tr("Words that are never marked"))
        self.new = QLineEdit(placeholderText=self.tr("another word"))
        add = QPushButton(self.tr("Add"), autoDefault=False)
        remove = QPushButton(self.tr("Mark it again"), autoDefault=False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        bare(buttons)
        row = QHBoxLayout()
        row.addWidget(self.new, 1)
        row.addWidget(add)
        layout = QVBoxLayout(self)
        layout.addWidget(QLabel(self.tr("In this data set, whatever their case:")))
        layout.addWidget(self.words, 1)
        layout.addWidget(remove)
        layout.addLayout(row)
        layout.addWidget(buttons)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setAutoDefault(False)  # Enter adds a word and must not close as well
        close.setDefault(False)
        buttons.rejected.connect(self.reject)
        add.clicked.connect(self._add)
        self.new.returnPressed.connect(self._add)
        remove.clicked.connect(self._remove)
        threshold.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.words.clear()
        self.words.addItems(list(self._threshold.ignored))

    def _add(self) -> None:
        word = self.new.text().strip()
        if word:
            self._threshold.ignore(word)
            self.new.clear()

    def _remove(self) -> None:
        chosen = self.words.currentItem()
        if chosen is not None:
            self._threshold.heed(chosen.text())
