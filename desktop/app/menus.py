"""The menu bar: every command once, by section, and what concerns stores and the program."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMainWindow, QMenu

from captionlint.desktop.app.actions import Actions
from captionlint.desktop.app.dialogs import Dialogues
from captionlint.desktop.app.language import LANGUAGES
from captionlint.desktop.app.stray_keys import keep_keys
from captionlint.desktop.background.project import Project
from captionlint.desktop.background.settings import Settings
from captionlint.desktop.dialogs.about import copy_diagnostics
from captionlint.desktop.style.theme import Choice, Theme


class Menus(QObject):
    """Fills a window's menu bar.

    Signals:
        open_asked: a store that was open before, by path.
        language_asked: a language, by its code.
    """

    open_asked = Signal(str)
    language_asked = Signal(str)

    def __init__(
        self,
        window: QMainWindow,
        actions: Actions,
        dialogues: Dialogues,
        *,
        project: Project,
        theme: Theme,
        settings: Settings,
    ) -> None:
        super().__init__(window)
        self._project, self._theme, self._settings = project, theme, settings
        self.store = window.menuBar().addMenu(self.tr("&Store"))
        self.store.addActions([actions["open"], actions["welcome"]])
        self.recent = self.store.addMenu(self.tr("Open recent"))
        self.store.addSeparator()
        self.store.addActions([actions["import"], actions["prelabel"], actions["export"]])
        self.model_files = self.store.addAction(self.tr("Model files …"))
        self.store.addSeparator()
        self.annotator = self.store.addAction(self.tr("Annotator …"), dialogues.annotator)
        self.store.addSeparator()
        self.store.addActions([actions["close"], actions["quit"]])
        actions["quit"].setMenuRole(QAction.MenuRole.QuitRole)
        for title, sections in (
            (self.tr("&Decide"), ("Decide",)),
            (self.tr("&Words"), ("Words",)),
            (self.tr("&Correct"), ("Correct",)),
            (self.tr("&Go"), ("Move",)),
            (self.tr("&View"), ("Picture", "Window")),
        ):
            menu = window.menuBar().addMenu(title)
            for section in actions.sections():
                if section in sections:
                    actions.fill(menu, section)
                    menu.addSeparator()
            if "Window" in sections:
                themes = menu.addMenu(self.tr("Theme"))
                self._themes = QActionGroup(self)
                for choice, name in (
                    ("system", self.tr("As the system")), ("light", self.tr("Light")), ("dark", self.tr("Dark")),
                ):  # fmt: skip
                    self._add_theme(themes.addAction(name), choice)
                self._add_languages(menu.addMenu(self.tr("Language")))
        self.help = window.menuBar().addMenu(self.tr("&Help"))
        self.help.addAction(actions["keys"])
        self.bind = self.help.addAction(self.tr("Change keys …"), dialogues.keys)
        self.diagnostics = self.help.addAction(self.tr("Copy diagnostics"), copy_diagnostics)
        self.about = self.help.addAction(self.tr("About Captionlint"), dialogues.about)
        for one in window.menuBar().findChildren(QMenu):
            keep_keys(one)
        self.refresh_recent()

    def refresh_recent(self) -> None:
        """Lists the stores that were open."""
        self.recent.clear()
        for path in self._settings.recent:
            if path != self._project.address:
                action = self.recent.addAction(path.replace("&", "&&"))
                action.triggered.connect(lambda _=False, path=path: self.open_asked.emit(path))
        self.recent.setEnabled(not self.recent.isEmpty())

    def _add_theme(self, action: QAction, choice: str) -> None:
        chosen: Choice = "light" if choice == "light" else "dark" if choice == "dark" else "system"
        action.setCheckable(True)
        action.setChecked(self._theme.choice == chosen)
        action.setActionGroup(self._themes)
        action.triggered.connect(lambda: self._choose(chosen))

    def _add_languages(self, menu: QMenu) -> None:
        self.languages = QActionGroup(self)
        for code, name in {"": self.tr("As the system"), **LANGUAGES}.items():
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(self._settings.language == code)
            action.setActionGroup(self.languages)
            action.triggered.connect(lambda _=False, code=code: self.language_asked.emit(code))

    def _choose(self, choice: Choice) -> None:
        self._settings.theme = choice
        self._theme.choose(choice)
