"""Work off the window's thread: jobs in, answers back on the thread that asked, late answers dropped."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal

from core.errors import CaptionlintError

T = TypeVar("T")
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Job:
    run: Callable[[], Any]
    then: Callable[[Any], None]
    failed: Callable[[Exception], None] | None
    topic: str | None
    number: int


class Background(QObject):
    """Threads that run jobs; one thread keeps their order.

    Jobs of one topic replace each other: only the newest one's answer arrives, and those not begun never run.
    Threads here are Python's: unlike a QThread they may be alive when the interpreter ends.

    Signals:
        failed: an error that nobody who asked takes care of.
        busy: whether there is work.
    """

    failed = Signal(object)
    _answered = Signal(object, object)

    def __init__(
        self, *, name: str, threads: int = 1, newest_first: bool = False, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._newest_first = newest_first
        self._jobs: deque[_Job] = deque()
        self._wake = threading.Condition()
        self._stopped = False
        self._latest: dict[str, int] = {}
        self._count = 0
        self._running = 0
        self._answered.connect(self._deliver)
        self._threads = [threading.Thread(target=self._work, name=f"{name}-{i}", daemon=True) for i in range(threads)]
        for thread in self._threads:
            thread.start()

    def ask(
        self,
        run: Callable[[], T],
        then: Callable[[T], None],
        *,
        failed: Callable[[Exception], None] | None = None,
        topic: str | None = None,
    ) -> None:
        """Runs `run` in the background and hands its answer to `then` on this object's thread."""
        with self._wake:
            self._count += 1
            if topic is not None:
                self._latest[topic] = self._count
                self._jobs = deque(job for job in self._jobs if job.topic != topic)
            self._jobs.append(_Job(run, then, failed, topic, self._count))
            self._wake.notify()

    def forget(self) -> None:
        """Drops what was not begun."""
        with self._wake:
            self._jobs.clear()

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing runs."""
        with self._wake:
            return not self._jobs and not self._running

    def settle(self) -> None:
        """Waits until all that was asked is done, and hands the answers over, on this object's thread."""
        with self._wake:
            self._wake.wait_for(lambda: not self._jobs and not self._running)
        QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall.value)

    def stop(self) -> None:
        """Finishes what was asked, takes nothing more and waits for the threads."""
        with self._wake:
            self._stopped = True
            self._wake.notify_all()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while True:
            with self._wake:
                while not self._jobs and not self._stopped:
                    self._wake.wait()
                if not self._jobs:
                    return
                job = self._jobs.pop() if self._newest_first else self._jobs.popleft()
                self._running += 1
            try:
                answer: Any = job.run()
            except Exception as error:
                answer = error
            self._answered.emit(job, answer)
            with self._wake:
                self._running -= 1
                self._wake.notify_all()

    def _deliver(self, job: _Job, answer: Any) -> None:
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
