"""What keeps the window's thread free: short turns of the others, and a collector that leaves alone what stays."""

from __future__ import annotations

import gc
import sys
from typing import Final

from PySide6.QtCore import QObject, QTimer

_TURN: Final = 0.0001
"""Seconds for which a thread at work keeps the interpreter from the window's: painting asks for it hundreds of times,
and waited, at a thousandth, ten milliseconds for it.
"""
_LOADED: Final = 4000
"""Milliseconds after the start, when the store's and the plots' libraries are loaded."""

_COLLECTED: Final = (2000, 20, 50)
"""New objects after which the youngest are looked through, and how many such rounds the older ones wait: a hundred
thousand rows of the queue are below one full collection, which held the interpreter's lock for up to 28 milliseconds.
"""


def keep_fluent(application: QObject) -> None:
    """Call it when the program's modules are imported, before its windows open.

    A full collection walks over everything that was ever imported, for some 50 ms and in any thread's name: what is
    loaded now, and what is by `_LOADED`, is taken out of its sight. What the store's worker reads would still set off
    several a search, at the usual counts.
    """
    sys.setswitchinterval(_TURN)
    gc.set_threshold(*_COLLECTED)
    gc.freeze()
    QTimer.singleShot(_LOADED, application, gc.freeze)
