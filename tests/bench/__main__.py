"""``make bench``: every benchmark, or those named. Ratios of medians measured side by side in one run.

``closing`` is no measure of speed and runs only by name.
"""

from __future__ import annotations

import importlib
import sys

from captionlint.core.clip.openmp import sleep_while_waiting

BENCHES = ("scoring", "store", "calibration", "calibrating", "heat", "label_studio", "desktop")


def main() -> None:
    sleep_while_waiting()  # as the faces do
    for name in sys.argv[1:] or BENCHES:
        print(f"\n{name}\n{'-' * len(name)}")
        importlib.import_module(f"tests.bench.{name}").main()


if __name__ == "__main__":
    main()
