"""Image names in files become paths that stay inside one folder, or URLs that are passed on."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from captionlint.core.errors import FormatError
from captionlint.core.formats.fields import UNSTORABLE
from captionlint.core.formats.records import RowError

IMAGE_SUFFIXES: Final = frozenset(
    {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic", ".jfif"}
)
_URL: Final = re.compile(r"(?:https?|s3|gs)://\S", re.IGNORECASE)
_OTHER_SCHEME: Final = re.compile(r"(?:[a-z][a-z0-9+.-]+://|data:)", re.IGNORECASE)


class ImageFolder:
    """Resolves image names against one folder and lets none leave it, by ``..``, absolute path or symbolic link."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise FormatError(
                f"The folder of images {folder} {'is no folder' if folder.exists() else 'does not exist'}."
            )
        self.folder = folder.resolve()
        self._inside = os.path.join(self.folder, "")  # noqa: PTH118 - plain strings: Path takes most of an import's time
        self._parent = self._real_parent = str(self.folder)

    def place(self, name: str) -> str:
        """A URL as it is, else the absolute path, links resolved; the file need not exist. Raises RowError."""
        if _URL.match(name):
            return name
        if not name.strip() or UNSTORABLE.search(name):
            raise RowError("the image's name is empty or holds characters that no file name can have.")
        if _OTHER_SCHEME.match(name):
            raise RowError(f"the image {name[:80]!r} is neither a path nor an http, https, s3 or gs URL.")
        path = self._real(name)
        if not path.startswith(self._inside):
            raise RowError(f"the image {name!r} leads out of {self.folder}; give the folder that holds it as images.")
        return path

    def _real(self, name: str) -> str:
        parent, last = os.path.split(os.path.join(self.folder, name))  # noqa: PTH118
        if last in ("", ".", ".."):
            return os.path.realpath(os.path.join(parent, last))  # noqa: PTH118
        if parent != self._parent:  # rows come folder by folder: resolving it once spares most of the work
            self._parent, self._real_parent = parent, os.path.realpath(parent)
        real = os.path.join(self._real_parent, last)  # noqa: PTH118
        return os.path.realpath(real) if os.path.islink(real) else real  # noqa: PTH114
