"""Versions and the log's end as text for a bug report; and nothing of captions, pictures or names of files."""

from __future__ import annotations

import platform
import re
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication

from captionlint.desktop.background import log

_PACKAGES: Final = (
    "captionlint", "PySide6-Essentials", "torch", "open_clip_torch", "SQLAlchemy", "pillow", "numpy", "pyqtgraph",
)  # fmt: skip


def versions() -> list[tuple[str, str]]:
    """What runs here, by name."""
    found = [("Captionlint", _version("captionlint")), ("Python", platform.python_version()), ("Qt", qVersion())]
    found += [(name, _version(name)) for name in _PACKAGES[1:]]
    return [*found, ("System", platform.platform()), ("Display", QGuiApplication.platformName())]


def report() -> str:
    """The whole report."""
    lines = [f"{name}: {value}" for name, value in versions()]
    screens = ", ".join(
        f"{s.size().width()}×{s.size().height()}@{s.devicePixelRatio()}" for s in QGuiApplication.screens()
    )
    tail = _without_home(log.tail())
    return "\n".join([*lines, f"Screens: {screens}", f"Frozen: {getattr(sys, 'frozen', False)}", "", tail]).strip()


def _without_home(text: str) -> str:
    """Paths begin with the user's name on most systems."""
    return re.sub(re.escape(str(Path.home())), "~", text)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
