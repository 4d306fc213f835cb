"""``python -m captionlint.desktop [FILE.db]``. The scorer's process imports this: nothing may run then."""

from __future__ import annotations

import multiprocessing
import sys

if __name__ == "__main__":
    multiprocessing.freeze_support()
    try:
        from captionlint.desktop.app.app import main

        sys.exit(main(sys.argv))
    except KeyboardInterrupt:  # before the program listens for it
        sys.exit(130)
