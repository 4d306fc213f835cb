"""Reviewed captions as one table of words: what calibration fits and what judges it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from captionlint.core.calibration.features import feature_names, word_features
from captionlint.core.errors import CalibrationError
from captionlint.core.prediction import Prediction

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ReviewedCaption:
    """A caption's words as a scorer saw them, which of them its reviewer found wrong, and its image.

    `wrong` and `signals` (W, S), or (W, S + E) with parts, go by word. `blind`: the reviewer saw no marks.
    """

    prediction: Prediction
    wrong: Sequence[bool]
    image: str
    blind: bool = False
    signals: Array | None = None


@dataclass(frozen=True, slots=True)
class WordTable:
    """Words of N reviewed captions in one table: features (N, F), and for each word the rest (N,).

    `image` and `caption` are codes; `markable` is false for a word without attribution, which is never marked. The
    last `parts` features are a learned head's.
    """

    features: Array
    attribution: Array
    wrong: NDArray[np.bool_]
    image: NDArray[np.intp]
    caption: NDArray[np.intp]
    blind: NDArray[np.bool_]
    markable: NDArray[np.bool_]
    signals: tuple[str, ...] = ()
    parts: int = 0

    @classmethod
    def of(cls, captions: Iterable[ReviewedCaption], *, signals: Sequence[str] = ()) -> Self:
        """The words of some captions. With `signals`, their names, every caption brings theirs; what stands behind
        them in its rows are parts.

        Raises:
            CalibrationError: there are no words.
        """
        known = [c for c in captions if c.prediction.words]
        if not known:
            raise CalibrationError("No caption with predictions has been reviewed: review some, then calibrate.")
        lengths = [len(c.wrong) for c in known]
        _, image = np.unique([c.image for c in known], return_inverse=True)
        raw = [np.array([np.nan if w.score is None else w.score for w in c.prediction.words]) for c in known]
        attribution = np.concatenate(raw)
        features = np.vstack([features_of(c.prediction, c.signals, signals) for c in known])
        return cls(
            features=features,
            attribution=np.nan_to_num(attribution),
            wrong=np.concatenate([np.asarray(c.wrong, dtype=bool) for c in known]),
            image=np.repeat(image, lengths),
            caption=np.repeat(np.arange(len(known)), lengths),
            blind=np.repeat([c.blind for c in known], lengths),
            markable=~np.isnan(attribution),
            signals=tuple(signals),
            parts=features.shape[1] - len(feature_names(signals)),
        )

    def rows(self, chosen: NDArray[Any]) -> Self:
        """Some rows, in the order asked for."""
        parts = ("features", "attribution", "wrong", "image", "caption", "blind", "markable")
        return replace(self, **{name: getattr(self, name)[chosen] for name in parts})

    def __len__(self) -> int:
        return len(self.wrong)


def features_of(prediction: Prediction, rows: Array | None, signals: Sequence[str]) -> Array:
    """A word's features (W, F) from rows of signals (W, S) or of signals and parts (W, S + E)."""
    if rows is None or not signals:
        return word_features(prediction)
    return word_features(prediction, rows[:, : len(signals)], rows[:, len(signals) :])
