"""Opening the pictures that annotators have, all to one form: upright, 8-bit RGB.

Used for what the model sees and for what a person sees, so that the two never disagree about orientation,
colour or transparency.
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PIL import Image, ImageOps, UnidentifiedImageError

from captionlint.core.errors import ImageError, first_line
from captionlint.core.regular_files import open_regular

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGEST: Final = 512_000_000
"""Bytes that a picture's file may have."""
SLIMMEST: Final = 200
"""How many times as long as short a picture may be: its short side is scaled to the model's, the long one with it."""
_CHANNELS: Final = (1, 3, 4)
Source = Path | bytes | Image.Image
"""An image to open: its path, its file's content, or itself."""


def as_source(value: object) -> Source:
    """Any value as something to open. Arrays and tensors are copied, so that they may change afterwards.

    Taken are paths, the bytes of an encoded file, PIL images, NumPy arrays (H, W), (H, W, 1), (H, W, 3) or (H, W, 4)
    and PyTorch tensors (H, W), (1, H, W), (3, H, W) or (4, H, W): grey, RGB or RGBA, in uint8 from 0 to 255 or
    in floats from 0 to 1.

    Raises:
        ImageError: it is nothing of that.
    """
    if isinstance(value, Image.Image):
        return value
    try:
        if isinstance(value, str | os.PathLike):
            return Path(os.fspath(value))
        if isinstance(value, bytes | bytearray | memoryview):
            return bytes(value)
        # Whoever gives an array or a tensor has loaded its package.
        if "torch" in sys.modules and isinstance(value, sys.modules["torch"].Tensor):
            return _of_array(_channels_last(value))
        if "numpy" in sys.modules and isinstance(value, sys.modules["numpy"].ndarray):
            return _of_array(value)
    except ImageError:
        raise
    except Exception as error:  # whatever a strange array or path does
        raise ImageError(f"The image cannot be read ({first_line(error)}).") from error
    raise ImageError(
        f"An image is a path, the bytes of a file, a PIL image, an array or a tensor, not {type(value).__name__}."
    )


def open_image(source: Source, *, name: str | None = None) -> Image.Image:
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
        with opened(data, name=name) as image:
            return _converted(image, name)
    except ImageError:
        raise
    except UnidentifiedImageError:
        raise ImageError(f"{name} is not a picture that can be read (JPEG, PNG, WebP, GIF, TIFF, BMP).") from None
    except Exception as error:  # Pillow's decoders raise whatever their format led them to
        raise ImageError(f"{name} is damaged or cut short ({first_line(error)}).") from error


@contextmanager
def opened(data: bytes, *, name: str, formats: tuple[str, ...] | None = None) -> Iterator[Image.Image]:
    """An encoded image, its pixels not decoded yet. Pillow's own errors pass, but for those about its size.

    Pillow only warns between one and two times ``MAX_IMAGE_PIXELS``. Here that is an error, without a change to the
    warnings of the whole process.

    Raises:
        ImageError: it has more than ``PIL.Image.MAX_IMAGE_PIXELS``.
    """
    limit = Image.MAX_IMAGE_PIXELS
    try:
        with Image.open(io.BytesIO(data), formats=formats) as image:
            if limit is not None and image.width * image.height > limit:
                raise Image.DecompressionBombError
            yield image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ImageError(f"{name} has more than {(limit or 0) / 1e6:.0f} megapixels; make it smaller first.") from None


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


def _channels_last(tensor: Any) -> NDArray[Any]:
    """A tensor as an array (H, W) or (H, W, C)."""
    if tensor.ndim == 3:
        if tensor.shape[0] not in _CHANNELS:
            raise ImageError(f"A tensor has the shape (3, height, width), not {tuple(tensor.shape)}.")
        tensor = tensor.movedim(0, -1)
    if tensor.is_floating_point():
        tensor = tensor.float()
    array: NDArray[Any] = tensor.detach().cpu().numpy()
    return array


def _of_array(values: NDArray[Any]) -> Image.Image:
    """A grey, RGB or RGBA array as an image of its own."""
    import numpy as np

    if values.ndim not in (2, 3) or (values.ndim == 3 and values.shape[2] not in _CHANNELS):
        raise ImageError(f"An array has the shape (height, width, 3), not {values.shape}.")
    if not values.size:
        raise ImageError("The array has no pixels.")
    if np.issubdtype(values.dtype, np.floating):
        low, high = float(values.min()), float(values.max())
        if not 0 <= low <= high <= 1:
            raise ImageError(f"An array of floats goes from 0 to 1, not from {low:g} to {high:g}.")
        values = np.rint(values * 255).astype(np.uint8)
    elif values.dtype != np.uint8:
        raise ImageError(f"An array holds uint8 (0 to 255) or floats (0 to 1), not {values.dtype}.")
    return Image.fromarray(np.array(values[..., 0] if values.shape[2:] == (1,) else values, order="C"))


def _scale_grey(image: Image.Image) -> Image.Image:
    """Greys of more than 8 bits: 16-bit ones by 257, others from their own lowest to highest value."""
    import numpy as np

    values = np.asarray(image, dtype=np.float64)
    values = np.nan_to_num(values, posinf=0.0, neginf=0.0)
    if values.min() >= 0 and 255 < values.max() <= 65535:
        values = values / 257
    elif values.max() > 255 or values.min() < 0:
        values = (values - values.min()) / max(float(np.ptp(values)), 1e-12) * 255
    return Image.fromarray(np.rint(values).astype(np.uint8), "L")
