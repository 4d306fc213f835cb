"""Splits and bootstraps that never part an image from itself.

Two captions of one picture share its difficulties, and a word and its caption share a cosine: a split by word or
by caption flatters every figure. Here the unit is the group, which is the image. All functions take ``groups``
(N,), any values, one for each row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

Indices = NDArray[np.intp]


def split(groups: ArrayLike, *, share: float, seed: int) -> tuple[Indices, Indices]:
    """Rows in two parts: about `share` of the groups (at least one, if there are two) and the rest, at random."""
    names, codes = np.unique(np.asarray(groups), return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(names))
    size = min(max(round(share * len(names)), 1), max(len(names) - 1, 1))
    chosen = np.isin(codes, order[:size])
    return np.flatnonzero(chosen), np.flatnonzero(~chosen)


def folds(groups: ArrayLike, *, count: int, seed: int) -> Iterator[tuple[Indices, Indices]]:
    """(rows to fit on, rows held out) `count` times; every row is held out once. Fewer groups give fewer folds."""
    names, codes = np.unique(np.asarray(groups), return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(names))
    for part in np.array_split(order, min(count, len(names))):
        held = np.isin(codes, part)
        yield np.flatnonzero(~held), np.flatnonzero(held)


def bootstrap(
    statistic: Callable[[Indices], float], groups: ArrayLike, *, rounds: int = 1000, seed: int = 0, level: float = 0.95
) -> tuple[float, float]:
    """A percentile interval of a figure: groups are drawn with replacement, all rows of a drawn group come along.

    `statistic` takes row indices; rounds where it is NaN (no wrong word was drawn) are left out.
    """
    _, codes = np.unique(np.asarray(groups), return_inverse=True)
    order = np.argsort(codes, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(codes))[:-1])
    rng = np.random.default_rng(seed)
    values = np.array(
        [
            statistic(np.concatenate([members[g] for g in rng.integers(len(members), size=len(members))]))
            for _ in range(rounds)
        ]
    )
    values = values[~np.isnan(values)]
    if not len(values):
        return float("nan"), float("nan")
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
