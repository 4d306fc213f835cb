"""``python -m desktop [FILE.db]``. The scorer's process starts from here again, so nothing runs on import."""

from __future__ import annotations

import multiprocessing
import sys

if __name__ == "__main__":
    multiprocessing.freeze_support()
    try:
        from desktop.app import main

        sys.exit(main(sys.argv))
    except KeyboardInterrupt:  # before the program listens for it
        sys.exit(130)
