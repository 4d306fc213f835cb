"""What ends the program from outside: asked to stop, by Ctrl+C or with its terminal, it closes its windows."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from PySide6.QtCore import QObject, QSocketNotifier, QTimer
from PySide6.QtWidgets import QApplication

_ENDING: Final = ("SIGINT", "SIGTERM", "SIGHUP")


class Interrupts(QObject):
    """Turns signals into the orderly end, in which decisions are kept and the store is let go of.

    Qt's loop runs no Python while nothing happens, so Python's handlers would wait: a socket wakes it.
    """

    def __init__(self, application: QApplication, end: Callable[[], None]) -> None:
        """`end` asks all windows to close."""
        super().__init__(application)
        self._end = end
        self._read, self._written = socket.socketpair()
        for side in (self._read, self._written):
            side.setblocking(False)
        signal.set_wakeup_fd(self._written.fileno(), warn_on_full_buffer=False)
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._take)
        for name in _ENDING:
            number = getattr(signal, name, None)  # Windows knows no SIGHUP
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # as `nohup` wishes
                signal.signal(number, lambda *_: None)

    def _take(self) -> None:
        with suppress(BlockingIOError):  # Qt may call for nothing
            self._read.recv(64)
        QTimer.singleShot(0, self._end)


def ignore_at_the_end() -> None:
    """Ignores these signals from now on: everything is saved, and a second one would end the interpreter with an error.

    While it ends, Python takes its own handlers off, but leaves a signal ignored.
    """
    for name in _ENDING:
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, signal.SIG_IGN)
