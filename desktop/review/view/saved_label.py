"""When the last decision was saved, or that it was not."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QWidget


class SavedLabel(QLabel):
    """Counts the seconds since the last commit. What was not saved stays said until something is saved again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self._at: datetime | None = None
        self._problem = ""
        clock = QTimer(self, interval=1000)
        clock.timeout.connect(self._show)
        clock.start()
        self._paint_as("dim")

    def committed(self, when: datetime) -> None:
        """Something is on the disk."""
        self._at = when
        self.recovered()

    def not_saved(self, why: str) -> None:
        """Something is not on the disk, or cannot get there."""
        self._problem = why
        self._paint_as("danger")
        self._show()

    def recovered(self) -> None:
        """What stood in the way is gone."""
        self._problem = ""
        self._paint_as("dim")
        self._show()

    def _show(self) -> None:
        self.setText(self._problem or self._ago())

    def _ago(self) -> str:
        if self._at is None:
            return ""
        seconds = int((datetime.now(UTC) - self._at).total_seconds())
        if seconds >= 60:
            return self.tr("Saved {0} min ago").format(seconds // 60)
        return self.tr("Saved now") if seconds < 2 else self.tr("Saved {0} s ago").format(seconds)

    def _paint_as(self, role: str) -> None:
        for name in ("dim", "danger"):
            self.setProperty(name, name == role)
        self.style().unpolish(self)
        self.style().polish(self)
