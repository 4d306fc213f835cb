"""SHA-256 of pictures; a file whose size and time are known is not read again."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from captionlint.core.images.hashing import file_sha256


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
_ALONE: Final = 0.05
"""Seconds to go without threads, which take longer than the reading where files are small and near."""


def fingerprints(
    wanted: Sequence[tuple[str, str]], known: Mapping[str, Fingerprint]
) -> dict[str, Fingerprint | OSError]:
    """Fingerprints by location, of (location, path or URL) pairs; an error stands for a file that cannot be read."""

    def one(pair: tuple[str, str]) -> Fingerprint | OSError:
        location, path = pair
        return _fingerprint(location, path, known.get(location))

    found: dict[str, Fingerprint | OSError] = {}
    coming = iter(wanted)
    until = time.monotonic() + _ALONE
    while time.monotonic() < until and (pair := next(coming, None)):
        found[pair[0]] = one(pair)
    if rest := list(coming):
        with ThreadPoolExecutor(_THREADS) as pool:
            found.update(zip((location for location, _ in rest), pool.map(one, rest), strict=True))
    return found


def _fingerprint(location: str, path: str, known: Fingerprint | None) -> Fingerprint | OSError:
    if "://" in location:
        return Fingerprint(location)
    try:
        now = os.stat(path)  # noqa: PTH116 — a million times
        if known is not None and (known.size, known.mtime_ns) == (now.st_size, now.st_mtime_ns):
            return known
        digest = file_sha256(Path(path))
    except OSError as error:
        return error
    return Fingerprint(location, digest, now.st_size, now.st_mtime_ns)
