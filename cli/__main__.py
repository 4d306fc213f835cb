"""Where the command starts: ``captionlint``, or ``python -m captionlint.cli``."""

from __future__ import annotations

import sys

_INTERRUPTED = 130  # the exit code of a command that Ctrl-C ended, as shells have it


def run() -> None:
    """The entry point of ``captionlint``."""
    try:
        from captionlint.core.interrupts import stop_in_order

        stop_in_order()
        _run()
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


def _run() -> None:
    from captionlint.cli.main import run as main
    from captionlint.core.clip.openmp import sleep_while_waiting
    from captionlint.core.images.pillow_warnings import hush_pillow
    from captionlint.core.interrupts import end_at_once

    sleep_while_waiting()
    hush_pillow()
    try:
        main()
    finally:
        end_at_once()


if __name__ == "__main__":
    run()
