"""The language of the window: the system's where there is a translation, else English; or the one that was chosen.

English has a translation of its own, which holds its plurals. Texts are gathered by ``make translations``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTranslator
from PySide6.QtWidgets import QApplication

LANGUAGES: Final = {"en": "English", "de": "Deutsch"}
"""Each under its own name, so that it can be found from any other."""
FOLDER: Final = Path(__file__).parents[1] / "translations"


class Language(QObject):
    """The translation in use. Widgets take it when they are made: after a change windows are made anew."""

    def __init__(self, application: QApplication, choice: str = "") -> None:
        super().__init__(application)
        self._application = application
        self._translators: list[QTranslator] = []
        self.choice = ""
        self.code = "en"
        self.choose(choice)

    def choose(self, choice: str) -> None:
        """Takes a language by its code, or the system's for ""; one that is not there counts as ""."""
        self.choice = choice if choice in LANGUAGES else ""
        self.code = self.choice or language_of(QLocale.system())
        QLocale.setDefault(_locale(self.code))
        for old in self._translators:
            self._application.removeTranslator(old)
        self._translators = [
            made
            for name, folder in (
                ("qtbase", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)),
                ("captionlint", str(FOLDER)),
            )
            if (made := _translator(f"{name}_{self.code}", folder, self)) is not None
        ]
        for translator in self._translators:
            self._application.installTranslator(translator)


def language_of(locale: QLocale) -> str:
    """The first language that its user reads and that there is a translation of; else English."""
    read = (name.partition("-")[0] for name in locale.uiLanguages())
    return next((code for code in read if code in LANGUAGES), "en")


def _locale(code: str) -> QLocale:
    """The system's ways with numbers where they go with the language; the plain C locale has none."""
    system = QLocale.system()
    same = system.name().partition("_")[0] == code
    return system if same else QLocale(code)


def _translator(name: str, folder: str, parent: QObject) -> QTranslator | None:
    made = QTranslator(parent)
    return made if made.load(name, folder) else None
