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

from captionlint.core.prediction import Prediction
from captionlint.core.text.word_classes import WORD_CLASSES, word_classes

Array = NDArray[np.float64]
_PICTURE_FREE: Final = ("position", "log_length")
_FROM_SCORES: Final = ("attribution", "lead", "share", "rank", "lowest", "cosine")
_BY_CLASS: Final = ("attribution", "share", "cosine")
_CODES: Final = {name: code for code, name in enumerate(WORD_CLASSES)}


def word_features(prediction: Prediction, signals: Array | None = None, parts: Array | None = None) -> Array:
    """A row a word, (W, F); with `signals` (W, S), as `signals` gives them, those too, each by class as well.

    `parts` (W, E), which a learned head reads, come last.

    attribution r_j (0 where there is none); lead: r_j minus the lowest other word's; share r_j / Σ|r|; rank 0
    (lowest) to 1; lowest 0 or 1; position 0 to 1; cosine of the caption; the word's class; each signal and its lead;
    and attribution, share, cosine and signals again for each class alone.
    """
    raw = np.array([0.0 if w.score is None else w.score for w in prediction.words])
    codes = np.array(class_codes([word.text for word in prediction.words]), dtype=np.intp)
    extra = None if signals is None else np.nan_to_num(signals)[None]
    rows = features_of_captions(raw[None], np.array([prediction.cosine]), codes[None], extra)[0]
    return rows if parts is None else np.hstack([rows, np.nan_to_num(parts)])


def features_of_captions(raw: Array, cosine: Array, codes: NDArray[np.intp], extra: Array | None = None) -> Array:
    """The features (C, W, F) of C captions of W words each: attributions and class codes (C, W), cosines (C,).

    `extra` (C, W, S) are signals. No value may be NaN but a cosine. A caption's rows do not depend on the others'.
    """
    captions, count = raw.shape
    blind = _picture_free(codes)
    rank = raw.argsort(axis=1, kind="stable").argsort(axis=1) / max(count - 1, 1)
    known = np.where(np.isfinite(cosine), cosine, 0.0)
    cosines = np.repeat(known, count).reshape(captions, count)
    share = raw / np.maximum(np.abs(raw).sum(axis=1, keepdims=True), 1e-12)
    columns = np.stack([raw, lead(raw), share, rank, rank == 0, cosines], axis=-1)
    extra = np.zeros((captions, count, 0)) if extra is None else extra
    leads = lead(extra.swapaxes(1, 2)).swapaxes(1, 2)
    classes = blind[:, :, len(_PICTURE_FREE) :]
    split_by_class = np.concatenate([raw[:, :, None], share[:, :, None], cosines[:, :, None], extra], axis=-1)
    by_class = (classes[:, :, :, None] * split_by_class[:, :, None, :]).reshape(captions, count, -1)
    features: Array = np.concatenate([blind, columns, extra, leads, by_class], axis=-1)
    return features


def lead(values: Array) -> Array:
    """How far each word (…, W) lies below the lowest other one, negative where it does; 0 for a single word."""
    if values.shape[-1] < 2 or not values.size:
        return np.zeros(values.shape)
    lowest, second = np.moveaxis(np.partition(values, 1, axis=-1)[..., :2], -1, 0)
    others = np.repeat(lowest[..., None], values.shape[-1], axis=-1)
    np.put_along_axis(others, values.argmin(axis=-1)[..., None], second[..., None], axis=-1)
    result: Array = values - others
    return result


def picture_free_features(texts: Sequence[str]) -> Array:
    """What is known of words without the picture, (W, F): the blind baseline's features."""
    rows: Array = _picture_free(np.array([class_codes(texts)], dtype=np.intp))[0]
    return rows


def class_codes(texts: Sequence[str]) -> list[int]:
    """The class of each word of a caption, as its index in `WORD_CLASSES`."""
    return [_CODES[name] for name in word_classes(texts)]


def _picture_free(codes: NDArray[np.intp]) -> Array:
    """(C, W, F) from class codes (C, W)."""
    captions, count = codes.shape
    position = np.broadcast_to(np.arange(count) / max(count - 1, 1), (captions, count))
    length = np.full((captions, count), np.log1p(count))
    classes = codes[:, :, None] == np.arange(len(WORD_CLASSES))
    return np.concatenate([position[:, :, None], length[:, :, None], classes], axis=-1, dtype=np.float64)


def feature_names(signals: Sequence[str] = ()) -> tuple[str, ...]:
    """The columns of `word_features`, in order."""
    leads = [f"{name} lead" for name in signals]
    columns = (*_PICTURE_FREE, *(f"class:{c}" for c in WORD_CLASSES), *_FROM_SCORES, *signals, *leads)
    return (*columns, *(f"{n}:{c}" for c in WORD_CLASSES for n in (*_BY_CLASS, *signals)))


PICTURE_FREE_WIDTH: Final = len(_PICTURE_FREE) + len(WORD_CLASSES)
"""The first columns of `word_features`: those that need no picture."""
