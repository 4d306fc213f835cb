"""Metrics as pure functions of scores and labels."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def average_precision(scores: ArrayLike, labels: ArrayLike) -> float:
    """Area under the precision–recall curve as a sum of steps; 0 to 1, NaN without a positive.

    Higher scores mean positive; equal scores count as one step, so their order does not matter.
    """
    order, positive = _sorted(scores, labels)
    if not positive.any():
        return float("nan")
    ends = np.append(np.flatnonzero(np.diff(order)), len(order) - 1)
    hits = np.cumsum(positive)[ends]
    precision = hits / (ends + 1)
    recall = hits / hits[-1]
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def roc_auc(positive: ArrayLike, negative: ArrayLike) -> float:
    """Chance that a positive's score exceeds a negative's, ties counting half; NaN where one side is empty."""
    up, down = np.asarray(positive, dtype=float), np.asarray(negative, dtype=float)
    if not len(up) or not len(down):
        return float("nan")
    ordered = np.sort(down)
    below = np.searchsorted(ordered, up, side="left") + np.searchsorted(ordered, up, side="right")
    return float(below.mean() / (2 * len(down)))


def f_beta(precision: float, recall: float, *, beta: float = 1.0) -> float:
    """Weighted harmonic mean of precision and recall; 0 where both are 0."""
    weight = beta * beta
    total = weight * precision + recall
    return (1 + weight) * precision * recall / total if total else 0.0


def best_threshold(scores: ArrayLike, labels: ArrayLike, *, beta: float = 1.0) -> tuple[float, float, float]:
    """The cut below which words are flagged that maximises F-beta, with its precision and recall.

    `scores` are attributions: lower means wrong. The cut lies half-way to the next higher score.
    """
    order, positive = _sorted(-np.asarray(scores, dtype=float), labels)
    ends = np.append(np.flatnonzero(np.diff(order)), len(order) - 1)
    hits = np.cumsum(positive)[ends]
    precision, recall = hits / (ends + 1), hits / max(int(positive.sum()), 1)
    values = [f_beta(p, r, beta=beta) for p, r in zip(precision, recall, strict=True)]
    best = int(np.argmax(values))
    here = -order[ends[best]]
    above = -order[ends[best] + 1] if ends[best] + 1 < len(order) else here
    return float((here + above) / 2), float(precision[best]), float(recall[best])


def _sorted(scores: ArrayLike, labels: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    values, positive = np.asarray(scores, dtype=np.float64), np.asarray(labels, dtype=bool)
    order = np.argsort(-values, kind="stable")
    return values[order], positive[order]
