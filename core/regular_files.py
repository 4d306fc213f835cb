"""Opens a path only if it is a regular file: a named pipe may never have a writer, and a device may have no end."""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path


def open_regular(path: Path) -> BufferedReader:
    """The file, opened to read bytes; links are followed.

    Raises:
        OSError: it cannot be opened; `strerror` says what it is if it is no regular file.
    """
    refuse_special(path, path.stat().st_mode)
    return open(path, "rb", opener=_opener)  # Path.open takes no opener


def refuse_special(path: Path | str, mode: int) -> None:
    """Raises OSError for the `st_mode` of anything but a regular file."""
    if not stat.S_ISREG(mode):
        number = errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL
        raise OSError(number, f"it is {kind_of(mode)}, not a file", str(path))


def kind_of(mode: int) -> str:
    """What something is that is no regular file, by its `st_mode`."""
    kinds = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a named pipe"), (stat.S_ISSOCK, "a socket"))
    return next((name for is_kind, name in kinds if is_kind(mode)), "a device")


def _opener(path: str, flags: int) -> int:
    """A pipe that took the file's place after the first look is opened without waiting for a writer, then refused."""
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    try:
        refuse_special(path, os.fstat(descriptor).st_mode)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
