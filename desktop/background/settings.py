"""What the program remembers between starts: window, theme, language, keys, annotator, model, recent files."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QSettings

from captionlint.core.clip.presets import DEFAULT
from captionlint.desktop.keymap import Keymap
from captionlint.desktop.style.theme import Choice

_RECENT: Final = 8


class Settings:
    """Typed access to Qt's settings; a value of an older or broken kind counts as absent."""

    def __init__(self, store: QSettings | None = None) -> None:
        self._store = store or QSettings("Captionlint", "Captionlint")

    @property
    def annotator(self) -> str:
        """Under which name decisions are kept: the one that was set, else the account's."""
        name = str(self._store.value("annotator", "") or "").strip()
        if name:
            return name
        try:
            return getpass.getuser()
        except (OSError, KeyError):  # no account in this container
            return "annotator"

    @annotator.setter
    def annotator(self, name: str) -> None:
        self._store.setValue("annotator", name.strip())

    @property
    def model(self) -> str:
        """The model that pre-labels where a store names none yet."""
        return str(self._store.value("model", "") or "") or DEFAULT

    @model.setter
    def model(self, name: str) -> None:
        self._store.setValue("model", name)

    @property
    def theme(self) -> Choice:
        """Light, dark, or as the system."""
        value = self._store.value("theme", "system")
        return "light" if value == "light" else "dark" if value == "dark" else "system"

    @theme.setter
    def theme(self, choice: Choice) -> None:
        self._store.setValue("theme", choice)

    @property
    def language(self) -> str:
        """A language's code, or "" for the system's."""
        return str(self._store.value("language", "") or "")

    @language.setter
    def language(self, code: str) -> None:
        self._store.setValue("language", code)

    @property
    def keymap(self) -> Keymap:
        """The keys in use."""
        try:
            own = json.loads(str(self._store.value("keys", "{}")))
            return Keymap({str(name): tuple(map(str, keys)) for name, keys in own.items()})
        except (ValueError, AttributeError, TypeError):
            return Keymap()

    @keymap.setter
    def keymap(self, keymap: Keymap) -> None:
        self._store.setValue("keys", json.dumps({name: list(keys) for name, keys in keymap.own.items()}))

    @property
    def recent(self) -> list[str]:
        """Stores that were open, the last one first, without those that are gone."""
        try:
            paths = [str(p) for p in json.loads(str(self._store.value("recent", "[]")))]
        except (ValueError, TypeError):
            return []
        return [path for path in paths if "://" in path or Path(path).exists()]

    def remember_file(self, path: str) -> None:
        """Puts a store at the front of the recent ones."""
        paths = [path, *(p for p in self.recent if p != path)][:_RECENT]
        self._store.setValue("recent", json.dumps(paths))

    def bytes(self, name: str) -> QByteArray | None:
        """A window's state."""
        value = self._store.value(name)
        return value if isinstance(value, QByteArray) else None

    def put(self, name: str, value: object) -> None:
        """Keeps a value."""
        self._store.setValue(name, value)

    def flag(self, name: str, *, default: bool) -> bool:
        """A yes or no."""
        return str(self._store.value(name, default)).lower() in ("true", "1")
