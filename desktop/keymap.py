"""Every action of the program with its keys: one table, which the menus, the overlay and the tests read.

Each action has a second key without letters, since letters die under other layouts and input methods.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from core.review import KINDS

Section = Literal["Decide", "Words", "Correct", "Move", "Picture", "Window"]
SECTIONS: Final[tuple[Section, ...]] = ("Decide", "Words", "Correct", "Move", "Picture", "Window")
Scope = Literal["stage", "window"]


@dataclass(frozen=True, slots=True)
class Command:
    """An action: `keys` in Qt's portable notation, the usual one first.

    `scope`: stage keys act while picture or caption have the focus, so that they can be typed elsewhere.
    """

    name: str
    title: str
    section: Section
    keys: tuple[str, ...]
    scope: Scope = "stage"


def _kinds() -> tuple[Command, ...]:
    return tuple(
        Command(f"kind_{kind}", kind.capitalize(), "Words", (str(number), f"Ctrl+{number}"))
        for number, kind in enumerate(KINDS, 1)
    )


COMMANDS: Final[tuple[Command, ...]] = (
    Command("accept", "Accept as shown", "Decide", ("Return", "Enter")),
    Command("reject", "Reject the item", "Decide", ("R", "Del")),
    Command("skip", "Skip", "Decide", ("S", "Ctrl+PgDown")),
    Command("undo", "Undo", "Decide", ("Ctrl+Z", "Alt+Backspace"), "window"),
    Command("redo", "Redo", "Decide", ("Ctrl+Shift+Z", "Alt+Shift+Backspace"), "window"),
    Command("next_word", "Next word", "Words", ("Right", "L")),
    Command("previous_word", "Previous word", "Words", ("Left", "K")),
    Command("next_mark", "Next mark", "Words", ("Down", "M")),
    Command("previous_mark", "Previous mark", "Words", ("Up", "Shift+M")),
    Command("toggle", "Mark or unmark the word", "Words", ("Space", "0")),
    Command("extend_right", "Extend the mark to the right", "Words", ("Shift+Right", "Shift+L")),
    Command("extend_left", "Extend the mark to the left", "Words", ("Shift+Left", "Shift+K")),
    *_kinds(),
    Command("ignore", "Never mark this word", "Words", ("I", "Ctrl+0")),
    Command("replace", "Replace the word", "Correct", ("W", "F4")),
    Command("delete_word", "The word should go", "Correct", ("D", "Backspace")),
    Command("edit", "Edit the caption", "Correct", ("E", "F2")),
    Command("next", "Next item", "Move", ("N", "PgDown")),
    Command("previous", "Previous item", "Move", ("P", "PgUp")),
    Command("next_suspicious", "Next item with marks", "Move", ("J", "Shift+PgDown")),
    Command("search", "Search captions", "Move", ("/", "Ctrl+F", "F3"), "window"),
    Command("heat", "Where does the model look?", "Picture", ("H", "F6")),
    Command("occlusion", "The same by covering parts (slow)", "Picture", ("Shift+H", "Shift+F6")),
    Command("zoom_in", "Zoom in", "Picture", ("+", "=")),
    Command("zoom_out", "Zoom out", "Picture", ("-", "_")),
    Command("fit", "Fit the window", "Picture", ("F", "*")),
    Command("actual_size", "Actual size", "Picture", ("Z", "F7")),
    Command("fold_queue", "Show or hide the queue", "Window", ("F9",), "window"),
    Command("screen_review", "Review", "Window", ("Alt+1",), "window"),
    Command("screen_queue", "Queue", "Window", ("Alt+2",), "window"),
    Command("screen_summary", "Summary", "Window", ("Alt+3",), "window"),
    Command("full_screen", "Full screen", "Window", ("F11",), "window"),
    Command("keys", "All keys", "Window", ("?", "F1"), "window"),
)
BY_NAME: Final[Mapping[str, Command]] = {command.name: command for command in COMMANDS}


class Keymap:
    """The keys in use: the table's, save where the user bound others."""

    def __init__(self, own: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self._own = {name: keys for name, keys in (own or {}).items() if name in BY_NAME}

    def keys(self, name: str) -> tuple[str, ...]:
        """The keys of an action, the one to show first."""
        return self._own.get(name, BY_NAME[name].keys)

    def bind(self, name: str, keys: tuple[str, ...]) -> Keymap:
        """A keymap in which one action has these keys."""
        return Keymap({**self._own, name: keys})

    @property
    def own(self) -> Mapping[str, tuple[str, ...]]:
        """What differs from the table."""
        return {name: keys for name, keys in self._own.items() if keys != BY_NAME[name].keys}

    def clashes(self) -> dict[str, list[str]]:
        """Keys that more than one action has: Qt would fire none of them."""
        users: Counter[str] = Counter(key for c in COMMANDS for key in self.keys(c.name))
        return {
            key: [c.name for c in COMMANDS if key in self.keys(c.name)] for key, number in users.items() if number > 1
        }


def shown(key: str) -> str:
    """A key as it is written on a key cap."""
    signs = {
        "Right": "→", "Left": "←", "Up": "↑", "Down": "↓", "PgDown": "Page ↓", "PgUp": "Page ↑",
        "Return": "Enter", "Enter": "Enter (pad)",
    }  # fmt: skip
    parts = key.replace("++", "+plus").split("+") if len(key) > 1 else [key]
    return " ".join(signs.get(p, "+" if p == "plus" else p) for p in parts)
