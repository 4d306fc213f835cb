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


def keep_fluent(application: QObject) -> None:
    """Call it when the program's modules are imported, before its windows open.

    A full collection walks over everything that was ever imported, for some 50 ms and in any thread's name: what is
    loaded now, and what is by `_LOADED`, is taken out of its sight.
    """
    sys.setswitchinterval(_TURN)
    gc.freeze()
    QTimer.singleShot(_LOADED, application, gc.freeze)
