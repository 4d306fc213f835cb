"""From tasks to predictions: out of the store where it knows them, else by the model, and then into the store.

Unknown tasks become items of the store, so that their reviews have a home; their pictures are kept beside it.
"""

from __future__ import annotations

import gc
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from captionlint.core.calibration.fitting import Calibration
from captionlint.core.errors import CalibrationError, CaptionlintError, ModelError
from captionlint.core.formats.label_studio.names import Labelling
from captionlint.core.prediction import Failure, Prediction
from captionlint.db.operations import batch_lookup, scorers
from captionlint.db.operations import calibration as calibrating
from captionlint.db.prelabel.local import Scores
from captionlint.db.rows.predictions import CALIBRATION
from captionlint.db.store import Store
from captionlint.ml_backend.event_log import Ledger
from captionlint.ml_backend.images.task_images import Pictures
from captionlint.ml_backend.label_studio.predictions import Marking, not_yet, nothing, prediction_for
from captionlint.ml_backend.label_studio.tasks import Task
from captionlint.ml_backend.predict.pending import Flight, InFlight
from captionlint.ml_backend.predict.response_cache import Base, Page, Recent
from captionlint.ml_backend.predict.task_items import Content, Homes

_LOG: Final = logging.getLogger(__name__)
DEADLINE: Final = 90.0
"""Seconds for one request: Label Studio gives up after 100."""
SETUP: Final = 2.5
"""Seconds that ``/setup`` may wait for the model: Label Studio gives up after 3."""
WAITING: Final = 48
"""Requests that may wait for the model at once; the next ones get what the store knows."""
_MEMO: Final = "scorer "


class LoadingError(ModelError):
    """The model is not there yet."""


