"""Images that stand inside files: taken out of a tar or Parquet source, put into one on the way out."""

from __future__ import annotations

import hashlib
import io
import secrets
from pathlib import Path
from typing import Final

from captionlint.core.errors import FormatError, ImageError
from captionlint.core.formats.corrections import LeftOut
from captionlint.core.formats.files.image_paths import ImageFolder
from captionlint.core.formats.records import ExportItem, RowError
from captionlint.core.regular_files import open_regular

MAX_IMAGE: Final = 1 << 28
"""Bytes of one image; a larger one is refused unread."""

_SIGNATURES: Final = (
    (0, b"\xff\xd8\xff", "jpg"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (8, b"WEBP", "webp"),
    (0, b"GIF8", "gif"),
    (0, b"BM", "bmp"),
    (0, b"II*\0", "tif"),
    (0, b"MM\0*", "tif"),
)


class ExtractedImages:
    """A folder ``NAME-images`` beside a source, or in the folder of images, for the images inside that source.

    Each is named by its content, so reading a source again writes nothing new, no file that is there is ever
    changed, and no name from inside the source reaches the disk.
    """

    def __init__(self, source: Path, images: ImageFolder) -> None:
        self._images = images
        self._folder = Path(images.place(f"{source.name.partition('.')[0] or 'source'}-images"))

    def keep(self, data: bytes) -> str:
        """The path of a file with this content, written if need be. RowError for what is no image."""
        suffix = suffix_of(data)
        if suffix is None:
            raise RowError("the image is of no known format (JPEG, PNG, WebP, GIF, BMP, TIFF).")
        path = Path(self._images.place(str(self._folder / f"{hashlib.sha256(data).hexdigest()[:32]}.{suffix}")))
        if not path.exists():
            self._write(path, data)
        return str(path)

    def _write(self, path: Path, data: bytes) -> None:
        unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        try:
            self._folder.mkdir(exist_ok=True)
            unfinished.write_bytes(data)
            unfinished.replace(path)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise FormatError(
                f"The images cannot be taken out to {self._folder}: {error.strerror}; give a folder of images that "
                "can be written to."
            ) from error


def suffix_of(data: bytes) -> str | None:
    """The format of an image by its first bytes, as a file suffix without the dot."""
    return next((suffix for at, mark, suffix in _SIGNATURES if data[at : at + len(mark)] == mark), None)


def image_bytes(item: ExportItem) -> bytes | None:
    """The image's file as it is; None where there is no such file on this machine, or no picture in it.

    A store names files by path: one from a stranger must not carry other files of this machine into an export.
    """
    if item.image_path is None:
        return None
    try:
        with open_regular(item.image_path) as file:
            data = file.read()
    except OSError:
        return None
    return data if suffix_of(data) or _is_image(data) else None


def _is_image(data: bytes) -> bool:
    from captionlint.core.images.opening import opened

    try:
        with opened(data, name="the image"):
            return True
    except (OSError, ValueError, SyntaxError, ImageError):
        return False


def trainable_image(item: ExportItem) -> tuple[bytes, str]:
    """The image's bytes and suffix, among those that training pipelines read: jpg, png, webp.

    Others are written anew as PNG, without loss. LeftOut where there is no file, or no image in it.
    """
    data = image_bytes(item)
    if data is None:
        raise LeftOut("the image is not on this machine")
    suffix = suffix_of(data)
    return (data, suffix) if suffix in ("jpg", "png", "webp") else (_as_png(data), "png")


def _as_png(data: bytes) -> bytes:
    from captionlint.core.images.opening import opened

    try:
        with opened(data, name="the image") as image, io.BytesIO() as out:
            image.convert("RGBA" if "transparency" in image.info or image.mode == "RGBA" else "RGB").save(out, "PNG")
            return out.getvalue()
    except (OSError, ValueError, SyntaxError, ImageError) as error:
        raise LeftOut("the image cannot be read") from error
