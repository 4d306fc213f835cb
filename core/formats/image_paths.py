"""Image names in files become paths that stay inside one folder, or URLs that are passed on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from core.errors import FormatError
from core.formats.records import RowError

IMAGE_SUFFIXES: Final = frozenset(
    {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic", ".jfif"}
)
_URL: Final = re.compile(r"(?:https?|s3|gs)://\S", re.IGNORECASE)
_OTHER_SCHEME: Final = re.compile(r"(?:[a-z][a-z0-9+.-]+://|data:)", re.IGNORECASE)
_UNUSABLE: Final = re.compile("[\x00\ud800-\udfff]")


class ImageFolder:
    """Resolves image names against one folder and lets none leave it, by ``..``, absolute path or symbolic link."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise FormatError(f"The folder of images {folder} does not exist.")
        self.folder = folder.resolve()
        self._parent = self._real_parent = self.folder

    def place(self, name: str) -> str:
        """A URL as it is, else the absolute path, links resolved; the file need not exist. Raises RowError."""
        if _URL.match(name):
            return name
        if not name.strip() or _UNUSABLE.search(name):
            raise RowError("the image's name is empty or holds characters that no file name can have.")
        if _OTHER_SCHEME.match(name):
            raise RowError(f"the image {name[:80]!r} is neither a path nor an http, https, s3 or gs URL.")
        path = self._real(name)
        if not path.is_relative_to(self.folder):
            raise RowError(f"the image {name!r} leads out of {self.folder}; give the folder that holds it as images.")
        return str(path)

    def _real(self, name: str) -> Path:
        path = self.folder / name
        if path.name in ("", ".."):
            return _resolved(path, name)
        if path.parent != self._parent:  # rows come folder by folder: resolving it once spares most of the work
            self._parent, self._real_parent = path.parent, _resolved(path.parent, name)
        real = self._real_parent / path.name
        return _resolved(real, name) if real.is_symlink() else real


def _resolved(path: Path, name: str) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle, before Python 3.13
        raise RowError(f"the image {name!r} cannot be resolved: its links lead in a circle.") from error
