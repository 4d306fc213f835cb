"""How long the event loop of a window stands still, and what the window's thread did meanwhile."""

from __future__ import annotations

import os
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from PySide6.QtCore import QObject, Qt, QTimer

BEAT = 0.002
"""Seconds between two turns of an idle loop."""
SUSPICIOUS = 0.02
"""Seconds without a turn after which the watcher begins to look at what runs."""
ROOT = str(Path(__file__).parents[2])


@dataclass(slots=True)
class Gap:
    """A pause between two turns of the loop. `stacks` are what the thread was seen doing.

    `milliseconds` by the clock; `busy`: of the processor's time the thread had; `queued`: it could have run, and
    others had the processors (0 where the system does not tell). The rest it waited, for the interpreter's lock or
    the disk.
    """

    milliseconds: float
    busy: float
    queued: float
    step: str
    stacks: list[str] = field(default_factory=list)

    @property
    def seen(self) -> str:
        """What was seen most often."""
        return max(self.stacks, key=self.stacks.count) if self.stacks else "(not seen)"


class Queued:
    """How long the calling thread has stood in the processors' queue, as Linux counts it."""

    def __init__(self) -> None:
        path = f"/proc/self/task/{threading.get_native_id()}/schedstat"
        self._file = os.open(path, os.O_RDONLY) if Path(path).exists() else None

    def milliseconds(self) -> float:
        """Since the thread began."""
        return 0.0 if self._file is None else int(os.pread(self._file, 80, 0).split()[1]) / 1e6

    def close(self) -> None:
        """Lets go of the file."""
        if self._file is not None:
            os.close(self._file)


class Watchdog(QObject):
    """A timer of the window's thread beats; a thread looks at the beats and, when one is late, at the stack.

    Attributes:
        gaps: since the start, one a beat.
        step: what the script is doing now, for the report.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gaps: list[Gap] = []
        self.step = "start"
        self._main = threading.get_ident()
        self._last = time.perf_counter()
        self._worked = time.thread_time()
        self._queue = Queued()
        self._queued = self._queue.milliseconds()
        self._stacks: list[str] = []
        self._over = threading.Event()
        self._timer = QTimer(self, interval=round(1000 * BEAT), timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._watcher = threading.Thread(target=self._watch, daemon=True, name="watchdog")

    def start(self) -> None:
        """Begins to measure."""
        self._last, self._worked, self._queued = time.perf_counter(), time.thread_time(), self._queue.milliseconds()
        self._timer.start()
        self._watcher.start()

    def stop(self) -> None:
        """Ends it."""
        self._timer.stop()
        self._over.set()
        self._watcher.join()
        self._queue.close()

    def percentile(self, share: float) -> float:
        """Milliseconds under which this share of all gaps stayed."""
        ordered = sorted(gap.milliseconds for gap in self.gaps)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def longest(self, count: int) -> list[Gap]:
        """The longest gaps, the longest first."""
        return sorted(self.gaps, key=lambda gap: -gap.milliseconds)[:count]

    def busiest(self, count: int) -> list[Gap]:
        """Those in which the thread had most of the processor's time."""
        return sorted(self.gaps, key=lambda gap: -gap.busy)[:count]

    def _beat(self) -> None:
        now, worked, queued = time.perf_counter(), time.thread_time(), self._queue.milliseconds()
        stacks, self._stacks = self._stacks, []
        since, busy = 1000 * (now - self._last), 1000 * (worked - self._worked)
        self.gaps.append(Gap(since, busy, queued - self._queued, self.step, stacks))
        self._last, self._worked, self._queued = now, worked, queued

    def _watch(self) -> None:
        while not self._over.wait(0.004):
            if time.perf_counter() - self._last > SUSPICIOUS:
                frame = sys._current_frames().get(self._main)
                if frame is not None:
                    self._stacks.append(_told(frame))


def _told(frame: FrameType) -> str:
    """The innermost function, and the innermost three of this project."""
    own: list[str] = []
    innermost = _named(frame)
    at: FrameType | None = frame
    while at is not None and len(own) < 3:
        if at.f_code.co_filename.startswith(ROOT + "/desktop"):
            own.append(_named(at))
        at = at.f_back
    return " < ".join(dict.fromkeys([innermost, *own]))


def _named(frame: FrameType) -> str:
    path = frame.f_code.co_filename.removeprefix(ROOT + "/").rpartition("site-packages/")[2]
    return f"{path}:{frame.f_lineno} {frame.f_code.co_name}"
