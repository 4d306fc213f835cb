"""The models that have a short name, and how a model's name is written: ``NAME`` or ``NAME:PRETRAINED``."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from core.errors import UsageError
from core.prediction import DEFAULT_EPSILON

DEFAULT: Final = "fast"
DEMO: Final = "demo"
LAYERS: Final = 3
"""K, the last text blocks that are read: the paper's choice."""
TEMPLATE: Final = "A photo depicts "
"""What stands before every caption, the paper's and the bundled model's."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A short name for a model and its weights. `pretrained` is open_clip's tag, or a checkpoint's path.

    `megabytes` is the size of the download; `epsilon` the threshold that is used where none is given.
    """

    name: str
    model: str
    pretrained: str
    megabytes: int
    good_for: str
    epsilon: float = DEFAULT_EPSILON


PRESETS: Final[dict[str, Preset]] = {
    preset.name: preset
    for preset in (
        Preset(DEFAULT, "ViT-B-32", "laion2b_s34b_b79k", 605, "the default; a laptop's CPU is enough"),
        Preset("accurate", "ViT-L-14", "laion2b_s32b_b82k", 1_710, "the best word localisation in the paper's table"),
        Preset("paper", "ViT-H-14", "laion2b_s32b_b79k", 3_944, "the paper's main model; wants a GPU"),
        Preset(DEMO, DEMO, "", 5, "bundled and offline; knows only drawn scenes", epsilon=-3.7e-3),
    )
}


def resolve(name: str) -> Preset:
    """The preset of that name, or one made up for ``NAME:PRETRAINED``.

    Raises:
        UsageError: neither a preset nor of that form; the message suggests the nearest names.
    """
    if name in PRESETS:
        return PRESETS[name]
    model, colon, pretrained = name.partition(":")
    if colon and model and pretrained:
        return Preset(name, model, pretrained, 0, "")
    if "=" in name or "/" in name or "\\" in name:
        example = "ViT-B-32:laion2b_s34b_b79k=/path/to/file"
        raise UsageError(f"'{name}' names no model; weights of a file go with model and tag: --model {example}.")
    from core import model_config, published

    if name in model_config.names():
        usable, tags = published.usable_tags(name), list(published.tags(name))
        if usable:
            hint = f"say which weights, for example {name}:{usable[0]}"
        elif tags:
            hint = f"{name}:{tags[0]} cannot be used: {published.why_refused(name, tags[0])}"
        else:
            hint = "no weights of it are published"
        raise UsageError(f"'{name}' names a model but no weights; {hint}.")
    names = [*PRESETS, *(f"{m}:{tag}" for m, tag in published.known() if published.why_refused(m, tag) is None)]
    raise UsageError(f"There is no model '{name}'{nearest(name, names)}. `captionlint models` lists them.")


def nearest(name: str, known: Iterable[str]) -> str:
    """`` (did you mean 'a' or 'b'?)``, or nothing if no known name is close."""
    lowered = {k.lower(): k for k in known}
    close = [lowered[k] for k in difflib.get_close_matches(name.lower(), lowered, n=2, cutoff=0.5)]
    return f" (did you mean {' or '.join(repr(c) for c in close)}?)" if close else ""
