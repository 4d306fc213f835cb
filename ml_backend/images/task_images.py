"""The pictures that tasks name: had wherever they are, kept by content in a folder beside the store.

A task may name anything, so nothing is taken at its word: no path of this machine but below Label Studio's folder of
local files, no address of a private network that was not allowed, no file that is not a picture. The token of Label
Studio goes to Label Studio alone.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, unquote, unquote_to_bytes, urlsplit

from captionlint.core.errors import CaptionlintError, ImageError
from captionlint.core.images.opening import opened
from captionlint.ml_backend.images.safe_http import LARGEST, Guard, get, origin_of
from captionlint.ml_backend.label_studio.tokens import TokenAuth

_SUFFIXES: Final[Mapping[str, str]] = {
    "JPEG": ".jpg", "MPO": ".jpg", "PNG": ".png", "WEBP": ".webp", "GIF": ".gif", "TIFF": ".tiff", "BMP": ".bmp",
}  # fmt: skip
_FORMATS: Final = tuple(name for name in _SUFFIXES if name != "MPO")  # Pillow opens those as JPEG
_DATA: Final = re.compile(r"data:image/[a-z0-9.+-]+((?:;[a-z0-9=._-]+)*),", re.IGNORECASE)
_HELD: Final = ("/data/upload/", "/data/local-files/", "/tasks/", "/storage-data/")
"""Where Label Studio keeps pictures."""
_CLOUD: Final = frozenset({"s3", "gs", "azure-blob", "azure-spi", "r2"})


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture on this machine and the SHA-256 of its file."""

    path: Path
    sha256: str


class Pictures:
    """Finds the picture that a task names.

    Attributes:
        folder: where fetched pictures are kept, under the SHA-256 of their content.
    """

    def __init__(
        self,
        folder: Path,
        *,
        url: str | None = None,
        api_key: str | None = None,
        local_root: Path | None = None,
        allowed: tuple[str, ...] = (),
    ) -> None:
        self.folder = folder
        self._url = url.rstrip("/") if url else None
        self._origin = origin_of(self._url) if self._url else None
        self._tokens = TokenAuth(self._url, api_key) if self._url and api_key else None
        self._guard = Guard.of(allowed, own=self._origin)
        self._local_root = local_root.resolve() if local_root else None

    def find(self, image: str, *, task_id: int | None = None) -> Picture:
        """The picture of a task's value, fetched if it must be.

        Raises:
            ImageError: it cannot be had, or must not be; the message says why and names no secret.
        """
        local = self._local(image)
        try:
            if local is not None:
                return Picture(local, hashlib.sha256(_read(local)).hexdigest())
            return self._keep(self._bytes(image, task_id), image)
        except OSError as error:
            raise ImageError(f"{image[:80]} cannot be kept or read ({error.strerror or error}).") from error

    def location(self, image: str) -> str:
        """A name for a picture that cannot be had: an address, so that no one takes it for a file."""
        if image[:5].lower() == "data:":
            return f"label-studio://data/{hashlib.sha256(image.encode()).hexdigest()[:20]}"
        if "://" in image:
            return image
        return f"{self._url or 'label-studio://unknown'}/{image.lstrip('/')[:500]}"

    def _bytes(self, image: str, task_id: int | None) -> bytes:
        if image[:5].lower() == "data:":
            return _from_data(image)
        scheme = image.partition("://")[0].lower() if "://" in image else ""
        if scheme in ("http", "https"):
            return get(image, guard=self._guard, headers_for=self._headers)
        if scheme in _CLOUD:
            return self._from_label_studio(_presigned(image, task_id), image)
        if scheme == "" and image.startswith(_HELD):
            return self._from_label_studio(image, image)
        raise ImageError(f"{image[:80]!r} is no picture that may be read: neither Label Studio's nor a web address.")

    def _from_label_studio(self, path: str, image: str) -> bytes:
        if self._url is None or self._tokens is None:
            raise ImageError(f"{image[:80]} is Label Studio's: set LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY.")
        return get(self._url + path, guard=self._guard, headers_for=self._headers)

    def _headers(self, url: str) -> Mapping[str, str]:
        """The token, for what Label Studio keeps pictures under: a task must not make it open other doors."""
        if self._tokens is None or self._url is None or origin_of(url) != self._origin:
            return {}
        path = unquote(urlsplit(url).path.removeprefix(urlsplit(self._url).path))
        if not path.startswith(_HELD) or ".." in path.split("/"):
            return {}
        try:
            return {"Authorization": self._tokens.header()}
        except CaptionlintError as error:
            raise ImageError(str(error)) from error

    def _local(self, image: str) -> Path | None:
        """The file of a local-files value, where this machine has the folder; links may not lead out of it."""
        if self._local_root is None or not image.startswith("/data/local-files/"):
            return None
        name = (parse_qs(urlsplit(image).query).get("d") or [""])[0]
        try:
            path = (self._local_root / name.lstrip("/")).resolve()
            inside = path.is_relative_to(self._local_root) and path.is_file()
        except (OSError, ValueError):
            inside = False
        return path if inside else None

    def _keep(self, data: bytes, image: str) -> Picture:
        suffix = _SUFFIXES.get(_format(data, image) or "")
        if suffix is None:
            raise ImageError(f"{image[:80]} is not a picture that can be read (JPEG, PNG, WebP, GIF, TIFF, BMP).")
        digest = hashlib.sha256(data).hexdigest()
        path = self.folder / f"{digest}{suffix}"
        if not path.exists():
            self.folder.mkdir(exist_ok=True)
            unfinished = path.with_suffix(f".{secrets.token_hex(4)}.part")
            unfinished.write_bytes(data)
            unfinished.replace(path)
        return Picture(path, digest)


def _presigned(image: str, task_id: int | None) -> str:
    if task_id is None:
        raise ImageError(f"{image[:80]} lies in a cloud storage, and the task has no id to ask Label Studio with.")
    named = base64.urlsafe_b64encode(image.encode()).decode()
    return f"/tasks/{task_id}/presign/?fileuri={named}"


def _from_data(image: str) -> bytes:
    found = _DATA.match(image[:200])
    if found is None:
        raise ImageError("The task's data: address holds no picture.")
    if len(image) > LARGEST * 4 // 3 + 200:
        raise ImageError(f"The task's data: address has more than {LARGEST // 1_000_000} MB.")
    rest = image[found.end() :]
    if ";base64" not in found[1].lower():
        return unquote_to_bytes(rest)
    try:
        return base64.b64decode(unquote_to_bytes(rest), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ImageError("The task's data: address is no base64.") from error


def _read(path: Path) -> bytes:
    if path.stat().st_size > LARGEST:
        raise ImageError(f"{path.name} has more than {LARGEST // 1_000_000} MB.")
    return path.read_bytes()


def _format(data: bytes, image: str) -> str | None:
    """The format by the content: what a server calls it is no proof."""
    try:
        with opened(data, name=image[:80], formats=_FORMATS) as found:
            return found.format
    except ImageError:
        raise
    except Exception:  # Pillow's readers raise whatever their format led them to
        return None
