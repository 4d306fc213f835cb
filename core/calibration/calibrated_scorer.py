"""A scorer and a calibration that uses signals, as one scorer: it asks, weighs, and gives probabilities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from captionlint.core.calibration import signals
from captionlint.core.calibration.fitting import Calibration
from captionlint.core.clip.model_spec import BASE
from captionlint.core.clip.scorer import Picture, Scorer
from captionlint.core.errors import UsageError
from captionlint.core.prediction import Failure, Prediction


class CalibratedScorer:
    """Scores are minus the probability of being wrong (−1 to 0); it pre-labels a store like any other scorer.

    Attributes:
        version, epsilon, details: the calibration's; `details` names the scorer beneath and holds the fit.
    """

    def __init__(self, scorer: Scorer, calibration: Calibration) -> None:
        if calibration.base != scorer.version:
            raise UsageError(f"The calibration was fitted to {calibration.base}, not to {scorer.version}.")
        self._scorer = scorer
        self._calibration = calibration
        self.version = calibration.version
        self.epsilon = -calibration.cut
        self.details: dict[str, Any] = {
            **scorer.details,
            BASE: scorer.version,
            "calibration": calibration.as_dict(),
        }

    def stream(self, pairs: Iterable[tuple[Picture, str]], *, batch_size: int = 32) -> Iterator[Prediction | Failure]:
        """Results in the order of the pairs."""
        for result, found in self._asked(pairs, batch_size):
            if isinstance(result, Prediction):
                yield self._calibration.apply(result, found)
            else:
                yield Failure(self.version, result.caption, result.reason)

    def _asked(
        self, pairs: Iterable[tuple[Picture, str]], batch_size: int
    ) -> Iterator[tuple[Prediction | Failure, Any]]:
        parts = self._calibration.parts > 0
        return signals.stream(self._scorer, pairs, batch_size=batch_size, parts=parts)
