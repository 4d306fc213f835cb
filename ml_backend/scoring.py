"""The one thread that holds the model: it loads it, and scores what all requests ask for in common batches."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.errors import CaptionlintError, ModelError
from core.prediction import Failure, Prediction
from db.prelabel import Scores

_LOG: Final = logging.getLogger(__name__)
SMALLEST: Final = 4
LARGEST: Final = 256
_BATCH: Final = 32
TURN: Final = 1.0
"""Seconds that a turn should take: what is asked meanwhile waits as long, and long turns read pictures ahead."""


@dataclass(frozen=True, slots=True)
class Job:
    """A picture's file and a caption to be scored; `about` is what its asker needs to know it again by."""

    path: Path
    caption: str
    about: object = None


class ScoringThread:
    """Takes jobs from any thread.

    Attributes:
        scorer: the model, once it is loaded.
        error: why there is none, if that failed.
    """

    def __init__(
        self,
        load: Callable[[], Scores],
        *,
        on_ready: Callable[[Scores], None],
        on_scored: Callable[[Sequence[Job], Sequence[Prediction | Failure]], None],
        scorer_now: Callable[[Scores], Scores] = lambda scorer: scorer,
    ) -> None:
        self.scorer: Scores | None = None
        self.error: CaptionlintError | None = None
        self._load = load
        self._on_ready = on_ready
        self._on_scored = on_scored
        self._scorer_now = scorer_now
        self._jobs: queue.SimpleQueue[Sequence[Job] | None] = queue.SimpleQueue()
        self._settled = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scoring", daemon=True)
        self._size = _BATCH

    def start(self) -> None:
        """Begins to load."""
        self._thread.start()

    def ready(self, timeout: float) -> Scores | None:
        """The model, waited for up to `timeout` seconds; None if it is still loading.

        Raises:
            ModelError: it cannot be loaded.
        """
        self._settled.wait(max(timeout, 0.0))
        if self.error is not None:
            raise ModelError(f"The model cannot be loaded: {self.error}")
        return self.scorer

    def submit(self, jobs: Sequence[Job]) -> None:
        """Queues jobs; `on_scored` gets them in this order, in turns, with their results."""
        self._jobs.put(jobs)

    def stop(self) -> None:
        """Ends the thread after what it is at; what waits is not scored."""
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        try:
            self.scorer = self._load()
            self._on_ready(self.scorer)
        except CaptionlintError as error:
            self.error = error
        except Exception as error:  # a broken installation must be heard of, not waited for
            _LOG.exception("the model cannot be loaded")
            self.error = ModelError(f"{type(error).__name__}: {error}")
        finally:
            self._settled.set()
        waiting: list[Job] = []
        while True:
            if not waiting and not self._take(waiting, wait=True):
                return
            while len(waiting) < LARGEST and not self._jobs.empty():
                if not self._take(waiting, wait=False):
                    return
            turn, waiting = waiting[: self._size], waiting[self._size :]
            self._score(turn)

    def _take(self, waiting: list[Job], *, wait: bool) -> bool:
        """Moves one request's jobs to what waits; False at the end."""
        given = self._jobs.get(block=wait)
        if given is None:
            return False
        waiting += given
        return True

    def _score(self, turn: Sequence[Job]) -> None:
        begun = time.monotonic()
        try:
            if self.scorer is None:
                raise ModelError(f"there is none: {self.error}")
            pairs = [(job.path, job.caption) for job in turn]
            results = list(self._scorer_now(self.scorer).stream(pairs, batch_size=_BATCH))
        except Exception as error:  # the thread must live on: others wait for it
            _LOG.exception("a batch of %d cannot be scored", len(turn))
            results = [Failure("", job.caption, f"The model failed ({type(error).__name__}).") for job in turn]
        self._on_scored(turn, results)
        self._pace(len(turn), time.monotonic() - begun)

    def _pace(self, count: int, seconds: float) -> None:
        """As many jobs a turn as take about `TURN` seconds."""
        if count == self._size or seconds > TURN:
            wanted = int(count * TURN / max(seconds, 1e-3))
            self._size = min(max(wanted, SMALLEST), LARGEST, 2 * self._size)
