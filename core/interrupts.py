"""Ctrl-C in a program that keeps something: the first one stops the work, the next ones do not disturb the end."""

from __future__ import annotations

import _thread
import logging
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from types import FrameType
from typing import Any, Final, NoReturn

CODE: Final = 130
"""The exit code of a command that Ctrl-C ended, as shells have it."""
PATIENCE: Final = 3.0
"""Seconds that putting away may take before another Ctrl-C ends the process at once."""
_SHOW_CURSOR: Final = b"\x1b[?25h"
_stopped_at: float | None = None


def stop_in_order(*numbers: int) -> None:
    """Has the first of these signals (default: SIGINT) raise KeyboardInterrupt in the main thread.

    More of them are ignored for `PATIENCE` seconds; the next one then ends the process without any clean-up, which
    costs a store nothing. What libraries say of the interruption is not printed. A signal that was ignored when the
    process began, as with ``nohup``, stays ignored.
    """
    for number in numbers or (signal.SIGINT,):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)
    if sys.unraisablehook is not _take_unraisable:
        sys.unraisablehook = _take_unraisable


def end_at_once() -> None:
    """Has SIGINT end the process silently from here on: all is kept, and only the interpreter's end is left."""
    if signal.getsignal(signal.SIGINT) is _stop and not was_stopped():
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def leave(code: int) -> NoReturn:
    """Ends the process with what is printed, but without waiting for its threads."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # it is closed, or was from the start
            stream.flush()
    os._exit(code)


def was_stopped() -> bool:
    """Whether a signal has stopped the work: an error after that is a consequence, and none to be shown."""
    return _stopped_at is not None


def silence(handler: logging.Handler) -> None:
    """Keeps what libraries log of the interruption, with its traceback, out of a log."""
    handler.addFilter(lambda record: not (was_stopped() and record.exc_info))


def _stop(_number: int, _frame: FrameType | None) -> None:
    global _stopped_at  # noqa: PLW0603 - signals belong to the process, and so does this
    now = time.monotonic()
    if _stopped_at is None:
        _stopped_at = now
        raise KeyboardInterrupt
    if now - _stopped_at > PATIENCE:
        if os.isatty(2):
            os.write(2, _SHOW_CURSOR)  # a progress bar hides it
        os._exit(CODE)


def _take_unraisable(unraisable: Any) -> None:
    """A destructor or a callback cannot be stopped: the KeyboardInterrupt that met one is raised again after it."""
    global _stopped_at  # noqa: PLW0603
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        _stopped_at = None
        again = threading.Timer(0.05, _thread.interrupt_main)
        again.daemon = True
        again.start()
    elif not was_stopped():
        sys.__unraisablehook__(unraisable)
