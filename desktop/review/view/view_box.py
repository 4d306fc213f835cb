"""Where a picture stands in its view: fitted, or at a scale around a centre. Numbers only, no widget."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

_LARGEST: Final = 32.0
_STEP: Final = 1.25


@dataclass(frozen=True, slots=True)
class ViewBox:
    """A picture of `width` × `height` in a view; all lengths in the view's pixels.

    `scale` is None while the picture is fitted. `x`, `y`: the picture's point, 0 to 1, in the view's middle.
    """

    width: float = 1.0
    height: float = 1.0
    view_width: float = 1.0
    view_height: float = 1.0
    scale: float | None = None
    x: float = 0.5
    y: float = 0.5
    margin: float = 24.0

    @property
    def fitted(self) -> float:
        """The scale at which the whole picture shows. Small pictures grow, up to eightfold."""
        across = max(self.view_width - 2 * self.margin, 1) / max(self.width, 1)
        down = max(self.view_height - 2 * self.margin, 1) / max(self.height, 1)
        return min(across, down, 8.0)

    @property
    def shown(self) -> float:
        """The scale in use."""
        return self.fitted if self.scale is None else self.scale

    @property
    def rect(self) -> tuple[float, float, float, float]:
        """Left, top, width and height of the picture in the view."""
        width, height = self.width * self.shown, self.height * self.shown
        x, y = (0.5, 0.5) if self.scale is None else (self.x, self.y)
        return self.view_width / 2 - x * width, self.view_height / 2 - y * height, width, height

    def zoomed(self, steps: float, *, at: tuple[float, float] | None = None) -> ViewBox:
        """Zoomed by steps of a quarter, the point under `at` (view pixels) staying where it is."""
        wanted = self.shown * _STEP**steps
        return self.at_scale(min(max(wanted, self.fitted / 4, 0.01), max(_LARGEST, self.fitted)), at=at)

    def at_scale(self, scale: float, *, at: tuple[float, float] | None = None) -> ViewBox:
        """At a scale of its own."""
        point = at or (self.view_width / 2, self.view_height / 2)
        left, top, width, height = self.rect
        px, py = (point[0] - left) / width, (point[1] - top) / height
        x = px - (point[0] - self.view_width / 2) / (self.width * scale)
        y = py - (point[1] - self.view_height / 2) / (self.height * scale)
        return replace(self, scale=scale, x=min(max(x, 0), 1), y=min(max(y, 0), 1))

    def panned(self, dx: float, dy: float) -> ViewBox:
        """Moved by view pixels; a fitted picture stays."""
        if self.scale is None:
            return self
        x, y = self.x - dx / (self.width * self.scale), self.y - dy / (self.height * self.scale)
        return replace(self, x=min(max(x, 0), 1), y=min(max(y, 0), 1))

    def fit(self) -> ViewBox:
        """The whole picture."""
        return replace(self, scale=None, x=0.5, y=0.5)
