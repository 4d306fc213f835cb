"""Opening the pictures that annotators have, all to one form: upright, 8-bit RGB.

Used for what the model sees and for what a person sees, so that the two never disagree about orientation,
colour or transparency.
"""

from __future__ import annotations

import hashlib
import io
import os
import warnings
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import ImageError, first_line
from core.regular_files import open_regular

LARGEST: Final = 512_000_000
"""Bytes that a picture's file may have."""
SLIMMEST: Final = 200
"""How many times as long as short a picture may be: its short side is scaled to the model's, the long one with it."""

# Pillow only warns between one and two times MAX_IMAGE_PIXELS; for us a bomb is an error in either case.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


def open_image(source: Path | bytes | Image.Image, *, name: str | None = None) -> Image.Image:
    """The picture as 8-bit RGB, turned upright by its EXIF orientation.

    Transparent pixels are laid on white, as viewers show them; 16-bit and float greys are scaled, not clipped;
    of an animation the first frame counts. `name` stands for the picture in errors (default: its path).

    Raises:
        ImageError: the file is missing, no picture, truncated, or larger than ``PIL.Image.MAX_IMAGE_PIXELS``.
    """
    name = name or (str(source) if isinstance(source, Path) else "the image")
    if isinstance(source, Image.Image):
        return _converted(source, name)
    data = source if isinstance(source, bytes) else read_bytes(source)
    if not data:
        raise ImageError(f"{name} is empty (0 bytes); copy it again.")
    try:
        with Image.open(io.BytesIO(data)) as image:
            return _converted(image, name)
    except ImageError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        limit = (Image.MAX_IMAGE_PIXELS or 0) / 1e6
        raise ImageError(f"{name} has more than {limit:.0f} megapixels; make it smaller first.") from None
    except UnidentifiedImageError:
        raise ImageError(f"{name} is not a picture that can be read (JPEG, PNG, WebP, GIF, TIFF, BMP).") from None
    except Exception as error:  # Pillow's decoders raise whatever their format led them to
        raise ImageError(f"{name} is damaged or cut short ({first_line(error)}).") from error


def read_bytes(path: Path) -> bytes:
    """The file's bytes.

    Raises:
        ImageError: it cannot be read; the message names it.
    """
    try:
        with open_regular(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size > LARGEST:
                raise ImageError(f"{path} has {size / 1e6:.0f} MB, more than any picture; make it smaller first.")
            return file.read()
    except FileNotFoundError:
        raise ImageError(f"{path} does not exist.") from None
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or first_line(error)
        raise ImageError(f"{path} cannot be read ({why}).") from None


def _converted(image: Image.Image, name: str) -> Image.Image:
    """As `to_rgb`; shapes that a resize would blow up, and pictures that cannot be decoded, are named errors."""
    short, long = sorted(image.size)
    if not short or long > SLIMMEST * short:
        raise ImageError(f"{name} is {image.width} × {image.height} pixels, too slim a strip to be read.")
    try:
        return to_rgb(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise
    except Exception as error:  # Pillow's decoders raise whatever their format led them to
        raise ImageError(f"{name} is damaged or cut short ({first_line(error)}).") from error


def to_rgb(image: Image.Image) -> Image.Image:
    """An opened picture as upright 8-bit RGB; a new image, never the one given."""
    image = ImageOps.exif_transpose(image)  # a copy in any case
    if image.mode.startswith(("I", "F")):
        image = _scale_grey(image)
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        image = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image)
    return image.convert("RGB") if image.mode != "RGB" else image


def sha256(data: bytes) -> str:
    """Hex digest by which images are told apart."""
    return hashlib.sha256(data).hexdigest()


def _scale_grey(image: Image.Image) -> Image.Image:
    """Greys of more than 8 bits: 16-bit ones by 257, others from their own lowest to highest value."""
    values = np.asarray(image, dtype=np.float64)
    values = np.nan_to_num(values, posinf=0.0, neginf=0.0)
    if values.min() >= 0 and 255 < values.max() <= 65535:
        values = values / 257
    elif values.max() > 255 or values.min() < 0:
        values = (values - values.min()) / max(float(np.ptp(values)), 1e-12) * 255
    return Image.fromarray(np.rint(values).astype(np.uint8), "L")
