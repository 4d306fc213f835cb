"""Plots in the theme's colours. The one module that imports pyqtgraph, and it is imported only when it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pyqtgraph
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from captionlint.desktop.style.theme import Look
from captionlint.desktop.summary.figures import Curve

Array = NDArray[np.float64]
_TITLE: Final = "10pt"


def plot(look: Look, title: str, *, across: str, up: str, parent: QWidget | None = None) -> Any:
    """An empty plot: hairline axes, no grid in the way, no zooming by accident."""
    made = pyqtgraph.PlotWidget(parent=parent, background=look.base.panel, enableMenu=False)
    made.setTitle(title, color=look.base.text, size=_TITLE)
    item = made.getPlotItem()
    item.hideButtons()
    item.setMouseEnabled(x=False, y=False)
    for side, text in (("bottom", across), ("left", up)):
        axis = item.getAxis(side)
        axis.setPen(look.base.line)
        axis.setTextPen(look.base.dim)
        axis.enableAutoSIPrefix(False)
        axis.setLabel(text, color=look.base.dim)
        axis.setStyle(tickLength=0)
    item.showGrid(x=False, y=True, alpha=0.12)
    made.setAccessibleName(title)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return made


def draw_curve(made: Any, curve: Curve, epsilon: float | None, look: Look) -> None:
    """Precision and recall over the threshold, and where the threshold stands; the title tells the lines apart."""
    made.clear()
    kept = ~np.isnan(curve.precision)
    blue, orange = look.base.speaks_for[2], look.base.against[2]
    made.plot(curve.epsilon[kept], curve.precision[kept], pen=pyqtgraph.mkPen(blue, width=2.5))
    dashes = pyqtgraph.mkPen(orange, width=2.5, style=Qt.PenStyle.DashLine)
    made.plot(curve.epsilon, curve.recall, pen=dashes)
    made.setYRange(0, 1, padding=0.02)
    if epsilon is not None:
        pen = pyqtgraph.mkPen(look.base.text, width=1)
        made.addItem(pyqtgraph.InfiniteLine(pos=epsilon, angle=90, pen=pen))
    # A legend inside would cover the lines: where they run is not known before.
    told = "".join(
        f'&nbsp;&nbsp;&nbsp;&nbsp;<b style="color:{colour}">{dash}</b>&nbsp;{name}'
        for colour, dash, name in (
            (blue, "——", QCoreApplication.translate("plots", "precision")),
            (orange, "– – –", QCoreApplication.translate("plots", "recall")),
        )
    )
    made.setTitle(made.accessibleName() + told, color=look.base.text, size=_TITLE)


def draw_kinds(made: Any, kinds: Mapping[str, int], look: Look) -> None:
    """How many marks of each kind stand; the bars lie, so that no name meets its neighbour."""
    made.clear()
    names = list(kinds)
    bars = pyqtgraph.BarGraphItem(
        x0=0, y=list(range(len(names))), height=0.6, width=[kinds[n] for n in names], pen=None,
        brush=QColor(look.base.speaks_for[2]),
    )  # fmt: skip
    made.addItem(bars)
    item = made.getPlotItem()
    item.showGrid(x=True, y=False, alpha=0.12)
    item.getViewBox().invertY(True)
    item.getAxis("left").setTicks([list(enumerate(names))])
    made.setYRange(-0.6, max(len(names), 3) - 0.4, padding=0)
    made.setXRange(0, max([*kinds.values(), 1]) * 1.1, padding=0)


def draw_speed(made: Any, hours: Array, rate: Array, look: Look) -> None:
    """Decisions an hour over the hours worked."""
    made.clear()
    fill = QColor(look.base.accent)
    fill.setAlpha(40)
    made.plot(hours, rate, pen=pyqtgraph.mkPen(look.base.accent, width=2), fillLevel=0, brush=fill)
    made.setYRange(0, max(float(rate.max()) * 1.1 if len(rate) else 1.0, 1.0), padding=0)
