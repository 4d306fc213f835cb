"""Notices at the start that another distribution has overwritten one of our packages.

They are named plainly, and pip lets a distribution with a `core` or `cli` of its own write over ours without a word;
uninstalling it then takes files of ours along. Looked at are the packages' folders and the first lines of their
``__init__.py``, in a millisecond; `captionlint doctor` compares every file.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

PACKAGES: Final = ("core", "db", "cli", "desktop", "ml_backend")
_MARK: Final = '"""Floor '
"""How the ``__init__.py`` of each of our packages begins."""


def overwritten() -> str | None:
    """One sentence that names the first package that is not ours, or None where all are."""
    if getattr(sys, "frozen", False):
        return None  # a bundle is an environment of its own
    home = Path(__file__).parent.parent
    for package in PACKAGES:
        found = find_spec(package)
        places = list(found.submodule_search_locations or []) if found else []
        if home / package not in map(Path, places):
            where = f"is taken from {places[0]}" if places else "is missing"
            return f"The package '{package}' {where}, not from {home}: {_way_out()}."
        if not _begins_as_ours(home / package / "__init__.py"):
            return f"Another distribution has overwritten the package '{package}' in {home}: {_way_out()}."
    return None


def _way_out() -> str:
    try:
        from core.extras import requirement

        wanted = requirement("desktop")
    except Exception:  # whatever another distribution's `core.extras` is
        wanted = "'captionlint[desktop]'"
    return f"install Captionlint in an environment of its own (uv tool install --force {wanted})"


def _begins_as_ours(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(len(_MARK)) == _MARK
    except (OSError, UnicodeDecodeError):
        return False
