"""What the three dialogues share: a form above, the job's progress below, start and close."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from captionlint.desktop.jobs.running import Running


class JobDialogue(QDialog):
    """A dialogue around one job.

    Attributes:
        is_done: whether the last job came to its end.

    Signals:
        done_with: the job came to its end, or was stopped on the way: the store may have changed.
    """

    done_with = Signal(bool)

    def __init__(self, title: str, explains: str, start: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(560)
        self.running = Running()
        self.is_done = False
        self.form_box = QWidget()
        self.form_box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.form = QFormLayout(self.form_box)
        self.form.setContentsMargins(0, 8, 0, 8)
        self.form.setHorizontalSpacing(16)
        self.form.setVerticalSpacing(10)
        self.form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        heading = QLabel(title)
        font = heading.font()
        font.setPointSizeF(font.pointSizeF() * 1.35)
        font.setWeight(font.Weight.DemiBold)
        heading.setFont(font)
        about = QLabel(explains, wordWrap=True)
        about.setProperty("dim", True)
        self.start = QPushButton(start)
        self.stop = QPushButton(self.tr("Stop"), autoDefault=False)
        self.close_button = QPushButton(self.tr("Close"), autoDefault=False)
        buttons = QDialogButtonBox()
        buttons.addButton(self.start, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(self.stop, QDialogButtonBox.ButtonRole.DestructiveRole)
        buttons.addButton(self.close_button, QDialogButtonBox.ButtonRole.RejectRole)
        self._column = layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(8)
        for widget in (heading, about, self.form_box, self.running):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addSpacing(8)
        layout.addWidget(buttons)
        self.start.setDefault(True)  # in the dialogue by now: set before, Qt drops it as the focus moves on
        self.start.clicked.connect(self.begin)
        self.stop.clicked.connect(self.running.cancel)
        self.close_button.clicked.connect(self.close)
        self.running.started.connect(self._refresh)
        self.running.ended.connect(self._ended)
        self._refresh()

    def begin(self) -> None:
        """Starts the job; each dialogue knows its own."""
        raise NotImplementedError

    def event(self, event: QEvent) -> bool:
        """Grows with what is said: Qt gives a wrapped message no room of its own and squeezes the fields instead."""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            needed = self._column.totalHeightForWidth(self.width())
            if needed > self.height():
                self.resize(self.width(), needed)
        return handled

    def reject(self) -> None:
        """Closing, by Escape too, stops the job: what it did is kept."""
        self.running.cancel()
        super().reject()

    def _ended(self, good: bool) -> None:
        self.is_done = good
        self._refresh()
        self.done_with.emit(good)

    def _refresh(self) -> None:
        busy = self.running.is_running
        self.form_box.setEnabled(not busy)
        self.start.setEnabled(not busy)
        self.stop.setVisible(busy)
        self.close_button.setVisible(not busy)
