"""How far the work on a store is: counts from the store, pace from this sitting."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Signal

from captionlint.db.operations import stats
from captionlint.db.operations.stats import Statuses
from captionlint.db.records import Decision
from captionlint.desktop.background.project import Project
from captionlint.desktop.queue.pace import Pace


class ProgressModel(QObject):
    """Counts of the store, kept up to date by the decisions made here.

    Signals:
        changed: any number.
    """

    changed = Signal()

    def __init__(self, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._pace = Pace()
        self.counts: Statuses | None = None

    def load(self) -> None:
        """Counts anew: what others wrote is in it too."""
        self._project.ask(stats.statuses, self._take, topic="counts")

    def decided(self, decision: Decision) -> None:
        """Counts a decision made here. Answers come in the order of the store's: one that was counted comes before."""
        if decision.made.action not in ("undo", "redo"):
            self._pace.decided(time.monotonic())
        if self.counts is not None:
            self._take(self.counts.after(decision))

    @property
    def done(self) -> int:
        """Items with a decision, skipped ones too."""
        return 0 if self.counts is None else self.counts.items - self.counts.by_status["pending"]

    @property
    def total(self) -> int:
        """All items."""
        return 0 if self.counts is None else self.counts.items

    @property
    def an_hour(self) -> float | None:
        """Decisions an hour."""
        return self._pace.an_hour()

    @property
    def left(self) -> str | None:
        """How long the rest will take."""
        return self._pace.left(self.total - self.done) if self.done < self.total else None

    def _take(self, counts: Statuses) -> None:
        self.counts = counts
        self.changed.emit()
