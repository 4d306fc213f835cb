"""Features of images: decoded in threads ahead of the model, encoded in batches, and kept for the next captions."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import torch
from PIL import Image
from torch import Tensor

from captionlint.core.clip.image_tower import PictureTower
from captionlint.core.images.opening import Source, open_image, read_bytes, sha256


@dataclass(frozen=True, slots=True)
class LoadedImage:
    """An image's hash, and its features (E,) if they are known, else its pixels (3, side, side)."""

    key: str
    pixels: Tensor | None
    features: Tensor | None


class ImageFeatures:
    """Loads images and encodes them. `load` and `start` may run in any thread, `encode` in one only.

    Attributes:
        kept: the number of images whose features are kept.
    """

    def __init__(
        self, tower: PictureTower, transform: Callable[[Image.Image], Tensor], device: torch.device, *, kept: int
    ) -> None:
        self._tower, self._transform, self._device = tower, transform, device
        self.kept = kept
        self._known: OrderedDict[str, Tensor] = OrderedDict()
        self.begin_threads()

    def begin_threads(self) -> None:
        """Starts the threads that decode; again in a forked process, which has none."""
        self._opening = Lock()
        self._threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="decode")

    def start(self, source: Source) -> Future[LoadedImage]:
        """Loads an image in a thread. The future raises `ImageError` if it cannot be opened."""
        return self._threads.submit(self.load, source)

    def load(self, source: Source) -> LoadedImage:
        """Reads and hashes an image and, unless its features are known, decodes and transforms it.

        Raises:
            ImageError: it cannot be opened.
        """
        if isinstance(source, Image.Image):
            with self._opening:  # Pillow decodes a lazily opened image here, and not in two threads at once
                rgb = open_image(source)
            key = sha256(repr(rgb.size).encode() + rgb.tobytes())
            known = self._known.get(key)
            return LoadedImage(key, self._transform(rgb) if known is None else None, known)
        name = str(source) if isinstance(source, Path) else None
        data = read_bytes(source) if isinstance(source, Path) else source
        key = sha256(data)
        known = self._known.get(key)
        pixels = self._transform(open_image(data, name=name)) if known is None else None
        return LoadedImage(key, pixels, known)

    def encode(self, images: Sequence[LoadedImage]) -> dict[str, Tensor]:
        """Unit features (E,) of these images by key. New ones are kept; the ones not used for longest are dropped."""
        features = {image.key: image.features for image in images if image.features is not None}
        new = {image.key: image.pixels for image in images if image.pixels is not None and image.key not in features}
        if new:
            encoded = self._tower.encode(torch.stack(list(new.values())).to(self._device))
            features |= dict(zip(new, encoded, strict=True))
        for key, feature in features.items():
            self._known[key] = feature
            self._known.move_to_end(key)
        while len(self._known) > self.kept:
            self._known.popitem(last=False)
        return features