class Service:
    """Answers for tasks. Threads share it; `start` before the first question.

    Attributes:
        name: what the model was asked for as, under which its version is remembered.
        deadline: seconds that an answer may take.
    """

    def __init__(
        self, store: Store, ledger: Ledger, pictures: Pictures, load: Callable[[], Scores], *, name: str
    ) -> None:
        self.store = store
        self.name = name
        self.deadline = DEADLINE
        self.homes = Homes(store, ledger, pictures)
        self._recent = Recent(store)
        self._ledger = ledger
        self._in_flight = InFlight(
            store, self.homes, pictures, load, on_ready=self._loaded, scorer_now=self._with_signals
        )
        self._places = threading.Semaphore(WAITING)
        self._signalled: Scores | None = None

    def start(self) -> None:
        """Begins to load the model."""
        self._in_flight.scoring.start()

    def stop(self) -> None:
        """Ends the threads; what is being scored is still kept."""
        self._in_flight.stop()
        gc.unfreeze()  # else libraries say at the very end that the model was leaked

    def marking(self, *, timeout: float) -> Marking:
        """How marks are made now, by a store that others may change meanwhile.

        Raises:
            ModelError: the model cannot be loaded, or (`LoadingError`) not within `timeout` seconds.
        """
        return self._page(timeout).marking

    def _page(self, timeout: float) -> Page:
        return self._recent.page(self._version(timeout), self._marking)

    def _marking(self, base: Base) -> Marking:
        version, epsilon = base
        shown = batch_lookup.shown(self.store, base=version)
        if shown is None:
            return Marking(version, epsilon)
        if shown.version == version:
            return Marking(version, shown.epsilon, shown.ignored)
        try:
            calibration = Calibration.from_dict(shown.details[CALIBRATION])
        except CalibrationError as error:
            _LOG.warning("%s", error)
            return Marking(version, epsilon, shown.ignored)
        return Marking(shown.version, shown.epsilon, shown.ignored, calibration)

    def answer(self, tasks: Sequence[Task | str], labelling: Labelling) -> list[dict[str, Any]]:
        """One prediction a task, in order; a text in a task's place says why there is none.

        What cannot be had within the deadline, and what has no picture now, has no ``result``, so that Label Studio
        asks again; the former is scored meanwhile. Never raises for a task.
        """
        until = time.monotonic() + self.deadline
        with self._place() as may_wait:
            page = self._page(self.deadline if may_wait else 0.0)
        found: dict[Content, dict[str, Any]] = {}
        rest: list[Task] = []
        for task in tasks:
            if isinstance(task, str):
                _LOG.warning("a task gets no marks: %s", task)
            elif (answer := page.find(task, labelling)) is not None:
                found[task.content] = answer
            else:
                rest.append(task)
        if rest:
            found |= self._look_up(rest, page, labelling, until)
        return [nothing(page.marking.version) if isinstance(task, str) else found[task.content] for task in tasks]

    def _look_up(
        self, tasks: Sequence[Task], page: Page, labelling: Labelling, until: float
    ) -> dict[Content, dict[str, Any]]:
        """Out of the store, else by the model."""
        known = self.homes.known(tasks, scorer_version=page.marking.scorer)
        found: dict[Content, dict[str, Any]] = {}
        missing: dict[Content, tuple[Task, batch_lookup.Known | None]] = {}
        for task in tasks:
            item = known.get(task.content)
            if item is not None and item.prediction is not None:
                found[task.content] = prediction_for(item.prediction, page.marking, labelling, blind=item.blind)
                page.keep(task, labelling, found[task.content])
            else:
                missing[task.content] = task, item
        return found | self._score(missing, page.marking, labelling, until)

    def score(self, picture: Path, caption: str, *, until: float) -> Prediction | None:
        """One caption that no task has, such as an edited one; nothing is kept.

        None if it cannot be scored until then, by `time.monotonic`.
        """
        flight = self._in_flight.send_alone(picture, caption)
        with self._place() as may_wait:
            try:
                result = flight.done.result(timeout=max(until - time.monotonic(), 0.0) if may_wait else 0.0)
            except (TimeoutError, CaptionlintError):
                return None
        marking = self.marking(timeout=0)
        return _calibrated(result, marking) if isinstance(result, Prediction) else None

    def _score(
        self,
        missing: Mapping[Content, tuple[Task, batch_lookup.Known | None]],
        marking: Marking,
        labelling: Labelling,
        until: float,
    ) -> dict[Content, dict[str, Any]]:
        flights = {content: self._in_flight.send(task, item) for content, (task, item) in missing.items()}
        with self._place() as may_wait:
            until = until if may_wait else 0.0
            return {content: self._outcome(one, marking, labelling, until) for content, one in flights.items()}

    @contextmanager
    def _place(self) -> Iterator[bool]:
        """Whether there is room for one more that waits; `/health` must find a thread that does not."""
        free = self._places.acquire(blocking=False)
        try:
            yield free
        finally:
            if free:
                self._places.release()

    def _outcome(self, flight: Flight, marking: Marking, labelling: Labelling, until: float) -> dict[str, Any]:
        try:
            result = flight.done.result(timeout=max(until - time.monotonic(), 0.0))
        except TimeoutError:
            return not_yet(marking.version)
        except CaptionlintError as error:
            _LOG.warning("task %s gets no marks: %s", flight.task.id, error)
            return not_yet(marking.version)  # it may be had once a setting is mended
        if isinstance(result, Failure):
            _LOG.warning("task %s gets no marks: %s", flight.task.id, result.reason)
            return nothing(marking.version)
        prediction = _calibrated(result, marking)
        if prediction.scorer_version != marking.scorer:  # another calibration came meanwhile
            return not_yet(marking.version)
        return prediction_for(prediction, marking, labelling, blind=flight.blind)

    def _version(self, timeout: float) -> tuple[str, float]:
        """The model's version and epsilon, before it is loaded as they were last time."""
        scoring = self._in_flight.scoring
        if scoring.scorer is None and scoring.error is None:
            noted = self._ledger.memo(_MEMO + self.name)
            if noted is not None:
                version, epsilon = json.loads(noted)
                return version, epsilon
        scorer = scoring.ready(timeout)
        if scorer is None:
            raise LoadingError("The model is still loading: ask again in a few seconds.")
        return scorer.version, scorer.epsilon

    def _loaded(self, scorer: Scores) -> None:
        """Label Studio gets this model's marks, or its calibration's; the store goes on to show what it showed."""
        # The millions of objects that came with the model stay: a walk through them would stop every thread.
        gc.collect()
        gc.freeze()
        self._ledger.note(_MEMO + self.name, json.dumps([scorer.version, scorer.epsilon]))
        scorers.enter(self.store, version=scorer.version, details=scorer.details, epsilon=scorer.epsilon)
        if not calibrating.is_shown(self.store, version=scorer.version):
            _LOG.warning(
                "This server marks by %s, but the store shows another model's marks; to show these: "
                "captionlint settings --db %s --scorer '%s'",
                scorer.version, self.store.name, scorer.version,
            )  # fmt: skip

    def _with_signals(self, scorer: Scores) -> Scores:
        """The scorer that the marking needs: a calibration that reads signals has to ask the model for them."""
        calibration = self.marking(timeout=0).calibration
        if calibration is None or not calibration.signals:
            return scorer
        if self._signalled is None or self._signalled.version != calibration.version:
            from captionlint.core.calibration.calibrated_scorer import CalibratedScorer

            self._signalled = CalibratedScorer(scorer, calibration)  # type: ignore[arg-type]  # ours is a real one
        return self._signalled


def _calibrated(prediction: Prediction, marking: Marking) -> Prediction:
    calibration = marking.calibration
    if calibration is None or calibration.signals or prediction.scorer_version != calibration.base:
        return prediction
    return calibration.apply(prediction)
