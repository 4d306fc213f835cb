"""Train, dev and test by the image's hash alone: an image, with all its captions, never moves."""

from __future__ import annotations

import hashlib

from captionlint.core.formats.records import Split


def split_of(image_sha256: str) -> Split:
    """80 % train, 10 % dev, 10 % test, the same in every export of every store."""
    digest = hashlib.sha256(f"captionlint split {image_sha256.lower()}".encode()).digest()
    place = int.from_bytes(digest[:8]) / 2**64
    return "train" if place < 0.8 else "dev" if place < 0.9 else "test"
