"""Where the bundled program starts. The name it was called by says which face: `captionlint` or `captionlint-desktop`.

One program for both, since each holds a copy of all Python code; on Linux the second name is a link to the first.
Faces start one another as ``python -m FACE``, so that this program understands too.
"""

from __future__ import annotations

import multiprocessing
import runpy
import sys
from pathlib import Path
from typing import Final

FACES: Final = ("captionlint.desktop", "captionlint.ml_backend", "captionlint.ml_backend.bridge")


def main() -> None:
    multiprocessing.freeze_support()  # the scorer's process is this program again
    if sys.argv[1:2] == ["-m"] and sys.argv[2:3] and sys.argv[2] in FACES:
        face = sys.argv[2]
        del sys.argv[1:3]
        runpy.run_module(face, run_name="__main__", alter_sys=True)
    elif Path(sys.argv[0]).stem.lower() == "captionlint-desktop":
        from captionlint.desktop.app.app import main as window

        sys.exit(window(sys.argv))
    else:
        from captionlint.cli.__main__ import run

        run()


if __name__ == "__main__":
    main()
