"""Driving a real window from its own event loop, step by step, as a person's keys would."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from captionlint.desktop.app.window import MainWindow
from tests.bench.watchdog import Watchdog

Steps = Generator[Callable[[], bool], None, None]
"""Yields what must come true before the next step; between two steps the window's loop runs."""


def run(steps: Steps, *, dog: Watchdog | None = None, seconds: float = 60.0) -> None:
    """Runs a script to its end; `seconds` is how long it waits for one step."""
    loop = QEventLoop()
    waiting: list[Callable[[], bool]] = []
    errors: list[Exception] = []
    since = [time.monotonic()]
    timer = QTimer(interval=3)

    def turn() -> None:
        try:
            if not waiting or waiting[0]():
                waiting[:] = [next(steps)]
                since[0] = time.monotonic()
            elif time.monotonic() > since[0] + seconds:
                raise TimeoutError(f"Nothing follows the step '{dog.step if dog else ''}'.")
        except StopIteration:
            loop.quit()
        except Exception as error:
            errors.append(error)
            loop.quit()

    timer.timeout.connect(turn)
    timer.start()
    loop.exec()
    timer.stop()
    if errors:
        raise errors[0]


def rest(seconds: float) -> Callable[[], bool]:
    """True when so much time has passed."""
    until = time.perf_counter() + seconds
    return lambda: time.perf_counter() >= until


def press(window: MainWindow, keys: str) -> None:
    """Presses a key as the keymap writes it, wherever the keyboard is."""
    combination = QKeySequence(keys)[0]
    target = QApplication.focusWidget() or window
    QTest.keyClick(target, combination.key(), combination.keyboardModifiers())


def write(text: str) -> None:
    """Types one letter into what has the keyboard."""
    QTest.keyClicks(QApplication.focusWidget(), text)


class Painted(QObject):
    """Tells when a new item stands on the screen: caption and picture painted after it landed.

    Attributes:
        at: when the last one did, by `time.perf_counter`; None until then.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.at: float | None = None
        self._window = window
        self._picture, self._caption = window.screen_review.stage.picture, window.screen_review.stage.caption
        self._seen: set[QObject] = set()
        self._before: int | None = None
        self._picture.installEventFilter(self)
        self._caption.viewport().installEventFilter(self)

    def expect(self) -> None:
        """Another item than this one will come."""
        self.at, self._seen = None, set()
        item = self._window.review.item
        self._before = item.item_id if item else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self.at is None and self._is_new():
            self._seen.add(watched)
            if len(self._seen) == 2:
                QTimer.singleShot(0, self._done)  # when this round of painting is over
        return False

    def _is_new(self) -> bool:
        item, picture = self._window.review.item, self._picture.picture
        if item is None or item.item_id == self._before or picture is None or picture.path != item.image:
            return False
        if picture.full is None:
            raise FileNotFoundError(picture.error)
        return True

    def _done(self) -> None:
        if self.at is None:
            self.at = time.perf_counter()


class Session:
    """A window with what watches it."""

    def __init__(self, window: MainWindow, dog: Watchdog) -> None:
        self.window, self.dog = window, dog
        self.painted = Painted(window)

    def do(self, name: str, keys: str) -> None:
        """Presses a key under a name for the report."""
        self.dog.step = name
        press(self.window, keys)

    def at_rest(self) -> bool:
        """Nothing is decoded and nothing is asked of the store."""
        return self.window.pictures.idle and self.window.project.worker.idle
