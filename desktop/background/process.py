"""A process of its own, spawned, for what would stall the window or must be sure to end: torch, imports, exports.

Spawned, never forked after Qt. Ending one is killing it: whatever it writes is committed in batches.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import queue
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from PySide6.QtCore import QObject, Signal

Target = Callable[..., None]
"""A function of a module that imports no Qt; its first argument is the connection to the window's process."""


class Child(QObject):
    """One spawned process and the pipe to it. Whoever lets go of it before it `ended` stops it first.

    Signals:
        received: a message from the process.
        ended: its exit code; comes last, also after a crash, but not after `stop`.
    """

    received = Signal(object)
    ended = Signal(int)
    _heard = Signal(object)

    def __init__(self, target: Target, *arguments: Any, parent: QObject | None = None) -> None:
        super().__init__(parent)
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=target, args=(theirs, *arguments), daemon=True)
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches all of a terminal; the window ends it
        try:
            self._process.start()
        finally:
            signal.signal(signal.SIGINT, before)
        theirs.close()
        self._stopped = False
        self._telling = threading.Lock()
        self._outgoing: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._heard.connect(self._hear)
        self._reader = threading.Thread(target=self._read, args=(self._connection,), daemon=True, name="child")
        self._writer = threading.Thread(target=self._write, args=(self._connection,), daemon=True, name="to child")
        self._reader.start()
        self._writer.start()

    @property
    def alive(self) -> bool:
        """Whether messages still go to it."""
        return not self._stopped and self._process.is_alive()

    def send(self, message: object) -> None:
        """Hands it a message; one that is ending loses it. Never waits for a process that reads nothing."""
        self._outgoing.put(message)

    def stop(self) -> None:
        """Ends it at once; what it was about to say is dropped.

        It is buried by the reading thread: taking gigabytes back from a process may last longer than a key.
        """
        if not self._stopped:
            with self._telling:
                self._stopped = True
            self._process.kill()
            self._outgoing.put(_END)

    def _write(self, connection: Connection) -> None:
        while (message := self._outgoing.get()) is not _END:
            try:
                connection.send(message)
            except (OSError, ValueError):  # it has ended
                return

    def _read(self, connection: Connection) -> None:
        while not self._stopped:
            try:
                message = connection.recv()
            except (EOFError, OSError):
                break
            self._tell(message)
        self._process.join()
        self._outgoing.put(_END)
        self._writer.join()
        connection.close()
        self._tell(_END)

    def _tell(self, message: object) -> None:
        # Under the lock: once `stop` has returned, this object may be deleted.
        with self._telling, contextlib.suppress(RuntimeError):
            if not self._stopped:
                self._heard.emit(message)

    def _hear(self, message: object) -> None:
        if self._stopped:
            return
        if message is _END:
            self._stopped = True
            self.ended.emit(self._process.exitcode or 0)
        else:
            self.received.emit(message)


_END = object()
