"""Pictures, decoded in a pool by the same function as the model's, so that eye and model see the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal
from PySide6.QtGui import QImage

from captionlint.core.errors import ImageError
from captionlint.core.images.opening import open_image
from captionlint.core.regular_files import open_regular
from captionlint.desktop.background.worker import Background
from captionlint.desktop.style.strings import QT_TRANSLATE_NOOP, reported

PREVIEW: Final = 2048
"""Longest side of the copy that is drawn while the picture fits the window."""
_BAND: Final = 2**18
"""Pixels that are handed to Qt at once, since no other thread runs meanwhile."""
AHEAD_AFTER: Final = 60
"""Milliseconds that the next pictures wait, while the one that was just asked for is painted: decoding takes the
processors and, for its copies, the interpreter's lock, and made the painting twice as long."""
KEPT_BYTES: Final = 512 * 2**20
ON_THE_WEB: Final = QT_TRANSLATE_NOOP(
    "decoding", "The picture is a web address; download it and import the caption again."
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture, or why there is none. `preview` is `full` where that is small.

    The images' pixels lie in `pixels`: an image must not outlive its picture.
    """

    path: str
    full: QImage | None
    preview: QImage | None
    error: str | None = None
    pixels: tuple[NDArray[np.uint8], ...] = ()

    @property
    def bytes(self) -> int:
        """Memory that it holds."""
        images = {id(i): i for i in (self.full, self.preview) if i is not None}
        return sum(image.sizeInBytes() for image in images.values())


class Pictures(QObject):
    """Decodes what is asked for, keeps the last ones, and decodes the next ones ahead.

    Signals:
        ready: a `Picture` that was asked for.
    """

    ready = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = Background(name="decode", threads=2, newest_first=True, parent=self)
        self._known: OrderedDict[str, Picture] = OrderedDict()
        self._asked: set[str] = set()
        self._ahead: list[str] = []
        self._soon = QTimer(self, interval=AHEAD_AFTER, singleShot=True)
        self._soon.timeout.connect(self._decode_ahead)

    @property
    def idle(self) -> bool:
        """Whether nothing is decoded and nothing will be."""
        return self._pool.idle and not self._soon.isActive()

    def get(self, path: str) -> Picture | None:
        """The picture if it is there now; else it is decoded and `ready` tells."""
        found = self._known.get(path)
        if found is not None:
            self._known.move_to_end(path)
            return found
        self._decode(path)
        return None

    def prefetch(self, paths: Iterable[str]) -> None:
        """Decodes pictures that will be wanted next, the first one first, once what is shown now is painted."""
        self._ahead = list(paths)
        self._soon.start()

    def forget(self, path: str) -> None:
        """Reads the file again when it is asked for the next time."""
        self._known.pop(path, None)

    def stop(self) -> None:
        """Decodes nothing more; a picture that is being decoded is dropped."""
        self._soon.stop()
        self._pool.stop()

    def _decode_ahead(self) -> None:
        for path in reversed(self._ahead):
            if path not in self._known:
                self._decode(path)

    def _decode(self, path: str) -> None:
        if path not in self._asked:
            self._asked.add(path)
            self._pool.ask(partial(decode, path), self._take)

    def _take(self, picture: Picture) -> None:
        self._asked.discard(picture.path)
        self._known[picture.path] = picture
        while sum(p.bytes for p in self._known.values()) > KEPT_BYTES and len(self._known) > 1:
            self._known.popitem(last=False)
        self.ready.emit(picture)


def decode(path: str) -> Picture:
    """Reads a picture for the screen; any thread."""
    if "://" in path:
        return Picture(path, None, None, QCoreApplication.translate("decoding", ON_THE_WEB))
    try:
        image = open_image(Path(path))
    except ImageError as error:
        return Picture(path, None, None, reported(str(error)))
    full, pixels = _shared(image)
    factor = -(-max(image.size) // PREVIEW)
    if factor == 1:
        return Picture(path, full, full, pixels=(pixels,))
    preview, small = _shared(image.reduce(factor))
    return Picture(path, full, preview, pixels=(pixels, small))


def thumbnail(path: str, side: tuple[int, int]) -> QImage | None:
    """The whole picture, no larger than `side`; None where it cannot be read."""
    if "://" in path:
        return None
    try:
        image = _draft(Path(path), side)
    except ImageError:
        return None
    scale = min(side[0] / image.width, side[1] / image.height, 1.0)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return as_qimage(image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0))


def _draft(path: Path, side: tuple[int, int]) -> Image.Image:
    """A JPEG at the smallest scale that its decoder offers for free; any other picture whole."""
    try:
        with open_regular(path) as file, Image.open(file) as image:
            if image.format != "JPEG":
                return open_image(path)
            image.draft("RGB", (side[0] * 2, side[1] * 2))
            return open_image(image)
    except ImageError:
        raise
    except Exception as error:  # Pillow's decoders raise whatever their format led them to
        raise ImageError(f"{path} cannot be read ({error}).") from error


def as_qimage(image: Image.Image) -> QImage:
    """A small RGB picture as Qt draws it fastest; the pixels are Qt's own."""
    return _shared(image)[0].copy()


def _shared(image: Image.Image) -> tuple[QImage, NDArray[np.uint8]]:
    """An RGB picture as Qt draws it fastest, and the pixels that it stands on.

    Qt's own conversion, and even its copy, would hold the interpreter's lock, and so the window, for 12 megapixels
    some 20 ms; Pillow's conversions let go of it, and of each band only a copy of a megabyte is left.
    """
    width, height = image.size
    data = np.empty(4 * width * height, dtype=np.uint8)
    rows = max(1, _BAND // width)
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        band = image.crop((0, top, width, bottom)).convert("RGBA")
        data[4 * width * top : 4 * width * bottom] = np.frombuffer(band.tobytes("raw", "BGRA"), dtype=np.uint8)
    return QImage(data.data, width, height, 4 * width, QImage.Format.Format_RGB32), data
