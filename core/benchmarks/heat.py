"""How well heat maps point at the object that a word names, on drawn scenes with two objects. Synthetic."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from captionlint.core.clip.heatmap import HeatMap, HeatMaps
from captionlint.core.demo.scenes import SIDE, Box, draw, sample_scene


@dataclass(frozen=True, slots=True)
class HeatReport:
    """Shares of words, 0 to 1. `hit`: the map's highest point lies in the named object's box; `other`: in the other
    object's. `chance` is what a random point would hit. By occlusion None where no scene was tried.
    """

    hit: float
    other: float
    occlusion_hit: float | None
    occlusion_other: float | None
    chance: float
    scenes: int
    occlusion_scenes: int


def evaluate(
    maps: HeatMaps,
    *,
    count: int = 400,
    seed: int = 0,
    occlusion: int = 400,
    on_progress: Callable[[int], None] | None = None,
) -> HeatReport:
    """Measures `count` scenes that no training has seen; by occlusion too, which is slow, the first `occlusion`."""
    hits, covered, chances = [], [], []
    for number, (picture, boxes) in enumerate(_scenes(count, seed), 1):
        nouns = [noun for noun, _ in boxes]
        found = maps.of_words(picture, nouns)
        slow = maps.by_occlusion(picture, nouns) if number <= occlusion else []
        for index, (_, box) in enumerate(boxes):
            other = boxes[1 - index][1]
            hits.append(_where(found[index], box, other))
            chances.append(_area(box))
            if slow:
                covered.append(_where(slow[index], box, other))
        if on_progress:
            on_progress(number)
    hit, off = (float(v) for v in np.mean(hits, axis=0))
    means = [float(v) for v in np.mean(covered, axis=0)] if covered else [None, None]
    return HeatReport(hit, off, means[0], means[1], float(np.mean(chances)), count, min(occlusion, count))


def _scenes(count: int, seed: int) -> Iterator[tuple[Image.Image, list[tuple[str, Box]]]]:
    rng = np.random.default_rng([seed, 0x4EA7])
    for _ in range(count):
        yield draw(sample_scene(rng, type="two"))


def _where(found: HeatMap, box: Box, other: Box) -> tuple[bool, bool]:
    x, y = (v * SIDE for v in found.peak())
    return _inside(x, y, box), _inside(x, y, other)


def _inside(x: float, y: float, box: Box) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1]) / SIDE**2
