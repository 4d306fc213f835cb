"""The summary's numbers: pure functions of what was judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from captionlint.core.review import Kind
from captionlint.db.operations.scored_words import Judged

Array = NDArray[np.float64]
_POINTS: Final = 200


@dataclass(frozen=True, slots=True)
class Curve:
    """Precision and recall of the marks at each threshold, ascending; precision is NaN where nothing is marked."""

    epsilon: Array
    precision: Array
    recall: Array

    def at(self, epsilon: float) -> tuple[float, float] | None:
        """Precision and recall at a threshold; None without anything to measure."""
        if not len(self.epsilon):
            return None
        index = min(int(np.searchsorted(self.epsilon, epsilon)), len(self.epsilon) - 1)
        return float(self.precision[index]), float(self.recall[index])


@dataclass(frozen=True, slots=True)
class Figures:
    """What the plots draw: the curve, marks by kind, and the speed, as hours worked and decisions an hour."""

    curve: Curve
    kinds: Counter[Kind]
    speed: tuple[Array, Array]


def figures(judged: Judged) -> Figures:
    """All of them, from what was judged; takes its time with a large store."""
    return Figures(curve(judged.scores, judged.wrong), judged.kinds, speed([when for when, _ in judged.decided]))


def curve(scores: Array, wrong: NDArray[np.bool_]) -> Curve:
    """What marking every word below a threshold would have found, over the thresholds that matter."""
    if not len(scores) or not wrong.any():
        return Curve(np.empty(0), np.empty(0), np.empty(0))
    order = np.argsort(scores, kind="stable")
    ascending, hits = scores[order], np.cumsum(wrong[order])
    low, high = (ascending[int(share * (len(ascending) - 1))] for share in (0.002, 0.9))  # np.quantile loads numpy.ma
    epsilon = np.linspace(low, max(high, low + 1e-12), _POINTS)
    marked = np.searchsorted(ascending, epsilon)
    right = np.where(marked > 0, hits[np.maximum(marked, 1) - 1], 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = np.where(marked > 0, right / marked, np.nan)
    return Curve(epsilon, precision, right / wrong.sum())


def speed(decided: Sequence[datetime], *, minutes: float = 10.0, pause: float = 5.0) -> tuple[Array, Array]:
    """Hours of work since the first decision, pauses left out, and the decisions an hour over the last minutes."""
    if len(decided) < 2:
        return np.empty(0), np.empty(0)
    seconds = np.array([moment.timestamp() for moment in decided])
    gaps = np.minimum(np.diff(seconds), 60 * pause)
    worked = np.concatenate([[0.0], np.cumsum(gaps)])
    window = 60 * minutes
    begins = np.searchsorted(worked, worked - window, side="left")
    count = np.arange(len(worked)) - begins
    length = np.maximum(np.minimum(worked, window), 30.0)
    return worked / 3600, count / length * 3600
