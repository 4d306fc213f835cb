"""Drawn scenes whose every word is known to be true or false: the bundled model's training data and test.

A scene is a handful of facts (what, how large, how many, where, on which colour); its picture and its caption
both come from them. Swapping one word of the caption swaps one fact, and the scene with the other fact is the
*twin*, of which the swapped caption is true.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from captionlint.core.demo.sprites import sprite
from captionlint.core.demo.vocabulary import COLOURS, COUNTS, FORMS, INVERSE, KINDS, NOUNS, RELATIONS, SIZES

SceneType = Literal["size", "two", "count", "relation"]
Box = tuple[int, int, int, int]
SIDE: Final = 96
"""Width and height of a scene's picture in pixels."""
TYPES: Final[tuple[SceneType, ...]] = ("size", "two", "count", "relation")
_NOUNS: Final = tuple(NOUNS)
_COLOURS: Final = tuple(COLOURS)
_SIZES: Final = tuple(SIZES)
_COUNTS: Final = tuple(COUNTS)
_RELATIONS: Final = tuple(RELATIONS)


@dataclass(frozen=True)
class Scene:
    """The facts of one scene. Facts that its type does not speak of are None.

    `seed` draws what the caption does not say: places, exact sizes, noise.
    """

    type: SceneType
    noun: str
    colour: str
    seed: int
    form: int = 0
    other: str | None = None
    size: str | None = None
    count: str | None = None
    relation: str | None = None

    @property
    def caption(self) -> str:
        """The caption in this scene's form; true of its picture."""
        return FORMS[self.type][self.form].format(
            noun=self.noun,
            nouns=NOUNS[self.noun][0],
            other=self.other,
            colour=self.colour,
            size=self.size,
            count=self.count,
            relation=RELATIONS.get(self.relation or "", ""),
        )


@dataclass(frozen=True)
class Swap:
    """One changed fact: the scene, its twin, and which word of the captions differs.

    `word` counts from 0 in ``caption.split()``; the captions differ in that word only.
    """

    scene: Scene
    twin: Scene
    kind: str
    word: int


def sample_scene(rng: np.random.Generator, *, type: SceneType | None = None) -> Scene:
    """A random scene; its type is uniform unless given."""
    kind: SceneType = type or TYPES[rng.integers(len(TYPES))]
    first, second = rng.choice(len(_NOUNS), size=2, replace=False)
    pair = kind in ("two", "relation")
    return Scene(
        type=kind,
        noun=_NOUNS[first],
        colour=_pick(rng, _COLOURS),
        seed=int(rng.integers(2**31)),
        form=int(rng.integers(len(FORMS[kind]))),
        other=_NOUNS[second] if pair else None,
        size=_pick(rng, _SIZES) if kind == "size" else None,
        count=_pick(rng, _COUNTS) if kind == "count" else None,
        relation=_pick(rng, _RELATIONS) if kind == "relation" else None,
    )


def swap_word(scene: Scene, rng: np.random.Generator, *, kind: str | None = None) -> Swap:
    """The scene with one fact changed; the kind of fact is uniform among those the scene has unless given."""
    kind = kind or _pick(rng, KINDS[scene.type])
    match kind:
        case "noun":
            second = scene.other is not None and rng.random() < 0.5
            noun = _pick(rng, [n for n in _NOUNS if n not in (scene.noun, scene.other)])
            twin = replace(scene, other=noun) if second else replace(scene, noun=noun)
        case "colour":
            twin = replace(scene, colour=_pick(rng, [c for c in _COLOURS if c != scene.colour]))
        case "size":
            twin = replace(scene, size=_pick(rng, [s for s in _SIZES if s != scene.size]))
        case "count":
            twin = replace(scene, count=_pick(rng, [c for c in _COUNTS if c != scene.count]))
        case "relation":
            twin = replace(scene, relation=INVERSE[scene.relation or ""])
        case _:
            raise ValueError(f"A scene has no word of kind {kind!r}.")
    pairs = zip(scene.caption.split(), twin.caption.split(), strict=True)
    (word,) = [i for i, (a, b) in enumerate(pairs) if a != b]
    return Swap(scene=scene, twin=replace(twin, seed=int(rng.integers(2**31))), kind=kind, word=word)


