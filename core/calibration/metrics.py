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


def expected_calibration_error(probabilities: ArrayLike, labels: ArrayLike, *, bins: int = 10) -> float:
    """Mean gap between stated probability and observed share over equal-width bins, weighted by their counts; 0 to 1.

    Naeini et al. 2015 for the positive class of a binary label; NaN without cases.
    """
    stated, positive = np.asarray(probabilities, dtype=np.float64), np.asarray(labels, dtype=np.float64)
    if not len(stated):
        return float("nan")
    place = np.clip((stated * bins).astype(int), 0, bins - 1)
    gap = np.bincount(place, weights=stated, minlength=bins) - np.bincount(place, weights=positive, minlength=bins)
    return float(np.abs(gap).sum() / len(stated))


def brier_score(probabilities: ArrayLike, labels: ArrayLike) -> float:
    """Mean squared difference of probability and label; 0 (best) to 1."""
    return float(np.mean((np.asarray(probabilities, dtype=np.float64) - np.asarray(labels, dtype=np.float64)) ** 2))


def precision_recall(flagged: ArrayLike, labels: ArrayLike) -> tuple[float, float]:
    """Precision and recall of flags, 0 to 1; NaN where nothing is flagged, or nothing positive."""
    marks, positive = np.asarray(flagged, dtype=bool), np.asarray(labels, dtype=bool)
    hits = float((marks & positive).sum())
    shown, present = int(marks.sum()), int(positive.sum())
    return hits / shown if shown else float("nan"), hits / present if present else float("nan")


def pearson(one: ArrayLike, other: ArrayLike) -> float:
    """Linear correlation, −1 to 1; NaN where one side is constant."""
    a, b = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def spearman(one: ArrayLike, other: ArrayLike) -> float:
    """Correlation of ranks, −1 to 1, equal values sharing their mean rank; NaN where one side is constant."""
    return pearson(_mean_ranks(one), _mean_ranks(other))


def _mean_ranks(values: ArrayLike) -> NDArray[np.float64]:
    _, codes, counts = np.unique(np.asarray(values, dtype=np.float64), return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks: NDArray[np.float64] = (ends - (counts - 1) / 2)[codes]
    return ranks


def _sorted(scores: ArrayLike, labels: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    values, positive = np.asarray(scores, dtype=np.float64), np.asarray(labels, dtype=bool)
    order = np.argsort(-values, kind="stable")
    return values[order], positive[order]
