#!/usr/bin/env python3
"""`make package-test`: installs what `make package` built, as a user would, uses it, and takes it away again.

``python3 packaging/test_package.py [deb] [wheel]``; without arguments both. The .deb goes into a bare Debian made by
debootstrap, which needs root, and is used under Xvfb with xdotool from outside, so that nothing it lacks is there by
chance. The wheel goes into fresh environments of the lowest and the highest Python that is to be found.
The log and a picture of the window are kept in build/package-test.
"""

from __future__ import annotations

import os
import sys
from typing import Final

from testing import deb, wheel
from testing.steps import Failed, Log

PARTS: Final = {"deb": deb.test, "wheel": wheel.test}


def main() -> None:
    chosen = sys.argv[1:] or list(PARTS)
    if unknown := set(chosen) - PARTS.keys():
        sys.exit(f"There is no part {', '.join(sorted(unknown))}: give deb, wheel or nothing.")
    with Log() as log:
        try:
            for name in chosen:
                if name == "deb" and os.geteuid():
                    raise Failed("debootstrap and chroot need root: run this as root, or give `wheel` alone.")
                PARTS[name](log)
        except Failed as error:
            log.say(f"FAILED: {error}")
            sys.exit(1)
        log.say("All passed.")


if __name__ == "__main__":
    main()
