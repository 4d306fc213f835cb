"""What calibration sees of a word: a row of numbers from a prediction, and nothing of the word's identity.

The paper's attribution drifts with the position of a word and with its class, and scales with its caption, so a
bare threshold is wrong by a different amount for every sort of word. Word identity is left out on purpose: a few
hundred reviews would teach which words were swapped, not which are wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.prediction import Prediction
from core.word_class import WORD_CLASSES, word_classes

Array = NDArray[np.float64]
_PICTURE_FREE: Final = ("position", "log_length")
_FROM_SCORES: Final = ("attribution", "lead", "share", "rank", "lowest", "cosine")
_BY_CLASS: Final = ("attribution", "share", "cosine")


def word_features(prediction: Prediction, signals: Array | None = None, parts: Array | None = None) -> Array:
    """A row a word, (W, F); with `signals` (W, S), as `core.signals` gives them, those too, each by class as well.

    `parts` (W, E), which a learned head reads, come last.

    attribution r_j (0 where there is none); lead: r_j minus the lowest other word's; share r_j / Σ|r|; rank 0
    (lowest) to 1; lowest 0 or 1; position 0 to 1; cosine of the caption; the word's class; each signal and its lead;
    and attribution, share, cosine and signals again for each class alone.
    """
    blind = picture_free_features([word.text for word in prediction.words])
    count = len(blind)
    raw = np.array([0.0 if w.score is None else w.score for w in prediction.words])
    rank = raw.argsort(kind="stable").argsort() / max(count - 1, 1)
    cosine = np.full(count, prediction.cosine if np.isfinite(prediction.cosine) else 0.0)
    share = raw / max(float(np.abs(raw).sum()), 1e-12)
    extra = np.zeros((count, 0)) if signals is None else np.nan_to_num(signals)
    columns = np.column_stack([raw, lead(raw), share, rank, rank == 0, cosine])
    leads = np.column_stack([np.zeros((count, 0)), *(lead(column) for column in extra.T)])
    classes = blind[:, len(_PICTURE_FREE) :]
    split_by_class = np.column_stack([raw, share, cosine, extra])
    by_class = (classes[:, :, None] * split_by_class[:, None, :]).reshape(count, -1)
    last = np.zeros((count, 0)) if parts is None else np.nan_to_num(parts)
    return np.hstack([blind, columns, extra, leads, by_class, last])


def lead(values: Array) -> Array:
    """How far each word (W,) lies below the lowest other one, negative where it does; 0 for a single word."""
    if len(values) < 2:
        return np.zeros(len(values))
    lowest, second = np.partition(values, 1)[:2]
    first = int(values.argmin())
    others = np.full(len(values), lowest)
    others[first] = second
    result: Array = values - others
    return result


def picture_free_features(texts: Sequence[str]) -> Array:
    """What is known of words without the picture, (W, F): the blind baseline's features."""
    count = len(texts)
    position = np.arange(count) / max(count - 1, 1)
    names = word_classes(texts)
    classes = np.array([[name == c for c in WORD_CLASSES] for name in names], dtype=np.float64)
    return np.column_stack([position, np.full(count, np.log1p(count)), classes.reshape(count, len(WORD_CLASSES))])


def feature_names(signals: Sequence[str] = ()) -> tuple[str, ...]:
    """The columns of `word_features`, in order."""
    leads = [f"{name} lead" for name in signals]
    columns = (*_PICTURE_FREE, *(f"class:{c}" for c in WORD_CLASSES), *_FROM_SCORES, *signals, *leads)
    return (*columns, *(f"{n}:{c}" for c in WORD_CLASSES for n in (*_BY_CLASS, *signals)))


PICTURE_FREE_WIDTH: Final = len(_PICTURE_FREE) + len(WORD_CLASSES)
"""The first columns of `word_features`: those that need no picture."""
