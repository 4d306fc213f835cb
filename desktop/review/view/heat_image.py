"""A heat map as a picture to lay over another: orange where the place speaks against the word, blue where for it."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtGui import QColor, QImage

from captionlint.desktop.style.theme import Look

_SIDE: Final = 256
_STRONGEST: Final = 0.78
"""Opacity of the strongest place: the picture stays to be seen."""


def heat_image(values: NDArray[np.float32], look: Look) -> QImage:
    """The map drawn smoothly. Its largest size, the top hundredth left out, has the full colour."""
    sizes = np.sort(np.abs(values), axis=None)  # np.quantile would load numpy.ma first, a tenth of a second
    reach = float(sizes[int(0.99 * (len(sizes) - 1))]) or 1.0
    wide = Image.fromarray(values.astype(np.float32)).resize((_SIDE, _SIDE), Image.Resampling.BICUBIC)
    share = np.clip(np.asarray(wide) / reach, -1, 1)
    against, speaks_for = (_rgb(side[2]) for side in (look.base.against, look.base.speaks_for))
    pixels = np.empty((_SIDE, _SIDE, 4), dtype=np.uint8)
    pixels[..., :3] = np.where(share[..., None] < 0, against, speaks_for)
    # Weak places stay clear, so that only what matters covers the picture.
    strength = np.clip((np.abs(share) - 0.12) / 0.88, 0, 1)
    pixels[..., 3] = np.rint(255 * _STRONGEST * strength**0.8)
    data = pixels.tobytes()
    return QImage(data, _SIDE, _SIDE, 4 * _SIDE, QImage.Format.Format_RGBA8888).convertToFormat(
        QImage.Format.Format_ARGB32_Premultiplied
    )


def _rgb(colour: str) -> NDArray[np.uint8]:
    parsed = QColor(colour)
    return np.array([parsed.red(), parsed.green(), parsed.blue()], dtype=np.uint8)
