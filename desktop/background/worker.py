"""Work off the window's thread: jobs in, answers back on the thread that asked, late answers dropped."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal

from captionlint.core.errors import CaptionlintError

T = TypeVar("T")
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    run: Callable[[], Any]
    then: Callable[[Any], None]
    failed: Callable[[Exception], None] | None
    topic: str | None
    number: int
    must: bool


class _Worker(threading.Thread):
    """A thread of a `Background`. Daemonic: unlike a QThread it may be alive when the interpreter ends."""


class Background(QObject):
    """Threads that run jobs; one thread keeps their order.

    Jobs of one topic replace each other: only the newest one's answer arrives, and those not begun never run. Jobs
    that must be done all run, and each answer and error of theirs arrives.

    One rule for all users holds at the end: a job that is refused or dropped is never answered, neither `then` nor
    `failed` is called. After `stop` every job is refused. Between `finish` and `resume` only those are taken that
    must be done.

    Signals:
        failed: an error that nobody who asked takes care of.
        settled: what must be done is done, and its answers are handed over.
    """

    failed = Signal(object)
    settled = Signal()
    _answered = Signal(object, object)

    def __init__(
        self, *, name: str, threads: int = 1, newest_first: bool = False, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._newest_first = newest_first
        self._jobs: deque[_Job] = deque()
        self._at_work: list[_Job] = []
        self._wake = threading.Condition()
        self._finishing = self._stopped = False
        self._last: Callable[[], None] | None = None
        self._latest: dict[str, int] = {}
        self._count = 0
        self._on_the_way = 0  # answers that were sent and are not handed over yet
        self._owed = 0  # jobs that must be done and are not answered yet; only this object's thread counts them
        self._answered.connect(self._deliver)
        self._threads = [_Worker(target=self._work, name=f"{name}-{i}", daemon=True) for i in range(threads)]
        for thread in self._threads:
            thread.start()

    def ask(
        self,
        run: Callable[[], T],
        then: Callable[[T], None],
        *,
        failed: Callable[[Exception], None] | None = None,
        topic: str | None = None,
        must: bool = False,
    ) -> None:
        """Runs `run` in the background and hands its answer to `then` on this object's thread.

        A job that `must` be done, such as a change that a person made, is never dropped for the window's end. None
        replaces another, so it has no topic: raises `ValueError` for one.
        """
        if must and topic is not None:
            raise ValueError("A job that must be done has no topic.")
        with self._wake:
            if self._stopped or (self._finishing and not must):
                return
            self._count += 1
            if topic is not None:
                self._latest[topic] = self._count
                self._jobs = deque(job for job in self._jobs if job.topic != topic)
            self._owed += must
            self._jobs.append(_Job(run, then, failed, topic, self._count, must))
            self._wake.notify()

    def forget(self) -> None:
        """Drops what was not begun, except what must be done."""
        with self._wake:
            self._jobs = deque(job for job in self._jobs if job.must)

    def finish(self) -> None:
        """Drops and refuses from now on what need not be done; see `settled`."""
        with self._wake:
            self._finishing = True
        self.forget()

    def resume(self) -> None:
        """Takes every job again, after `finish`."""
        with self._wake:
            self._finishing = False

    @property
    def idle(self) -> bool:
        """Whether nothing waits, nothing runs and every answer is handed over or being so."""
        with self._wake:
            return not self._jobs and not self._at_work and not self._on_the_way

    @property
    def owes(self) -> bool:
        """Whether a job that must be done has no answer yet."""
        return self._owed > 0

    def settle(self, seconds: float) -> bool:
        """Waits for what must be done, but no longer than this, and hands the answers over, on this object's thread.

        Returns whether nothing of that kind is left.
        """
        with self._wake:
            self._wake.wait_for(lambda: not any(job.must for job in (*self._jobs, *self._at_work)), seconds)
        QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall.value)
        return not self.owes

    def stop(self, last: Callable[[], None] | None = None, *, seconds: float = 0.0) -> None:
        """Takes nothing more and drops what was not begun and what was not answered.

        `last` is called by a thread when the last job has ended. Waits for that no longer than `seconds`.
        """
        with self._wake:
            if self._stopped:
                return
            self._stopped, self._last = True, last
            self._jobs.clear()
            self._owed = self._on_the_way = 0
            self._wake.notify_all()
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                answer: Any = job.run()
            except Exception as error:
                answer = error
            with self._wake:
                # Under the lock: once `stop` has returned, this object may be deleted.
                if not self._stopped:
                    self._on_the_way += 1
                    self._answered.emit(job, answer)
                self._at_work.remove(job)
                self._wake.notify_all()
            del job, answer  # what was read must not live until the next job
        with self._wake:
            last = None if self._at_work else self._last
            self._last = None if last else self._last
        if last is not None:
            last()

    def _next(self) -> _Job | None:
        with self._wake:
            while not self._jobs and not self._stopped:
                self._wake.wait()
            if self._stopped:
                return None
            job = self._jobs.pop() if self._newest_first else self._jobs.popleft()
            self._at_work.append(job)
            return job

    def _deliver(self, job: _Job, answer: Any) -> None:
        if self._stopped:
            return
        with self._wake:
            self._on_the_way -= 1
        try:
            self._hand_over(job, answer)
        finally:
            self._owed -= job.must
            if job.must and not self._owed:
                self.settled.emit()

    def _hand_over(self, job: _Job, answer: Any) -> None:
        if job.topic is not None and self._latest.get(job.topic) != job.number:
            return
        if not isinstance(answer, Exception):
            job.then(answer)
            return
        if not isinstance(answer, CaptionlintError):
            _LOG.error("a job failed", exc_info=answer)
        if job.failed is not None:
            job.failed(answer)
        else:
            self.failed.emit(answer)


def wait_for_threads(seconds: float) -> None:
    """Waits for threads that were stopped, but no longer than this: before the interpreter takes Qt apart."""
    until = time.monotonic() + seconds
    for thread in threading.enumerate():
        if isinstance(thread, _Worker):
            thread.join(max(0.0, until - time.monotonic()))
