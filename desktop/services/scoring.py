"""The scorer as the window sees it: asked now, answered later; started when first asked, and anew if it dies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.model_spec import ModelSpec
from db.operations.calibrating import CALIBRATION
from db.records import ScorerInfo
from desktop.services import scorer_child
from desktop.services.child import Child
from desktop.services.scorer_child import Answer, Cancel, Loaded, Progress
from desktop.wording import reported


class Scoring(QObject):
    """One model in a process of its own.

    Signals:
        state_changed: starting, ready, or gone.
        progressed: number, done and all of a long request.
    """

    state_changed = Signal()
    progressed = Signal(int, int, int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.scorer: ScorerInfo | None = None
        self.version: str | None = None
        self.problem: str | None = None
        self._child: Child | None = None
        self._count = 0
        self._asked: dict[int, tuple[type[Any], Callable[[Any, str | None], None]]] = {}

    @property
    def is_starting(self) -> bool:
        """Whether the model is being loaded."""
        return self._child is not None and self.version is None

    @property
    def is_ready(self) -> bool:
        """Whether an answer will come at once."""
        return self._child is not None and self.version is not None

    @property
    def spec(self) -> ModelSpec | None:
        """The model; None where the scores are of something else."""
        return None if self.scorer is None else self.scorer.spec

    def use(self, scorer: ScorerInfo | None) -> None:
        """Scores as this scorer did; another model ends the process that runs."""
        before, self.scorer = self.scorer, scorer
        if _model(before) != _model(scorer):
            self.stop()
            self.problem = None
            self.state_changed.emit()

    def ask(self, request: type[Any], then: Callable[[Any, str | None], None], **fields: Any) -> int:
        """Sends a request; `then` is given its value, or None and what went wrong."""
        self._count += 1
        if self.scorer is None or self.scorer.spec is None:
            then(None, self.tr("This scorer is not a model that can be run here."))
            return self._count
        if self._child is None:
            calibration = self.scorer.details.get(CALIBRATION)
            self._child = Child(scorer_child.run, self.scorer.spec, calibration, self.scorer.details, parent=self)
            self._child.received.connect(self._take)
            self._child.ended.connect(self._lose)
            self.problem = None
            self.state_changed.emit()
        # A newer request of a kind makes the older ones moot: they are never answered.
        self._asked = {n: asked for n, asked in self._asked.items() if asked[0] is not request}
        self._asked[self._count] = request, then
        self._child.send(request(self._count, **fields))
        return self._count

    def cancel(self, number: int) -> None:
        """Drops the answer, and the work where it takes long."""
        if self._asked.pop(number, None) is not None and self._child is not None:
            self._child.send(Cancel(number))

    def stop(self) -> None:
        """Ends the process; nothing that was asked is answered."""
        self._asked.clear()
        if self._child is not None:
            self._child.stop()
            self._child.deleteLater()
            self._child, self.version = None, None

    def _take(self, message: object) -> None:
        if isinstance(message, Loaded):
            self.version = message.version
            self.state_changed.emit()
        elif isinstance(message, Progress):
            if message.number in self._asked:
                self.progressed.emit(message.number, message.done, message.total)
        elif isinstance(message, Answer) and message.number == 0:
            self.problem = reported(message.error or "")
        elif isinstance(message, Answer):
            asked = self._asked.pop(message.number, None)
            if asked is not None:
                asked[1](message.value, None if message.error is None else reported(message.error))

    def _lose(self, code: int) -> None:
        said = self.problem or self.tr("The model's process ended unexpectedly ({0}); it starts anew.").format(code)
        self.problem = said
        waiting, self._asked = list(self._asked.values()), {}
        if self._child is not None:
            self._child.deleteLater()
        self._child, self.version = None, None
        for _, then in waiting:
            then(None, said)
        self.state_changed.emit()


def needs_signals(scorer: ScorerInfo | None) -> bool:
    """Whether a scorer's calibration weighs signals: further looks at the picture, too slow while somebody types."""
    calibration = None if scorer is None else scorer.details.get(CALIBRATION)
    return isinstance(calibration, dict) and bool(calibration.get("signals"))


def _model(scorer: ScorerInfo | None) -> object:
    """What a process was started for."""
    return None if scorer is None else (scorer.spec, scorer.details.get(CALIBRATION))
