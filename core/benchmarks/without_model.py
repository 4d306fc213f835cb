"""What can be said of a benchmark without pictures or weights: chance, ceiling, base rate, and the blind baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from captionlint.core.benchmarks.cases import Case, Dataset, picture, words_of
from captionlint.core.calibration import logistic, resampling
from captionlint.core.calibration.features import Array, picture_free_features
from captionlint.core.calibration.metrics import average_precision


@dataclass(frozen=True, slots=True)
class NoModel:
    """Figures without a model, each 0 to 1, None where the data set has no such truth.

    Attributes:
        random_la: localisation accuracy of a word chosen at random in each foil.
        base_rate: share of captions that are foils; the AP of a random order with foils as positive.
        la_ceiling: share of foils in which a single word can count as found at all.
        blind_la, blind_word_ap: of a model that knows class and position of words but not the picture, fitted and
            judged on different pictures (five folds).
    """

    random_la: float | None
    base_rate: float
    la_ceiling: float | None
    blind_la: float | None
    blind_word_ap: float | None
    captions: int
    pictures: int
    pictures_missing: int

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def without_model(dataset: Dataset, cases: Sequence[Case], folder: Path) -> NoModel:
    """The figures of a data set's cases; pictures are looked for in `folder`, not opened."""
    foils = [c for c in cases if c.foil and c.wrong]
    names = {c.image for c in cases}
    blind_la, blind_ap = _blind(cases)
    return NoModel(
        random_la=fmean(_chance(dataset, c) for c in foils) if foils else None,
        base_rate=fmean(c.foil for c in cases),
        la_ceiling=fmean(bool(c.hits) for c in foils) if foils else None,
        blind_la=blind_la,
        blind_word_ap=blind_ap,
        captions=len(cases),
        pictures=len(names),
        pictures_missing=sum(picture(folder, name) is None for name in names),
    )


def _chance(dataset: Dataset, case: Case) -> float:
    return 1 / len(case.wrong) if dataset.chance == "one" else fmean(case.wrong)


def _blind(cases: Sequence[Case]) -> tuple[float | None, float | None]:
    known = [c for c in cases if c.wrong]
    if not any(any(c.wrong) for c in known) or len({c.image for c in known}) < 2:
        return None, None
    rows = [picture_free_features([w.text for w in words_of(c.caption)]) for c in known]
    lengths = [len(c.wrong) for c in known]
    wrong = np.concatenate([np.array(c.wrong) for c in known])
    images = np.repeat([c.image for c in known], lengths)
    chances = _cross_fitted(np.vstack(rows), wrong, images)
    found = [
        int(np.argmax(own)) in case.hits
        for case, own in zip(known, np.split(chances, np.cumsum(lengths)[:-1]), strict=True)
        if case.foil
    ]
    return (fmean(found) if found else None), average_precision(chances, wrong)


def _cross_fitted(features: Array, wrong: np.ndarray, images: np.ndarray) -> Array:
    chances = np.zeros(len(wrong))
    for fitting, held in resampling.folds(images, count=5, seed=0):
        weights, bias = logistic.fit(features[fitting], wrong[fitting])
        chances[held] = logistic.probabilities(features[held] @ weights + bias)
    return chances
