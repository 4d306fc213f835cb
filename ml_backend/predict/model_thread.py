"""The one thread that holds the model: it loads it, and scores what all requests ask for in common batches."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from captionlint.core.errors import CaptionlintError, ModelError
from captionlint.core.prediction import Failure, Prediction
from captionlint.db.prelabel.local import Scores

_LOG: Final = logging.getLogger(__name__)
_BATCH: Final = 32
TURN: Final = 0.5
"""Seconds after which results are handed on while others are still to come: each time has its costs in the store."""
BURST: Final = 10.0
"""Seconds after which it is asked again which scorer is wanted."""
PATIENCE: Final = 10.0
"""Seconds that `stop` waits for the batch at hand."""


@dataclass(frozen=True, slots=True)
class Job:
    """A picture's file and a caption to be scored; `about` is what its asker needs to know it again by."""

    path: Path
    caption: str
    about: object = None


Scored = tuple[Job, Prediction | Failure]


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
        on_scored: Callable[[Sequence[Scored]], None],
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
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="scoring", daemon=True)
        self._waiting: deque[Job] = deque()
        self._ending = False

    def start(self) -> None:
        """Begins to load."""
        self._thread.start()

    def ready(self, timeout: float) -> Scores | None:
        """The model, waited for up to `timeout` seconds; None if it is still loading.

        Raises:
            ModelError: it cannot be loaded, or `stop` came first.
        """
        self._settled.wait(max(timeout, 0.0))
        if self.error is not None:
            raise ModelError(f"The model cannot be loaded: {self.error}")
        return self.scorer

    def submit(self, jobs: Sequence[Job]) -> bool:
        """Queues jobs; `on_scored` gets them in this order, some at a time, with their results.

        False after `stop`: then they are not scored.
        """
        with self._lock:
            if self._ending:
                return False
            self._jobs.put(jobs)
            return True

    def stop(self) -> None:
        """Ends the thread after the batch at hand; what waits is not scored, and `ready` waits no longer.

        Returns after `PATIENCE` seconds at the latest. A model that is still being loaded is not waited for, and is
        dropped when it is there: `on_ready` does not get it.
        """
        with self._lock:
            self._ending = True
            loading = self.scorer is None and not self._settled.is_set()
            if not self._settled.is_set() and self.error is None:
                self.error = ModelError("the backend is ending")
            self._jobs.put(None)
        self._settled.set()
        if self._thread.is_alive() and not loading:
            self._thread.join(PATIENCE)

    def _run(self) -> None:
        try:
            scorer = self._load()
            with self._lock:
                if self._ending:
                    return
                self.scorer = scorer
            self._on_ready(scorer)
        except CaptionlintError as error:
            self.error = error
        except Exception as error:  # a broken installation must be heard of, not waited for
            _LOG.exception("the model cannot be loaded")
            self.error = ModelError(f"{type(error).__name__}: {error}")
        finally:
            self._settled.set()
        while self._take(wait=True):
            while self._waiting and not self._ending:
                self._score_burst()

    def _take(self, *, wait: bool) -> bool:
        """Moves one request's jobs to what waits; False at the end."""
        given = self._jobs.get(block=wait)
        if given is None:
            return False
        self._waiting += given
        return True

    def _score_burst(self) -> None:
        """One run of the model over all that it finds to do meanwhile, so that pictures are read ahead throughout."""
        begun: deque[Job] = deque()
        done: list[Scored] = []
        told = time.monotonic()
        try:
            if self.scorer is None:
                raise ModelError(f"there is none: {self.error}")
            for result in self._scorer_now(self.scorer).stream(self._pairs(begun), batch_size=_BATCH):
                done.append((begun.popleft(), result))
                if len(done) % _BATCH == 0 and time.monotonic() > told + TURN:
                    self._on_scored(done)
                    done, told = [], time.monotonic()
                    if self._ending:
                        break
        except Exception as error:  # the thread must live on: others wait for it
            lost = list(begun)
            while self._waiting and not begun and len(lost) < _BATCH:  # it could not even begin
                lost.append(self._waiting.popleft())
            _LOG.exception("%d captions cannot be scored", len(lost))
            reason = f"The model failed ({type(error).__name__})."
            done += [(job, Failure("", job.caption, reason)) for job in lost]
        self._on_scored(done)

    def _pairs(self, begun: deque[Job]) -> Iterator[tuple[Path, str]]:
        """What waits and what comes meanwhile, for `BURST` seconds; each job is put down as begun."""
        until = time.monotonic() + BURST
        while time.monotonic() < until and not self._ending:
            while not self._jobs.empty() and self._take(wait=False):
                pass
            if not self._waiting:
                return
            begun.append(self._waiting.popleft())
            yield begun[-1].path, begun[-1].caption
