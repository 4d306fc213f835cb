"""Plots in the theme's colours. The one module that imports pyqtgraph, and it is imported only when it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyqtgraph
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from desktop.summary.figures import Curve
from desktop.theme import Look

Array = NDArray[np.float64]


def plot(look: Look, title: str, *, across: str, up: str, parent: QWidget | None = None) -> Any:
    """An empty plot: hairline axes, no grid in the way, no zooming by accident."""
    made = pyqtgraph.PlotWidget(parent=parent, background=look.base.panel, enableMenu=False)
    made.setTitle(title, color=look.base.text, size="10pt")
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
    """Precision and recall over the threshold, and where the threshold stands."""
    made.clear()
    made.addLegend(offset=(-12, 12), labelTextColor=look.base.text, brush=look.base.panel)
    kept = ~np.isnan(curve.precision)
    blue, orange = look.base.speaks_for[2], look.base.against[2]
    made.plot(
        curve.epsilon[kept],
        curve.precision[kept],
        pen=pyqtgraph.mkPen(blue, width=2.5),
        name=QCoreApplication.translate("plots", "precision"),
    )
    dashes = pyqtgraph.mkPen(orange, width=2.5, style=Qt.PenStyle.DashLine)
    made.plot(curve.epsilon, curve.recall, pen=dashes, name=QCoreApplication.translate("plots", "recall"))
    made.setYRange(0, 1, padding=0.02)
    if epsilon is not None:
        pen = pyqtgraph.mkPen(look.base.text, width=1)
        made.addItem(pyqtgraph.InfiniteLine(pos=epsilon, angle=90, pen=pen))


def draw_kinds(made: Any, kinds: Mapping[str, int], look: Look) -> None:
    """How many marks of each kind stand."""
    made.clear()
    names = list(kinds)
    bars = pyqtgraph.BarGraphItem(
        x=list(range(len(names))), height=[kinds[n] for n in names], width=0.6, pen=None,
        brush=QColor(look.base.speaks_for[2]),
    )  # fmt: skip
    made.addItem(bars)
    made.getPlotItem().getAxis("bottom").setTicks([list(enumerate(names))])
    made.setXRange(-0.6, max(len(names), 3) - 0.4, padding=0)
    made.setYRange(0, max([*kinds.values(), 1]) * 1.1, padding=0)


def draw_speed(made: Any, hours: Array, rate: Array, look: Look) -> None:
    """Decisions an hour over the hours worked."""
    made.clear()
    fill = QColor(look.base.accent)
    fill.setAlpha(40)
    made.plot(hours, rate, pen=pyqtgraph.mkPen(look.base.accent, width=2), fillLevel=0, brush=fill)
    made.setYRange(0, max(float(rate.max()) * 1.1 if len(rate) else 1.0, 1.0), padding=0)
