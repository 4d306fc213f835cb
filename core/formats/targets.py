"""Files and folders that appear under their name only when they are complete."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from core.errors import FormatError, UsageError


@contextmanager
def finished_file(out: Path) -> Iterator[Path]:
    """A temporary name beside `out` to write to; it becomes `out` at the end, and goes away after an error."""
    if out.is_dir():
        raise UsageError(f"{out} is a folder; name the file to write.")
    unfinished = _unfinished(out)
    try:
        yield unfinished
        _flush(unfinished)
        unfinished.replace(out)
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
        unfinished.mkdir()
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


def _unfinished(out: Path) -> Path:
    if not out.parent.is_dir():
        raise UsageError(f"The folder {out.parent} does not exist; make it first.")
    return out.with_name(f".{out.name}.{secrets.token_hex(4)}.part")


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _explained(out: Path, error: OSError) -> FormatError:
    return FormatError(f"{out} cannot be written: {error.strerror or error}; nothing was left behind.")