def draw(scene: Scene) -> tuple[Image.Image, list[tuple[str, Box]]]:
    """The scene's picture (96 × 96 RGB) and the box (left, top, right, bottom) of each object in it."""
    rng = np.random.default_rng(scene.seed)
    picture = Image.fromarray(_background(scene.colour, rng))
    boxes: list[tuple[str, Box]] = []
    for noun, side, (x, y) in _placements(scene, rng):
        glyph = sprite(noun, side)
        left = int(np.clip(x - glyph.width / 2, 0, SIDE - glyph.width))
        top = int(np.clip(y - glyph.height / 2, 0, SIDE - glyph.height))
        picture.paste(glyph, (left, top), glyph)
        boxes.append((noun, (left, top, left + glyph.width, top + glyph.height)))
    return picture, boxes


def stream(seed: int, count: int) -> Iterator[Swap]:
    """`count` random swaps, the same for the same seed on every machine."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield swap_word(sample_scene(rng), rng)


def _pick(rng: np.random.Generator, values: tuple[str, ...] | list[str]) -> str:
    return values[rng.integers(len(values))]


def _background(colour: str, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The colour with a soft gradient in a random direction and a little noise; (96, 96, 3) uint8."""
    ramp = np.linspace(-1.0, 1.0, SIDE, dtype=np.float32)
    slope = rng.uniform(-14, 14, size=2).astype(np.float32)
    shade = slope[0] * ramp[:, None] + slope[1] * ramp[None, :]
    noise = rng.standard_normal((SIDE // 2, SIDE // 2), dtype=np.float32).repeat(2, 0).repeat(2, 1) * 5
    base = np.asarray(COLOURS[colour], dtype=np.float32) + rng.uniform(-8, 8, size=3).astype(np.float32)
    pixels: NDArray[np.uint8] = np.clip(base + (shade + noise)[:, :, None], 0, 255).astype(np.uint8)
    return pixels


def _placements(scene: Scene, rng: np.random.Generator) -> list[tuple[str, int, tuple[float, float]]]:
    """Noun, side in pixels and centre of every object; objects of one scene overlap little or not at all."""
    if scene.type == "size":
        low, high = SIZES[scene.size or ""]
        side = int(rng.integers(low, high + 1))
        return [(scene.noun, side, tuple(rng.uniform(side / 2, SIDE - side / 2, size=2)))]
    if scene.type == "count":
        sides = rng.integers(26, 37, size=COUNTS[scene.count or ""])
        return [(scene.noun, int(s), c) for s, c in zip(sides, _cells(rng, len(sides)), strict=True)]
    first, second = (int(s) for s in rng.integers(30, 45, size=2))
    horizontal = scene.relation in ("left", "right") if scene.relation else bool(rng.random() < 0.5)
    near, far = rng.uniform(20, 27), rng.uniform(69, 76)
    across = rng.uniform(24, 72, size=2) if not scene.relation else rng.uniform(38, 58, size=2)
    centres = [(near, across[0]), (far, across[1])]
    if not horizontal:
        centres = [(y, x) for x, y in centres]
    swapped = scene.relation in ("right", "below") if scene.relation else bool(rng.random() < 0.5)
    if swapped:
        centres.reverse()
    return [(scene.noun, first, centres[0]), (scene.other or "", second, centres[1])]


def _cells(rng: np.random.Generator, count: int) -> list[tuple[float, float]]:
    """Centres in distinct cells of a 2 × 2 grid, jittered."""
    chosen = rng.permutation(4)[:count]
    return [(24 + 48 * (c % 2) + rng.uniform(-6, 6), 24 + 48 * (c // 2) + rng.uniform(-6, 6)) for c in chosen]
