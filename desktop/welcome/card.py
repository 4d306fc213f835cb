"""A button with a title, a line that explains it, and a word at its right."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget


class Card(QPushButton):
    """A wide button of two lines; as a whole it is one control for keyboard and screen reader."""

    def __init__(self, title: str, explains: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("wide", True)
        self.setAutoDefault(True)  # Enter acts, not Space alone
        self.setAccessibleName(title)
        self.setAccessibleDescription(explains)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.title = QLabel(title, textFormat=Qt.TextFormat.PlainText)
        font = self.title.font()
        font.setWeight(font.Weight.DemiBold)
        self.title.setFont(font)
        self.about = QLabel(explains, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.about.setProperty("dim", True)
        self.aside = QLabel(textFormat=Qt.TextFormat.PlainText)
        self.aside.setProperty("dim", True)
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addWidget(self.title)
        words.addWidget(self.about)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 11, 16, 11)
        row.setSpacing(14)
        row.addLayout(words, 1)
        row.addWidget(self.aside, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for label in (self.title, self.about, self.aside):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def say_aside(self, text: str) -> None:
        """The word at the right."""
        self.aside.setText(text)

    def sizeHint(self) -> QSize:
        """As large as what is in it."""
        layout = self.layout()
        return layout.sizeHint() if layout else super().sizeHint()

    def hasHeightForWidth(self) -> bool:
        """The line that explains may take two."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Room for the title and the lines under it."""
        layout = self.layout()
        return layout.heightForWidth(width) if layout else super().heightForWidth(width)
