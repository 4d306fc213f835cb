"""The models that have a short name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from captionlint.core.prediction import DEFAULT_EPSILON

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
