"""Where to cut probabilities: a word is marked when its probability of being wrong is above the cut.

Three ways: the best F-beta, the least work, and conformal risk control, whose promise holds for any distribution.
All take out-of-sample probabilities (N,) and labels (N,) of words.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from captionlint.core.calibration.metrics import best_threshold
from captionlint.core.errors import CalibrationError

Array = NDArray[np.float64]


def cut_by_f_beta(probabilities: ArrayLike, wrong: ArrayLike, *, beta: float = 2.0) -> float:
    """The cut of the highest F-beta; beta 2 weighs recall, since a wrong mark costs less than a missed word."""
    values = np.asarray(probabilities, dtype=float)
    cut = -best_threshold(-values, wrong, beta=beta)[0]
    return float(np.nextafter(cut, -1.0)) if cut == values.min() else cut  # then every word is to be marked


def cut_by_cost(probabilities: ArrayLike, wrong: ArrayLike, *, remove: float, add: float) -> float:
    """The cut with the least work: `remove` for each mark to take away, `add` for each word to mark by hand.

    Both in the same unit, say seconds as the interface measured them. Of equal cuts the highest: fewer marks.
    """
    values, labels = np.asarray(probabilities, dtype=float), np.asarray(wrong, dtype=bool)
    order = np.argsort(-values, kind="stable")
    values, labels = values[order], labels[order]
    work = remove * np.cumsum(~labels) - add * np.cumsum(labels)
    ends = np.append(np.flatnonzero(np.diff(values)), len(values) - 1)
    best = ends[int(np.argmin(work[ends]))]
    if work[best] >= 0:
        return float(values[0])
    if best + 1 == len(values):
        return float(np.nextafter(values[best], -1.0))
    return float((values[best] + values[best + 1]) / 2)


def cut_by_risk(probabilities: ArrayLike, wrong: ArrayLike, images: ArrayLike, *, alpha: float) -> float:
    """The highest cut whose expected share of missed wrong words is at most alpha (conformal risk control).

    The unit is the image with at least one wrong word; its loss L(cut) is the share of its wrong words that are
    not marked, between 0 and 1 and falling with the cut. With n such images the cut is the highest for which

        n / (n + 1) · mean L(cut) + 1 / (n + 1) ≤ alpha

    (Angelopoulos et al., Conformal Risk Control, arXiv 2208.02814, eq. 4, with B = 1). For images drawn like these,
    E[L] ≤ alpha whatever the distribution, provided that the probabilities come from a model that has not seen
    them. A probability below 0 stands for a word that cannot be marked.

    Raises:
        CalibrationError: n is too small for this alpha, or unmarkable words alone exceed it.
    """
    values, labels = np.asarray(probabilities, dtype=float), np.asarray(wrong, dtype=bool)
    names, codes = np.unique(np.asarray(images)[labels], return_inverse=True)
    n = len(names)
    if n == 0 or 1 / (n + 1) > alpha:
        need = int(np.ceil(1 / alpha - 1))
        raise CalibrationError(
            f"A missed share of at most {alpha:g} needs {need} reviewed images with a wrong word to set the cut; "
            f"there are {n}. Review more, or lower --target-recall."
        )
    own = values[labels]
    weight = 1 / np.bincount(codes)[codes]
    order = np.argsort(own, kind="stable")
    # Missed at a cut just below own[order][k]: the words before it.
    missed = np.concatenate([[0.0], np.cumsum(weight[order])])[:-1]
    first = np.searchsorted(own[order], own[order], side="left")
    risk = missed[first] / (n + 1) + 1 / (n + 1)
    fitting = own[order][(risk <= alpha) & (own[order] >= 0)]
    if not len(fitting):
        raise CalibrationError("Too many wrong words have no score for this promise; lower --target-recall.")
    return float(np.nextafter(fitting.max(), -1.0))


def missed_share(probabilities: ArrayLike, wrong: ArrayLike, images: ArrayLike, *, cut: float) -> float:
    """The mean over images with a wrong word of the share of wrong words not above the cut; NaN without any."""
    values, labels = np.asarray(probabilities, dtype=float), np.asarray(wrong, dtype=bool)
    names, codes = np.unique(np.asarray(images)[labels], return_inverse=True)
    if not len(names):
        return float("nan")
    missed = np.bincount(codes, weights=values[labels] <= cut) / np.bincount(codes)
    return float(missed.mean())
