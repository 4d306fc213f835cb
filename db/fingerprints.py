"""SHA-256 of pictures, read in threads; a file whose size and time are known is not read again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What tells a picture from another. All but `location` are None for a URL, which is not fetched."""

    location: str
    sha256: str | None = None
    size: int | None = None
    mtime_ns: int | None = None

    @property
    def key(self) -> str:
        """The picture's identity: its content where that is known."""
        return self.sha256 or self.location


_THREADS: Final = 8


def fingerprints(
    wanted: Sequence[tuple[str, str]], known: Mapping[str, Fingerprint]
) -> dict[str, Fingerprint | OSError]:
    """Fingerprints by location, of (location, path or URL) pairs; an error stands for a file that cannot be read."""

    def one(pair: tuple[str, str]) -> Fingerprint | OSError:
        location, path = pair
        return _fingerprint(location, path, known.get(location))

    if len(wanted) < 16:
        return {pair[0]: one(pair) for pair in wanted}
    with ThreadPoolExecutor(_THREADS) as pool:
        return dict(zip((pair[0] for pair in wanted), pool.map(one, wanted), strict=True))


def _fingerprint(location: str, path: str, known: Fingerprint | None) -> Fingerprint | OSError:
    if "://" in location:
        return Fingerprint(location)
    try:
        now = os.stat(path)  # noqa: PTH116 — a million times
        if known is not None and (known.size, known.mtime_ns) == (now.st_size, now.st_mtime_ns):
            return known
        with Path(path).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return error
    return Fingerprint(location, digest, now.st_size, now.st_mtime_ns)
