"""``make bench``: every benchmark, or those named. Ratios of medians measured side by side in one run."""

from __future__ import annotations

import importlib
import sys

BENCHES = ("scoring", "store", "calibration", "heat", "label_studio", "desktop")


def main() -> None:
    for name in sys.argv[1:] or BENCHES:
        print(f"\n{name}\n{'-' * len(name)}")
        importlib.import_module(f"tests.bench.{name}").main()


if __name__ == "__main__":
    main()
