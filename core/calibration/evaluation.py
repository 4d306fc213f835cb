"""Figures of a calibration, on words whose images its model has not seen, each beside the blind baseline's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from captionlint.core.calibration.fitting import Fitted
from captionlint.core.calibration.metrics import (
    average_precision,
    brier_score,
    expected_calibration_error,
    f_beta,
    precision_recall,
)
from captionlint.core.calibration.resampling import bootstrap
from captionlint.core.calibration.thresholds import missed_share

ROUNDS: Final = 1000
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Figures:
    """How good a calibration is, each 0 to 1 and by images that its model has not seen.

    Attributes:
        base_rate: share of wrong words, which is the AP of a random order.
        ap_attribution, ap, ap_blind: average precision over words of the bare attribution, of the calibrated
            probability, and of the blind baseline, which knows class and position of a word but not the picture.
        ap_interval: of `ap`, 95 %, images drawn with replacement.
        ece, brier: of the probabilities.
        precision, recall, f1, missed: at the cut; `missed` is the mean share of wrong words missed, over images that
            have one. None where nothing is marked or nothing is wrong.
        recall_blind_reviews: recall over items that were reviewed without marks; None without such items.
    """

    captions: int
    images: int
    words: int
    wrong: int
    base_rate: float
    ap_attribution: float
    ap: float
    ap_interval: tuple[float, float]
    ap_blind: float
    ece: float
    brier: float
    cut: float
    flag_rate: float
    precision: float | None
    recall: float | None
    f1: float | None
    missed: float | None
    recall_blind_reviews: float | None

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def judge(fitted: Fitted, *, rounds: int = ROUNDS) -> Figures:
    """The figures of a fit, `rounds` bootstraps by image for the interval."""
    table, chances, cut = fitted.table, fitted.probabilities, fitted.calibration.cut
    flagged = chances > cut
    precision, recall = precision_recall(flagged, table.wrong)
    _, recall_blind = precision_recall(flagged[table.blind], table.wrong[table.blind])
    stated = np.clip(chances, 0.0, 1.0)
    known = np.isfinite(precision) and np.isfinite(recall)
    return Figures(
        captions=len(np.unique(table.caption)),
        images=len(np.unique(table.image)),
        words=len(table),
        wrong=int(table.wrong.sum()),
        base_rate=float(table.wrong.mean()),
        ap_attribution=average_precision(-table.attribution, table.wrong),
        ap=average_precision(chances, table.wrong),
        ap_interval=bootstrap(_ap_of(chances, table.wrong), table.image, rounds=rounds),
        ap_blind=average_precision(fitted.blind_baseline, table.wrong),
        ece=expected_calibration_error(stated, table.wrong),
        brier=brier_score(stated, table.wrong),
        cut=cut,
        flag_rate=fitted.calibration.flag_rate,
        precision=_known(precision),
        recall=_known(recall),
        f1=f_beta(precision, recall) if known else None,
        missed=_known(missed_share(chances, table.wrong, table.image, cut=cut)),
        recall_blind_reviews=_known(recall_blind),
    )


def _ap_of(chances: NDArray[np.float64], wrong: NDArray[np.bool_]) -> Callable[[Rows], float]:
    return lambda rows: average_precision(chances[rows], wrong[rows])


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
