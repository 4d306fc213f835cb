"""Tasks on their way through picture and model into the store: each once, however many requests wait for it."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from captionlint.core.errors import CaptionlintError, ImageError, ModelError
from captionlint.core.prediction import Failure, Prediction
from captionlint.db.operations import batch_lookup, predictions
from captionlint.db.prelabel.local import Scores
from captionlint.db.store import Store
from captionlint.ml_backend.images.task_images import Picture, Pictures
from captionlint.ml_backend.label_studio.tasks import Task
from captionlint.ml_backend.predict.model_thread import Job, Scored, ScoringThread
from captionlint.ml_backend.predict.task_items import Content, Homes

_LOG: Final = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Flight:
    """One task; `done` has its result once that is kept, or raises `ItemError`, or `ModelError` when all ends."""

    task: Task
    item_id: int | None = None
    picture: Picture | None = None
    blind: bool = False
    done: Future[Prediction | Failure] = field(default_factory=Future)


class InFlight:
    """Fetches pictures, has them scored and keeps what comes out. Threads share it.

    Attributes:
        scoring: the thread that holds the model.
    """

    def __init__(
        self,
        store: Store,
        homes: Homes,
        pictures: Pictures,
        load: Callable[[], Scores],
        *,
        on_ready: Callable[[Scores], None],
        scorer_now: Callable[[Scores], Scores],
    ) -> None:
        self.scoring = ScoringThread(load, on_ready=on_ready, on_scored=self._scored, scorer_now=scorer_now)
        self._store = store
        self._homes = homes
        self._pictures = pictures
        self._fetching = ThreadPoolExecutor(8, thread_name_prefix="pictures")
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="recording")
        self._results: queue.SimpleQueue[tuple[Flight, Prediction | Failure]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._flights: dict[Content, Flight] = {}
        self._open: set[Flight] = set()
        self._stopped = False

    def stop(self) -> None:
        """Ends the threads. Who waits is told so at once; what is being scored is still kept."""
        with self._lock:
            self._stopped = True
            waiting = list(self._open)
        for flight in waiting:
            _end(flight)
        self._fetching.shutdown(wait=False, cancel_futures=True)  # what is being fetched has limits of its own
        self.scoring.stop()
        self._writing.shutdown()

    def send(self, task: Task, item: batch_lookup.Known | None) -> Flight:
        """Sets a task on its way, unless it is on it already. `item` is what the store knows of it."""
        with self._lock:
            there = self._flights.get(task.content)
            if there is not None:
                return there
            flight = Flight(task) if item is None else Flight(task, item.item_id, blind=item.blind)
            self._flights[task.content] = flight
        self._open_up(flight)
        if item is not None and "://" not in item.image:
            self._score(flight, Path(item.image))
        else:
            try:
                self._fetching.submit(self._fetch, flight)
            except RuntimeError:  # `stop` came first
                _end(flight)
        return flight

    def send_alone(self, picture: Path, caption: str) -> Flight:
        """Has one caption scored that is no task's; nothing is kept."""
        flight = Flight(Task("", caption))
        self._open_up(flight)
        self._score(flight, picture)
        return flight

    def _open_up(self, flight: Flight) -> None:
        """Notes a flight until it is done, so that `stop` can end it."""
        with self._lock:
            self._open.add(flight)
            stopped = self._stopped
        flight.done.add_done_callback(lambda _: self._forget(flight))
        if stopped:
            _end(flight)

    def _score(self, flight: Flight, picture: Path) -> None:
        if not self.scoring.submit([Job(picture, flight.task.caption, flight)]):
            _end(flight)

    def _forget(self, flight: Flight) -> None:
        with self._lock:
            self._open.discard(flight)
            if self._flights.get(flight.task.content) is flight:
                del self._flights[flight.task.content]

    def _fetch(self, flight: Flight) -> None:
        try:
            flight.picture = self._pictures.find(flight.task.image, task_id=flight.task.id)
        except ImageError as error:
            _settle(flight, error)
        except Exception as error:  # nobody may wait for ever
            _LOG.exception("a picture cannot be fetched")
            _settle(flight, ImageError(f"The picture cannot be fetched ({type(error).__name__})."))
        else:
            self._score(flight, flight.picture.path)

    def _scored(self, results: Sequence[Scored]) -> None:
        """Takes results from the scoring thread and lets it go on at once."""
        for job, result in results:
            if isinstance(job.about, Flight):
                self._results.put((job.about, result))
        try:
            self._writing.submit(self._keep)
        except RuntimeError:  # this batch outlasted the patience of `stop`
            _LOG.warning("%d predictions came after the end and are not kept", len(results))

    def _keep(self) -> None:
        """Keeps all that has come meanwhile, and answers for it, kept or not."""
        came: list[tuple[Flight, Prediction | Failure]] = []
        while not self._results.empty():
            came.append(self._results.get())
        try:
            self._record(came)
        except Exception:
            _LOG.exception("%d predictions cannot be kept", len(came))
        for flight, result in came:
            _settle(flight, result)

    def _record(self, came: Sequence[tuple[Flight, Prediction | Failure]]) -> None:
        fetched = [flight for flight, _ in came if flight.item_id is None and flight.picture is not None]
        homes = self._homes.settle({one.task.content: (one.task, one.picture) for one in fetched if one.picture})
        known = batch_lookup.known(self._store, item_ids=homes.values(), scorer_version="")
        for one in fetched:
            one.item_id = homes.get(one.task.content)
            one.blind = one.item_id in known and known[one.item_id].blind
        said: dict[str, list[tuple[int, Prediction | Failure]]] = {}
        for flight, result in came:
            if flight.item_id is not None and result.scorer_version:
                said.setdefault(result.scorer_version, []).append((flight.item_id, result))
        for version, rows in said.items():
            predictions.record(self._store, scorer_version=version, results=rows)


def _end(flight: Flight) -> None:
    _settle(flight, ModelError("The backend is ending: ask again."))


def _settle(flight: Flight, outcome: Prediction | Failure | CaptionlintError) -> None:
    """Gives a flight its outcome, unless it has one: at the end two threads can come to it."""
    with suppress(InvalidStateError):
        if isinstance(outcome, CaptionlintError):
            flight.done.set_exception(outcome)
        else:
            flight.done.set_result(outcome)
