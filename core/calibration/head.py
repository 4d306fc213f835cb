"""The learned head: a linear layer on frozen CLIP features, beside what calibration sees of a word.

Its input is what `signals` calls parts: for every dimension of the features, by how much the word moves the
caption's product with the picture. Their sum is the signal `drop`; the head weighs each dimension by itself, and so
learns which of a model's dimensions can be believed. Some hundred weights need more reviews than calibration's own,
hence ENOUGH, and a penalty that holds them near 0: a column a tenth as wide is penalised a hundredfold.

It is used only where it is better on reviews that it has not seen.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from captionlint.core.calibration.metrics import average_precision
from captionlint.core.calibration.resampling import Indices, bootstrap

Array = NDArray[np.float64]
ENOUGH: Final = 500
"""Reviewed captions from which on a head is tried."""
WIDTH: Final = 0.1
"""The standard deviation of a standardised part; of every other feature it is 1."""
_ROUNDS: Final = 300


@dataclass(frozen=True, slots=True)
class HeadTrial:
    """A head against the calibration without it, both judged on images that they have not seen.

    Attributes:
        ap, ap_without: average precision over words, with the head and without.
        gain: the 95 % interval of ``ap − ap_without``, images drawn with replacement.
        used: whether the head is better for sure, which is when all of `gain` is above 0.
    """

    captions: int
    ap: float
    ap_without: float
    gain: tuple[float, float]

    @property
    def used(self) -> bool:
        """Whether the head replaces the calibration without it."""
        return self.gain[0] > 0

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**asdict(self), "used": self.used}


def compare(
    with_head: Array, without: Array, *, wrong: NDArray[np.bool_], image: NDArray[Any], captions: int
) -> HeadTrial:
    """Judges probabilities (N,) of words by models that have not seen the words' images."""

    def gain(rows: Indices) -> float:
        return average_precision(with_head[rows], wrong[rows]) - average_precision(without[rows], wrong[rows])

    interval = bootstrap(gain, image, rounds=_ROUNDS)
    return HeadTrial(captions, average_precision(with_head, wrong), average_precision(without, wrong), interval)
