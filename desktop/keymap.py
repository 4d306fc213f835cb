"""Every action of the program with its keys: one table, which the menus, the overlay and the tests read.

Each action has a second key without letters, since letters die under other layouts and input methods; save those of
the store, which have the keys of every desktop program.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from PySide6.QtCore import QCoreApplication

from captionlint.core.review import KINDS, Kind
from captionlint.desktop.style.strings import QT_TRANSLATE_NOOP

Section = Literal["Decide", "Words", "Correct", "Move", "Picture", "Window", "Store"]
_SECTION_TITLES: Final[dict[Section, str]] = {
    "Decide": QT_TRANSLATE_NOOP("sections", "Decide"),
    "Words": QT_TRANSLATE_NOOP("sections", "Words"),
    "Correct": QT_TRANSLATE_NOOP("sections", "Correct"),
    "Move": QT_TRANSLATE_NOOP("sections", "Move"),
    "Picture": QT_TRANSLATE_NOOP("sections", "Picture"),
    "Window": QT_TRANSLATE_NOOP("sections", "Window"),
    "Store": QT_TRANSLATE_NOOP("sections", "Store"),
}
SECTIONS: Final[tuple[Section, ...]] = tuple(_SECTION_TITLES)
Scope = Literal["stage", "window"]


@dataclass(frozen=True, slots=True)
class Command:
    """An action: `title` in English, `keys` in Qt's portable notation, the usual one first.

    `scope`: stage keys act while picture or caption have the focus, so that they can be typed elsewhere.
    `repeats`: whether the action repeats while the key is held. Only moving and zooming do: a held key must decide
    nothing that nobody has seen.
    """

    name: str
    title: str
    section: Section
    keys: tuple[str, ...]
    scope: Scope = "stage"
    repeats: bool = False


_KIND_TITLES: Final[dict[Kind, str]] = {
    "object": QT_TRANSLATE_NOOP("commands", "Object"),
    "attribute": QT_TRANSLATE_NOOP("commands", "Attribute"),
    "count": QT_TRANSLATE_NOOP("commands", "Count"),
    "relation": QT_TRANSLATE_NOOP("commands", "Relation"),
    "action": QT_TRANSLATE_NOOP("commands", "Action"),
    "text": QT_TRANSLATE_NOOP("commands", "Text"),
    "other": QT_TRANSLATE_NOOP("commands", "Other"),
}


def _kinds() -> tuple[Command, ...]:
    return tuple(
        Command(f"kind_{kind}", _KIND_TITLES[kind], "Words", (str(number), f"Ctrl+{number}"))
        for number, kind in enumerate(KINDS, 1)
    )


COMMANDS: Final[tuple[Command, ...]] = (
    Command("accept", QT_TRANSLATE_NOOP("commands", "Accept as shown"), "Decide", ("Return", "Enter")),
    Command("reject", QT_TRANSLATE_NOOP("commands", "Reject the item"), "Decide", ("R", "Del")),
    Command("skip", QT_TRANSLATE_NOOP("commands", "Skip"), "Decide", ("S", "Ctrl+PgDown")),
    Command("undo", QT_TRANSLATE_NOOP("commands", "Undo"), "Decide", ("Ctrl+Z", "Alt+Backspace"), "window"),
    Command("redo", QT_TRANSLATE_NOOP("commands", "Redo"), "Decide", ("Ctrl+Shift+Z", "Alt+Shift+Backspace"), "window"),
    Command("next_word", QT_TRANSLATE_NOOP("commands", "Next word"), "Words", ("Right", "L"), repeats=True),
    Command("previous_word", QT_TRANSLATE_NOOP("commands", "Previous word"), "Words", ("Left", "K"), repeats=True),
    Command("next_mark", QT_TRANSLATE_NOOP("commands", "Next mark"), "Words", ("Down", "M"), repeats=True),
    Command("previous_mark", QT_TRANSLATE_NOOP("commands", "Previous mark"), "Words", ("Up", "Shift+M"), repeats=True),
    Command("toggle", QT_TRANSLATE_NOOP("commands", "Mark or unmark the word"), "Words", ("Space", "0")),
    Command(
        "extend_right",
        QT_TRANSLATE_NOOP("commands", "Extend the mark to the right"),
        "Words",
        ("Shift+Right", "Shift+L"),
        repeats=True,
    ),
    Command(
        "extend_left",
        QT_TRANSLATE_NOOP("commands", "Extend the mark to the left"),
        "Words",
        ("Shift+Left", "Shift+K"),
        repeats=True,
    ),
    *_kinds(),
    Command("ignore", QT_TRANSLATE_NOOP("commands", "Never mark this word"), "Words", ("I", "Ctrl+0")),
    Command("replace", QT_TRANSLATE_NOOP("commands", "Replace the word"), "Correct", ("W", "F4")),
    Command("delete_word", QT_TRANSLATE_NOOP("commands", "The word should go"), "Correct", ("D", "Backspace")),
    Command("edit", QT_TRANSLATE_NOOP("commands", "Edit the caption"), "Correct", ("E", "F2")),
    Command("next", QT_TRANSLATE_NOOP("commands", "Next item"), "Move", ("N", "PgDown"), repeats=True),
    Command("previous", QT_TRANSLATE_NOOP("commands", "Previous item"), "Move", ("P", "PgUp"), repeats=True),
    Command(
        "next_suspicious",
        QT_TRANSLATE_NOOP("commands", "Next item with marks"),
        "Move",
        ("J", "Shift+PgDown"),
        repeats=True,
    ),
    Command("search", QT_TRANSLATE_NOOP("commands", "Search captions"), "Move", ("/", "Ctrl+F", "F3"), "window"),
    Command("heat", QT_TRANSLATE_NOOP("commands", "Where does the model look?"), "Picture", ("H", "F6")),
    Command(
        "occlusion",
        QT_TRANSLATE_NOOP("commands", "The same by covering parts (slow)"),
        "Picture",
        ("Shift+H", "Shift+F6"),
    ),
    Command("zoom_in", QT_TRANSLATE_NOOP("commands", "Zoom in"), "Picture", ("+", "="), repeats=True),
    Command("zoom_out", QT_TRANSLATE_NOOP("commands", "Zoom out"), "Picture", ("-", "_"), repeats=True),
    Command("fit", QT_TRANSLATE_NOOP("commands", "Fit the window"), "Picture", ("F", "*")),
    Command("actual_size", QT_TRANSLATE_NOOP("commands", "Actual size"), "Picture", ("Z", "F7")),
    Command("fold_queue", QT_TRANSLATE_NOOP("commands", "Show or hide the queue"), "Window", ("F9",), "window"),
    Command("screen_review", QT_TRANSLATE_NOOP("commands", "Review"), "Window", ("Alt+1",), "window"),
    Command("screen_queue", QT_TRANSLATE_NOOP("commands", "Queue"), "Window", ("Alt+2",), "window"),
    Command("screen_summary", QT_TRANSLATE_NOOP("commands", "Summary"), "Window", ("Alt+3",), "window"),
    Command("full_screen", QT_TRANSLATE_NOOP("commands", "Full screen"), "Window", ("F11",), "window"),
    Command("keys", QT_TRANSLATE_NOOP("commands", "All keys"), "Window", ("?", "F1"), "window"),
    Command("open", QT_TRANSLATE_NOOP("commands", "Open …"), "Store", ("Ctrl+O",), "window"),
    Command("welcome", QT_TRANSLATE_NOOP("commands", "Welcome screen"), "Store", ("Ctrl+N",), "window"),
    Command("import", QT_TRANSLATE_NOOP("commands", "Import captions …"), "Store", ("Ctrl+I",), "window"),
    Command("prelabel", QT_TRANSLATE_NOOP("commands", "Pre-label …"), "Store", ("Ctrl+P",), "window"),
    Command("export", QT_TRANSLATE_NOOP("commands", "Export …"), "Store", ("Ctrl+E",), "window"),
    Command("close", QT_TRANSLATE_NOOP("commands", "Close"), "Store", ("Ctrl+W", "Ctrl+F4"), "window"),
    Command("quit", QT_TRANSLATE_NOOP("commands", "Quit"), "Store", ("Ctrl+Q",), "window"),
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


def title_of(command: Command) -> str:
    """What a command is called in the language in use."""
    return QCoreApplication.translate("commands", command.title)


def section_title(section: Section) -> str:
    """What a section is called in the language in use."""
    return QCoreApplication.translate("sections", _SECTION_TITLES[section])


_CAPS: Final = {
    "Right": "→",
    "Left": "←",
    "Up": "↑",
    "Down": "↓",
    "plus": "+",
    "PgDown": QT_TRANSLATE_NOOP("keys", "Page ↓"),
    "PgUp": QT_TRANSLATE_NOOP("keys", "Page ↑"),
    "Return": QT_TRANSLATE_NOOP("keys", "Enter"),
    "Enter": QT_TRANSLATE_NOOP("keys", "Enter (pad)"),
    "Del": QT_TRANSLATE_NOOP("keys", "Del"),
    "Ctrl": QT_TRANSLATE_NOOP("keys", "Ctrl"),
    "Shift": QT_TRANSLATE_NOOP("keys", "Shift"),
    "Space": QT_TRANSLATE_NOOP("keys", "Space"),
    "Backspace": QT_TRANSLATE_NOOP("keys", "Backspace"),
}


def shown(key: str) -> str:
    """A key as it is written on a key cap."""
    parts = key.replace("++", "+plus").split("+") if len(key) > 1 else [key]
    return " ".join(QCoreApplication.translate("keys", _CAPS.get(p, p)) for p in parts)
