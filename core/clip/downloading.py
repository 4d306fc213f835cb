"""Brings a file of the hub into its cache, and goes on with one that was begun.

The hub's client (huggingface_hub 2.4) writes each download under a name that is used once: one that is stopped begins
anew, and when its process was killed the part stays on the disk for good. So the file is brought here to where the
client looks before it downloads, ``blobs/ETAG`` in the repository's folder of the cache; the rest is the client's.
A part that nobody will go on with, since the hub has another file by now, goes when that one is downloaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from captionlint.core.images.hashing import file_sha256

BEGUN: Final = ".begun"
"""How the name of a file ends that is not whole yet."""
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def bring(repository: str, names: Sequence[str]) -> None:
    """Downloads the first of these files that the repository has, unless it is in the cache.

    Raises:
        OSError: what arrived is not what the hub said. What else goes wrong is told by the client's own errors.
    """
    from huggingface_hub import hf_hub_url
    from huggingface_hub.errors import EntryNotFoundError

    for name in names:
        try:
            blob = _bring(hf_hub_url(repository, name), _blobs(repository))
        except EntryNotFoundError:
            continue
        if blob is not None:
            _link(repository, name, blob)
        return


def begun_bytes(repository: str) -> int:
    """How much has arrived of a repository's files that are not whole yet."""
    return sum(_sizes(_blobs(repository)))


def _bring(url: str, folder: Path) -> Path | None:
    from huggingface_hub import get_hf_file_metadata, get_token
    from huggingface_hub.utils import WeakFileLock  # type: ignore[attr-defined]  # exported, but not in __all__

    token = get_token()
    headers = {"authorization": f"Bearer {token}"} if token else {}
    about: Any = get_hf_file_metadata(url, token=token)
    if not about.etag or not about.size:
        return None
    whole: Path = folder / about.etag
    locks = folder.parents[1] / ".locks" / folder.parent.name  # the client's own
    locks.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    with WeakFileLock(locks / f"{whole.name}.lock"):
        if not whole.exists():
            for part in set(folder.glob(f"*{BEGUN}")) - {_part(whole)}:
                with suppress(OSError), WeakFileLock(locks / f"{part.stem}.lock", timeout=0.1):  # or another goes on
                    part.unlink()
            _go_on(url, headers, whole, about.size)
    return whole


def _link(repository: str, name: str, blob: Path) -> None:
    """Has the client give the file its name: by a link, or by a copy where Windows makes none, which is enough then."""
    from huggingface_hub import hf_hub_download

    if not Path(hf_hub_download(repository, name)).is_symlink():
        with suppress(OSError):  # another process reads it
            blob.unlink()


def _go_on(url: str, headers: dict[str, str], whole: Path, size: int) -> None:
    from huggingface_hub.file_download import http_get

    begun = _part(whole)
    with begun.open("ab") as file:
        if file.tell() > size:
            file.truncate(0)
            file.seek(0)
        http_get(url, file, resume_size=file.tell(), headers=headers, expected_size=size)
    if _SHA256.fullmatch(whole.name) and file_sha256(begun) != whole.name:
        begun.unlink()
        raise OSError("what arrived is damaged")
    begun.replace(whole)


def _part(whole: Path) -> Path:
    return whole.with_name(whole.name + BEGUN)


def _blobs(repository: str) -> Path:
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE) / f"models--{repository.replace('/', '--')}" / "blobs"


def _sizes(folder: Path) -> Iterator[int]:
    for path in folder.glob(f"*{BEGUN}"):
        with suppress(OSError):  # it is whole now, and has another name
            yield path.stat().st_size
