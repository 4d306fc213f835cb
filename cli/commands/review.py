"""``captionlint review``: starts the desktop application as a program of its own."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from captionlint.core.errors import UsageError
from captionlint.core.extras import adding


def review(
    db: Annotated[
        str | None,
        typer.Option("--db", metavar="FILE.db", help="The store; without one a welcome screen offers what there is."),
    ] = None,
    annotator: Annotated[
        str | None, typer.Option("--annotator", metavar="NAME", help="Whose decisions these are (default: yours).")
    ] = None,
) -> None:
    """Open the window in which marked captions are reviewed."""
    if importlib.util.find_spec("PySide6") is None:
        raise UsageError(f"The window needs PySide6: {adding('desktop')}.")
    if db is not None and "://" not in db:
        from captionlint.db.store import check

        check(Path(db).absolute())
    if not _has_display():
        raise UsageError(
            "There is no display to open the window on: run this on a desktop, or over `ssh -X` (neither DISPLAY nor "
            "WAYLAND_DISPLAY is set)."
        )
    # A face never imports another one: this is a program, not a call.
    command = [sys.executable, "-m", "captionlint.desktop", *([db] if db else [])]
    if annotator is not None:
        command += ["--annotator", annotator]
    if os.name == "posix":
        # In this very process, so that what stops the command stops the window.
        os.execv(sys.executable, command)  # noqa: S606
    if subprocess.run(command, check=False).returncode:
        raise typer.Exit(1)


def _has_display() -> bool:
    """Whether Qt finds a screen; on Linux it would say so in seven lines that name the wrong library."""
    named = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    return named or not sys.platform.startswith("linux")
