"""``python -m captionlint.ml_backend.bridge COMMAND``: how the command line runs the bridge, as a process.

Options come as one JSON object on stdin: a token on the command line could be read by everyone on the machine. What
they mean is said once, in ``captionlint label-studio COMMAND --help``.
"""

from __future__ import annotations

import json
import sys

from captionlint.core.errors import CaptionlintError
from captionlint.core.interrupts import end_at_once, stop_in_order, was_stopped


def main() -> int:
    """Runs one command and says what came of it; 1 if it failed, in one line on stderr."""
    stop_in_order()
    debug = False
    try:
        from captionlint.ml_backend.bridge.commands import COMMANDS

        options = json.load(sys.stdin)
        debug = options.pop("debug", False)
        return COMMANDS[sys.argv[1]](**options)
    except CaptionlintError as error:
        if was_stopped():  # what a library made of it
            return _stopped()
        if debug:
            raise
        sys.stderr.write(f"captionlint: {' '.join(str(error).split())}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return _stopped()
    finally:
        end_at_once()


def _stopped() -> int:
    sys.stderr.write("captionlint: stopped; what was sent or kept stays, and the next run goes on.\n")
    return 1


sys.exit(main())
