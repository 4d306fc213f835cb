"""How fast the work goes, and how long the rest will take. Numbers only."""

from __future__ import annotations

from collections import deque
from typing import Final

from PySide6.QtCore import QCoreApplication

WINDOW: Final = 20 * 60.0
"""Seconds that count for the rate."""
PAUSE: Final = 5 * 60.0
"""A gap between two decisions beyond which somebody was away."""


class Pace:
    """Decisions of this sitting, by the clock's seconds."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()

    def decided(self, now: float) -> None:
        """Counts a decision."""
        self._times.append(now)
        while self._times[0] < now - WINDOW:
            self._times.popleft()

    def an_hour(self) -> float | None:
        """Decisions an hour of work, pauses left out; None before the fifth."""
        if len(self._times) < 5:
            return None
        gaps = [b - a for a, b in zip(self._times, list(self._times)[1:], strict=False)]
        worked = [g for g in gaps if g <= PAUSE]
        return 3600 * len(worked) / sum(worked) if sum(worked) > 0 else None

    def left(self, items: int) -> str | None:
        """How long so many items will take, in words."""
        rate = self.an_hour()
        return None if rate is None else duration(items / rate * 3600)


def duration(seconds: float) -> str:
    """A length of time in two units at most."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return QCoreApplication.translate("pace", "less than a minute")
    hours, minutes = divmod(minutes, 60)
    if hours >= 24:
        return QCoreApplication.translate("pace", "{0} d {1} h").format(hours // 24, hours % 24)
    if hours:
        return QCoreApplication.translate("pace", "{0} h {1} min").format(hours, minutes)
    return QCoreApplication.translate("pace", "{0} min").format(minutes)
