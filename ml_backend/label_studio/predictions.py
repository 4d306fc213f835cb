"""From the scorer's words to the prediction that Label Studio gets, and the version that both go by."""

from __future__ import annotations

import hashlib
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Final

from captionlint.core.calibration.fitting import Calibration
from captionlint.core.formats.label_studio.names import OWN, Labelling
from captionlint.core.formats.label_studio.predictions import confidence, prediction_of
from captionlint.core.prediction import Prediction
from captionlint.db.rows.marking import is_heeded

RULES: Final = "r1"
"""Revision of the rules by which words become regions; another one is another version."""


@dataclass(frozen=True, slots=True)
class Marking:
    """What turns attributions into marks now.

    Attributes:
        scorer: version of the scorer whose predictions are shown, a calibrated one's where there is a `calibration`.
        ignored: words that are never marked, in lower case.
    """

    scorer: str
    epsilon: float
    ignored: AbstractSet[str] = field(default_factory=frozenset)
    calibration: Calibration | None = None

    @property
    def version(self) -> str:
        """What Label Studio is told, in ``/setup`` and in every prediction: the same whenever the marks are.

        Label Studio asks again only when it changes, so that all which moves a mark is in it.
        """
        parts = [self.scorer, f"e{self.epsilon:.6g}", RULES]
        if self.ignored:
            words = "\0".join(sorted(self.ignored))
            parts.append(f"i-{hashlib.sha256(words.encode()).hexdigest()[:6]}")
        return ";".join(parts)


def prediction_for(
    prediction: Prediction, marking: Marking, labelling: Labelling = OWN, *, blind: bool = False
) -> dict[str, Any]:
    """The prediction of one item, one region a marked word. A blind item shows none, and still has its place."""
    words = prediction.words
    calibrated = marking.calibration is not None
    shown = [is_heeded(word, marking.ignored) for word in words]
    flagged = [show and word.flagged(marking.epsilon) for word, show in zip(words, shown, strict=True)]
    chances = [confidence(word.score, epsilon=marking.epsilon, calibrated=calibrated) for word in words]
    return prediction_of(
        prediction.caption,
        words,
        marked=[False] * len(words) if blind else flagged,
        confidences=[chance if show else None for chance, show in zip(chances, shown, strict=True)],
        version=marking.version,
        labelling=labelling,
    )


def not_yet(version: str) -> dict[str, Any]:
    """The answer for a task that has none now: without a result, so that Label Studio asks again."""
    return {"model_version": version, "score": None}


def nothing(version: str) -> dict[str, Any]:
    """The answer for a task that cannot be scored: no marks, last in the order of uncertainty."""
    return {"model_version": version, "score": 1.0, "result": []}
