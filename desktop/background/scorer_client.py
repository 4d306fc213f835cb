"""The scorer as the window sees it: asked now, answered later; started when first asked, and anew if it dies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from captionlint.core.clip.model_spec import ModelSpec
from captionlint.db.records import ScorerInfo
from captionlint.db.rows.predictions import CALIBRATION
from captionlint.desktop.background import scorer_process
from captionlint.desktop.background.process import Child
from captionlint.desktop.background.scorer_process import Answer, Cancel, Loaded, Progress
from captionlint.desktop.style.strings import reported


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
        self._trial: _Trial | None = None
        self._is_closed = False

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
        if self._trial is not None and _model(self._trial.before) == _model(scorer):
            return  # its files are just being tried in another place
        is_other = _model(self.scorer) != _model(scorer)
        if is_other:
            self.stop()
            self.problem = None
        self.scorer = scorer
        if is_other:
            self.state_changed.emit()

    def ask(self, request: type[Any], then: Callable[[Any, str | None], None], **fields: Any) -> int:
        """Sends a request; `then` is given its value, or None and what went wrong. Never answered after `close`."""
        self._count += 1
        if self._is_closed:
            return self._count
        refusal = self._refusal() if self._child is None else None
        if refusal is not None:
            then(None, refusal)
            return self._count
        child = self._started()
        # A newer request of a kind makes the older ones moot: they are never answered.
        self._asked = {n: asked for n, asked in self._asked.items() if asked[0] is not request}
        self._asked[self._count] = request, then
        child.send(request(self._count, **fields))
        return self._count

    def try_files(self, spec: ModelSpec, then: Callable[[Loaded | None, str | None], None]) -> None:
        """Loads the model from files in another place; `then` is told that it is the same model, or why not.

        They are used from then on; where they do not give that model, the old place stays.
        """
        before = self.scorer
        if before is None or self._is_closed:
            return
        self.stop()
        self._trial = _Trial(before, then)
        self.scorer = replace(before, spec=spec)
        self._started()

    def cancel(self, number: int) -> None:
        """Drops the answer, and the work where it takes long."""
        if self._asked.pop(number, None) is not None and self._child is not None:
            self._child.send(Cancel(number))

    def stop(self) -> None:
        """Ends the process; nothing that was asked is answered."""
        self._asked.clear()
        self._end_trial(None, None)
        if self._child is not None:
            self._child.stop()
            self._child.deleteLater()
            self._child, self.version = None, None

    def close(self) -> None:
        """Ends the process and starts no other one."""
        self._is_closed = True
        self.stop()

    def _take(self, message: object) -> None:
        if isinstance(message, Loaded):
            self.version = message.version
            self.state_changed.emit()
            self._end_trial(message, None)
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
        self._end_trial(None, said)

    def _refusal(self) -> str | None:
        """Why no process can be started."""
        if self.spec is None:
            return self.tr("This scorer is not a model that can be run here.")
        missing = self.spec.missing()
        said = self.tr("The model's file {0} is missing: choose it in the menu Store, Model files.")
        return said.format(missing[0].name) if missing else None

    def _started(self) -> Child:
        """The process, started unless it runs."""
        if self._child is None:
            details = {} if self.scorer is None else self.scorer.details
            self._child = Child(scorer_process.run, self.spec, details.get(CALIBRATION), details, parent=self)
            self._child.received.connect(self._take)
            self._child.ended.connect(self._lose)
            self.problem = None
            self.state_changed.emit()
        return self._child

    def _end_trial(self, loaded: Loaded | None, error: str | None) -> None:
        """Tells who tried other files what came of it; one that is given up is told nothing."""
        trial, self._trial = self._trial, None
        if trial is None:
            return
        if loaded is None:
            self.scorer = trial.before
        if loaded is not None or error is not None:
            trial.then(loaded, error)


@dataclass(frozen=True, slots=True)
class _Trial:
    """Files that are tried in another place: the scorer with its old ones, and who wants to know."""

    before: ScorerInfo
    then: Callable[[Loaded | None, str | None], None]


def needs_signals(scorer: ScorerInfo | None) -> bool:
    """Whether a scorer's calibration weighs signals: further looks at the picture, too slow while somebody types."""
    calibration = None if scorer is None else scorer.details.get(CALIBRATION)
    return isinstance(calibration, dict) and bool(calibration.get("signals"))


def _model(scorer: ScorerInfo | None) -> object:
    """What a process was started for."""
    return None if scorer is None else (scorer.spec, scorer.details.get(CALIBRATION))
