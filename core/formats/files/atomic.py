"""Files and folders that appear under their name only when they are complete."""

from __future__ import annotations

import glob
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, TextIO

from captionlint.core.errors import FormatError, UsageError

_DATABASE: Final = (b"SQLite format 3\0", b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
"""What an SQLite file begins with, and its -wal file, which holds the last changes."""
_TOKEN: Final = 4
"""Bytes of the random part of a temporary name."""


@contextmanager
def finished_file(out: Path) -> Iterator[Path]:
    """A temporary name beside `out` to write to; it becomes `out` at the end, and goes away after an error.

    A file that is there is replaced, where `out` is a link the one that it leads to. Raises UsageError for what no
    export has made: a folder, a device, a pipe, a database.
    """
    target = Path(os.path.realpath(out))
    _refuse_irreplaceable(out)
    unfinished = _unfinished(target)
    try:
        _clear(target)
        unfinished.touch()
        with _held(unfinished):
            yield unfinished
        _flush(unfinished)
        unfinished.replace(target)
    except OSError as error:
        raise _explained(out, error) from error
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def finished_text(out: Path) -> Iterator[TextIO]:
    """As `finished_file`, opened for UTF-8 text without any change of line ends."""
    with finished_file(out) as unfinished, unfinished.open("w", encoding="utf-8", newline="") as stream:
        yield stream


@contextmanager
def finished_folder(out: Path, *, may_replace: Callable[[str], bool]) -> Iterator[Path]:
    """As `finished_file`, for a folder; one that is there is replaced if it holds only names that may be."""
    if out.exists() and not (out.is_dir() and all(may_replace(path.name) for path in out.iterdir())):
        raise UsageError(f"{out} holds other things than an earlier export; name a new or empty folder.")
    unfinished, earlier = _unfinished(out), _unfinished(out)
    try:
        _clear(out)
        unfinished.mkdir()
        with _held(unfinished):
            yield unfinished
        if out.exists():
            out.rename(earlier)
        unfinished.rename(out)
    except OSError as error:
        raise _explained(out, error) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
        if out.exists():
            shutil.rmtree(earlier, ignore_errors=True)


def _refuse_irreplaceable(out: Path) -> None:
    if out.is_dir():
        raise UsageError(f"{out} is a folder; name the file to write.")
    if not out.exists():
        return
    if not out.is_file():
        raise UsageError(f"{out} is a device or a pipe; name a file to write, or - for stdout.")
    with suppress(OSError), out.open("rb") as file:
        if file.read(16).startswith(_DATABASE):
            raise UsageError(f"{out} is a database, perhaps a store; name another file to write.")


def _unfinished(out: Path) -> Path:
    if not out.parent.is_dir():
        raise UsageError(f"The folder {out.parent} does not exist; make it first.")
    return out.with_name(f".{out.name}.{secrets.token_hex(_TOKEN)}.part")


def _clear(out: Path) -> None:
    """Deletes what an export to `out` left that was killed; one that still runs keeps its own."""
    for left in out.parent.glob(f".{glob.escape(out.name)}.{'[0-9a-f]' * 2 * _TOKEN}.part"):
        with suppress(OSError), _held(left, others=True):
            shutil.rmtree(left) if left.is_dir() else left.unlink()


@contextmanager
def _held(unfinished: Path, *, others: bool = False) -> Iterator[None]:
    """Shows other processes that this one writes there; with `others` OSError where one of them may do so.

    Windows does so by itself: what is open cannot be deleted.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    descriptor = os.open(unfinished, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if others:  # for one's own it is well where the file system has no locks
                raise
        yield
    finally:
        os.close(descriptor)


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _explained(out: Path, error: OSError) -> FormatError:
    return FormatError(f"{out} cannot be written: {error.strerror or error}; nothing was left behind.")
