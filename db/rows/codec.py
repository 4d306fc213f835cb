"""Attributions as bytes: a row a prediction instead of a row a word, and every score of a store in one read."""

from __future__ import annotations

import math
import sys
from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from captionlint.core.prediction import WordScore
from captionlint.db.engine.errors import DamagedError


def pack(words: Sequence[WordScore]) -> tuple[bytes, bytes, dict[str, Any] | None]:
    """Offsets (uint32 pairs), scores (float64, NaN where there is none) and the reasons by the word's index."""
    offsets = array("I", [n for w in words for n in (w.start, w.end)])
    scores = array("d", [math.nan if w.score is None else w.score for w in words])
    reasons = {str(i): w.reason for i, w in enumerate(words) if w.reason is not None}
    return _little(offsets), _little(scores), reasons or None


def unpack(caption: str, offsets: bytes, scores: bytes, reasons: dict[str, Any] | None) -> tuple[WordScore, ...]:
    """The words again; raises `DamagedError` where the bytes do not fit the caption."""
    bounds, values = _array("I", offsets), _array("d", scores)
    if len(bounds) != 2 * len(values) or any(n > len(caption) for n in bounds):
        raise DamagedError(_DAMAGED)
    why = reasons or {}
    return tuple(
        WordScore(
            caption[bounds[2 * i] : bounds[2 * i + 1]],
            bounds[2 * i],
            bounds[2 * i + 1],
            None if math.isnan(value) else value,
            why.get(str(i)),
        )
        for i, value in enumerate(values)
    )


def texts(caption: str, offsets: bytes) -> list[str]:
    """The words' texts alone; raises `DamagedError` where the bytes do not fit the caption."""
    bounds = _array("I", offsets)
    if len(bounds) % 2 or max(bounds, default=0) > len(caption):
        raise DamagedError(_DAMAGED)
    return [caption[start:end] for start, end in zip(bounds[::2], bounds[1::2], strict=True)]


def floats(scores: bytes) -> NDArray[np.float64]:
    """A prediction's scores as they lie, NaN where there is none; raises `DamagedError`."""
    try:
        return np.frombuffer(scores, dtype="<f8")
    except ValueError as error:
        raise DamagedError(_DAMAGED) from error


_DAMAGED = "The words of a prediction do not fit its caption."


def _little(values: array[Any]) -> bytes:
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()


def _array(code: str, data: bytes) -> array[Any]:
    values: array[Any] = array(code)
    try:
        values.frombytes(data)
    except ValueError as error:
        raise DamagedError(_DAMAGED) from error
    if sys.byteorder == "big":
        values.byteswap()
    return values
