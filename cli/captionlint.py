"""Where the command starts: looks first whether the packages are ours, then runs `cli.main`.

Under a name that no other distribution's `cli` has, so that it is there when the rest was overwritten.
"""

from __future__ import annotations

import sys
from contextlib import suppress

_INTERRUPTED = 130  # as a shell says it of a command that Ctrl-C ended


def run() -> None:
    """The entry point of ``captionlint``."""
    try:
        with suppress(Exception):  # `_overwritten` tells what is wrong with the package
            from core.interrupts import stop_in_order

            stop_in_order()
        _run()
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


def _run() -> None:
    found = _overwritten()
    if found is not None and sys.argv[1:2] != ["doctor"]:  # which tells more
        sys.exit(f"captionlint: {found}")
    try:
        from cli.main import run as main
        from core.interrupts import end_at_once
        from core.openmp import sleep_while_waiting
        from core.own_process import hush_pillow
    except ImportError as error:
        sys.exit(f"captionlint: The package 'cli' is not Captionlint's or not whole ({error}): install it anew.")
    sleep_while_waiting()
    hush_pillow()
    try:
        main()
    finally:
        end_at_once()


def _overwritten() -> str | None:
    try:
        from core.guard import overwritten
    except Exception as error:  # whatever another distribution's `core` does on import
        return f"The package 'core' is not Captionlint's ({type(error).__name__}: {error}): install it anew."
    return overwritten()
