"""How the command line shows captions and numbers."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from captionlint.core.prediction import WordScore

_FLAGGED = "bold bright_red underline"
OUT = Console(highlight=False)
ERR = Console(stderr=True, highlight=False)


def marked(caption: str, words: Sequence[WordScore], *, epsilon: float) -> Text:
    """The caption with its flagged words in colour and underlined; without a terminal, in [brackets]."""
    text = Text(overflow="fold")
    position = 0
    plain = not OUT.is_terminal
    for word in words:
        text.append(printable(caption[position : word.start]))
        shown = printable(word.text)
        if word.flagged(epsilon):
            text.append(f"[{shown}]" if plain else shown, style=_FLAGGED)
        else:
            text.append(shown)
        position = word.end
    text.append(printable(caption[position:]))
    return text


def printable(text: str) -> str:
    """The text on one line, without control characters that a terminal would obey."""
    return "".join(" " if c in "\r\n\t" else c for c in text if c.isprintable() or c in "\r\n\t\u200d")


def alike(reason: str, number: int) -> str:
    """A reason on one line, with how many items it stands for."""
    return printable(reason) + (f" ({number} alike)" if number > 1 else "")


def number(value: float | None) -> str:
    """A signed number with three digits that count."""
    return "" if value is None else f"{value:+.3g}" if abs(value) < 1e-3 else f"{value:+.4f}"
