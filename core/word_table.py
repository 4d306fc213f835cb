"""Reviewed captions as one table of words: what calibration fits and what judges it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from core.errors import CalibrationError
from core.features import word_features
from core.prediction import Prediction

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ReviewedCaption:
    """A caption's words as a scorer saw them, which of them its reviewer found wrong, and its image.

    `wrong` and `signals` (W, S) go by word. `blind`: the reviewer saw no marks.
    """

    prediction: Prediction
    wrong: Sequence[bool]
    image: str
    blind: bool = False
    signals: Array | None = None


@dataclass(frozen=True, slots=True)
class WordTable:
    """Words of N reviewed captions in one table: features (N, F), and for each word the rest (N,).

    `image` and `caption` are codes; `markable` is false for a word without attribution, which is never marked.
    """

    features: Array
    attribution: Array
    wrong: NDArray[np.bool_]
    image: NDArray[np.intp]
    caption: NDArray[np.intp]
    blind: NDArray[np.bool_]
    markable: NDArray[np.bool_]
    signals: tuple[str, ...] = ()

    @classmethod
    def of(cls, captions: Iterable[ReviewedCaption], *, signals: Sequence[str] = ()) -> Self:
        """The words of some captions. With `signals`, their names, every caption brings theirs.

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
        return cls(
            features=np.vstack([word_features(c.prediction, c.signals if signals else None) for c in known]),
            attribution=np.nan_to_num(attribution),
            wrong=np.concatenate([np.asarray(c.wrong, dtype=bool) for c in known]),
            image=np.repeat(image, lengths),
            caption=np.repeat(np.arange(len(known)), lengths),
            blind=np.repeat([c.blind for c in known], lengths),
            markable=~np.isnan(attribution),
            signals=tuple(signals),
        )

    def rows(self, chosen: NDArray[Any]) -> Self:
        """Some rows, in the order asked for."""
        parts = ("features", "attribution", "wrong", "image", "caption", "blind", "markable")
        return replace(self, **{name: getattr(self, name)[chosen] for name in parts})

    def __len__(self) -> int:
        return len(self.wrong)
