"""The summary's plots: what draws them is loaded beside the window's thread, and each is drawn in a turn of its own."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QSize, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from captionlint.core.review import KINDS
from captionlint.desktop.background.worker import Background
from captionlint.desktop.style.strings import QT_TRANSLATE_NOOP, kind_name
from captionlint.desktop.style.theme import Theme
from captionlint.desktop.summary.figures import Figures

_PLOTS: Final = {
    "curve": (
        QT_TRANSLATE_NOOP("SummaryScreen", "Marks against reviews"),
        QT_TRANSLATE_NOOP("SummaryScreen", "threshold"),
        "",
        (0, 0, 1, 2),
    ),
    "kinds": (
        QT_TRANSLATE_NOOP("SummaryScreen", "What was wrong"),
        QT_TRANSLATE_NOOP("SummaryScreen", "marks"),
        "",
        (1, 0, 1, 1),
    ),
    "speed": (
        QT_TRANSLATE_NOOP("SummaryScreen", "Speed"),
        QT_TRANSLATE_NOOP("SummaryScreen", "hours worked"),
        QT_TRANSLATE_NOOP("SummaryScreen", "an hour"),
        (1, 1, 1, 1),
    ),
}
"""Title, what the axes say, and the place in the grid."""

_LOWEST: Final = 320
"""Pixels below which the plots say nothing."""

_PAINTED: Final = 30
"""Milliseconds in which one plot is painted before the next turn."""


class Charts(QWidget):
    """Precision and recall over the threshold, marks by kind, and speed.

    Importing what draws takes half a second, making and drawing three plots a tenth: neither may hold up a key.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.plots: dict[str, Any] = {}
        self._found: tuple[Figures, float | None] | None = None
        self._drawing: Any = None
        self._waiting: list[str] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(12)
        for line in (0, 1):  # each has its place before it is there, so that it is painted once
            self._grid.setRowStretch(line, 1)
            self._grid.setColumnStretch(line, 1)
        self.setMinimumHeight(_LOWEST)
        self._loading = Background(name="plots", parent=self)
        self._turn = QTimer(self, interval=_PAINTED, singleShot=True)
        self._turn.timeout.connect(self._draw_next)
        theme.changed.connect(self._redo)

    @property
    def is_drawn(self) -> bool:
        """Whether all that was found is there to be seen."""
        return len(self.plots) == len(_PLOTS) and not self._waiting

    def sizeHint(self) -> QSize:
        """What the plots would like to have is no reason to scroll: they take what there is."""
        return self.minimumSize()

    def prepare(self) -> None:
        """Loads what draws, so that it is there when it is wanted."""
        if self._drawing is None:
            self._loading.ask(lambda: import_module("captionlint.desktop.summary.plots"), self._take, topic="plots")

    def showEvent(self, event: QShowEvent) -> None:
        """Draws what is not there in this theme yet."""
        super().showEvent(event)
        if self._found is not None and not self.plots:
            self.show_found(*self._found)

    def show_found(self, found: Figures, epsilon: float | None) -> None:
        """Draws what was found, soon."""
        self._found = found, epsilon
        if self._drawing is None:
            self.prepare()
        else:
            self._waiting = list(_PLOTS)
            self._turn.start()

    def stop(self) -> None:
        """Draws nothing more."""
        self._turn.stop()
        self._loading.stop()

    def _take(self, drawing: Any) -> None:
        self._drawing = drawing
        if self._found is not None:
            self.show_found(*self._found)

    def _draw_next(self) -> None:
        """Makes a plot, or draws what one shows: each is worth a turn."""
        if not self._waiting or self._found is None:
            return
        name = self._waiting[0]
        if name in self.plots:
            self._draw(self._waiting.pop(0), *self._found)
        else:
            title, across, up, place = _PLOTS[name]
            self.plots[name] = self._drawing.plot(self._theme.look, _said(title), across=_said(across), up=_said(up))
            self._grid.addWidget(self.plots[name], *place)
        if self._waiting:
            self._turn.start()

    def _draw(self, name: str, found: Figures, epsilon: float | None) -> None:
        plot, look = self.plots[name], self._theme.look
        if name == "curve":
            self._drawing.draw_curve(plot, found.curve, epsilon, look)
        elif name == "kinds":
            self._drawing.draw_kinds(plot, {kind_name(k): found.kinds[k] for k in KINDS}, look)
        else:
            self._drawing.draw_speed(plot, *found.speed, look)

    def _redo(self) -> None:
        """Another theme: the plots are made anew in its colours, once they are to be seen."""
        for made in self.plots.values():
            self._grid.removeWidget(made)
            made.deleteLater()
        self.plots = {}
        if self._found is not None and self.isVisible():
            self.show_found(*self._found)


def _said(text: str) -> str:
    return QCoreApplication.translate("SummaryScreen", text) if text else ""
