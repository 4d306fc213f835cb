"""The one place where the store's code points and Qt's UTF-16 units are turned into each other."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

_SPOKEN_FOR: Final = {
    "\n": "\u2028",
    "\u2029": "\u2028",
    "\x0b": "\u2028",
    "\x0c": "\u2028",
    "\r": " ",
    "\t": " ",
    "\x00": " ",
}
_SHOWN: Final = str.maketrans(_SPOKEN_FOR)
_EDITED: Final = str.maketrans(
    {
        "\xa0": " ",
        "\u2028": "\n",
        "\u2029": "\n",
        "\ufdd0": "\n",
        "\ufdd1": "\n",
        "\r": " ",
        "\x00": " ",
    }
)


class Units:
    """Offsets of one text. Each character beyond the basic plane takes two units in Qt."""

    def __init__(self, text: str) -> None:
        is_narrow = not text or max(text) <= "\uffff"  # a long caption has thousands of characters to look at
        self._wide = [] if is_narrow else [i for i, c in enumerate(text) if ord(c) > 0xFFFF]
        self._wide_units = [i + n for n, i in enumerate(self._wide)]

    def units(self, point: int) -> int:
        """A code point's offset in UTF-16 units."""
        return point + bisect_right(self._wide, point - 1) if self._wide else point

    def point(self, unit: int) -> int:
        """A unit's offset in code points; the second half of a pair counts as its character."""
        return unit - bisect_right(self._wide_units, unit - 1) if self._wide else unit


def laid_out(text: str) -> str:
    """The text for a `QTextLayout`, of the same length: breaks as line separators, no control characters."""
    return text.translate(_SHOWN)


def in_editor(text: str) -> str:
    """The text as a `QPlainTextEdit` gives it back, of the same length in code points."""
    return text.translate(_EDITED)
