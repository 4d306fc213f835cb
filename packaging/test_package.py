#!/usr/bin/env python3
"""`make package-test`: installs what `make package` built, as a user would, uses it, and takes it away again.

``python3 packaging/test_package.py [deb] [wheel] [demo] [clone]``; without arguments the first two.

deb: into a bare Debian made by debootstrap, which needs root; used under Xvfb with xdotool from outside, so that
nothing it lacks is there by chance. wheel: into fresh environments of the lowest and the highest Python that is to
be found. demo: `make demo` twice in a bare root with python3, git and make. clone: that, and `make test`.
The logs, one for each, and a picture of the window are kept in build/package-test.
"""

from __future__ import annotations

import os
import sys
from typing import Final

from testing import clone, deb, wheel
from testing.steps import Failed, Log

PARTS: Final = {"deb": deb.test, "wheel": wheel.test, "demo": clone.demo, "clone": clone.test}
USUAL: Final = ("deb", "wheel")
NEED_ROOT: Final = {"deb", "demo", "clone"}


def main() -> None:
    chosen = sys.argv[1:] or list(USUAL)
    if unknown := set(chosen) - PARTS.keys():
        sys.exit(f"There is no part {', '.join(sorted(unknown))}: there are {', '.join(PARTS)}.")
    for name in chosen:
        with Log(name) as log:
            try:
                if name in NEED_ROOT and os.geteuid():
                    raise Failed("debootstrap and chroot need root: run this as root, or give `wheel` alone.")
                PARTS[name](log)
            except Failed as error:
                log.say(f"FAILED: {error}")
                sys.exit(1)
            log.say(f"{name}: passed.")


if __name__ == "__main__":
    main()
