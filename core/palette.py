"""The one diverging scale of attributions: orange speaks against a word, blue for it. Safe for colour blindness.

Words near zero carry no tint; marks are never told by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

STEPS: Final = (0.08, 0.30, 0.65)
"""Shares of the scale's reach at which a tint gets stronger."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours as #RRGGBB. `against` and `speaks_for` go from weak to strong; `on_tint` is each step's text."""

    window: str
    panel: str
    line: str
    text: str
    dim: str
    accent: str
    canvas: str
    against: tuple[str, str, str]
    speaks_for: tuple[str, str, str]
    on_tint: tuple[str, str, str]
    underline: str


LIGHT: Final = Theme(
    window="#F6F6F4",
    panel="#FFFFFF",
    line="#E2E2DE",
    text="#1B1F24",
    dim="#636A74",
    accent="#2E6FB0",
    canvas="#E9E9E6",
    against=("#FCE9DB", "#F6BE94", "#E98441"),
    speaks_for=("#E3EEF8", "#A9CBEA", "#5F9FD6"),
    on_tint=("#1B1F24", "#1B1F24", "#1B1F24"),
    underline="#C2500F",
)
DARK: Final = Theme(
    window="#16181C",
    panel="#1D2025",
    line="#2C3038",
    text="#E6E8EB",
    dim="#9299A3",
    accent="#5AA0E0",
    canvas="#101114",
    against=("#3A2417", "#7A4320", "#C96B2C"),
    speaks_for=("#182A3C", "#21507E", "#3B80BE"),
    on_tint=("#E6E8EB", "#E6E8EB", "#08090B"),
    underline="#F0853A",
)


def reach(scores: Iterable[float]) -> float:
    """The attribution at which the strongest tint is full: the 95th percentile of the sizes; 1 if all are 0."""
    sizes = sorted(abs(score) for score in scores)
    return (sizes[min(len(sizes) - 1, int(0.95 * len(sizes)))] if sizes else 0.0) or 1.0


def step(score: float, *, scale: float) -> int:
    """−3 (strongly against) to 3 (strongly for); 0 carries no tint. `scale` comes from `reach`."""
    size = sum(abs(score) >= share * scale for share in STEPS)
    return -size if score < 0 else size


def contrast(first: str, second: str) -> float:
    """WCAG contrast ratio of two #RRGGBB colours, 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
