"""Starting and ending the program: one window a store, hooks for what nobody foresaw, the log."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from captionlint.core.clip.openmp import sleep_while_waiting
from captionlint.core.images.pillow_warnings import hush_pillow
from captionlint.desktop.app.closing import close_all
from captionlint.desktop.app.language import Language
from captionlint.desktop.app.signals import Interrupts, ignore_at_the_end
from captionlint.desktop.app.window import MainWindow
from captionlint.desktop.background import log
from captionlint.desktop.background.project import Project
from captionlint.desktop.background.responsiveness import keep_fluent
from captionlint.desktop.background.settings import Settings
from captionlint.desktop.background.worker import wait_for_threads
from captionlint.desktop.dialogs.error_box import show_problem
from captionlint.desktop.style.theme import Theme, bare
from captionlint.desktop.welcome.window import WelcomeWindow

_LOG = logging.getLogger(__name__)
_LAST_PATIENCE: Final = 2.0
"""Seconds that the program's end waits for threads that decode or load something: Qt is taken apart behind them."""


class Program(QObject):
    """Opens stores in windows, and the welcome screen where none was named; ends with the last of them."""

    def __init__(self, application: QApplication, settings: Settings) -> None:
        super().__init__(application)
        self.settings = settings
        self.language = Language(application, settings.language)
        self.theme = Theme(application, settings.theme)
        self.windows: list[MainWindow] = []
        self.welcoming: WelcomeWindow | None = None
        self._box: QMessageBox | None = None
        self._reopening: set[MainWindow] = set()

    def open(self, path: str, *, annotator: str | None = None, new: bool = False) -> MainWindow | None:
        """Shows a store's window at once and opens the store behind it.

        None where another window holds it, or where there is none, unless it is to be a `new` one.
        """
        path = path if "://" in path else str(Path(path).absolute())
        if not new and "://" not in path and not Path(path).exists():
            self._miss(path)
            return None
        project = Project(path, annotator=annotator or self.settings.annotator)
        holder = project.hold()
        if holder is not None:
            project.close()
            self._refuse(path, holder)
            return None
        window = MainWindow(project, theme=self.theme, settings=self.settings)
        window.open_asked.connect(self.ask_and_open)
        window.welcome_asked.connect(self.welcome)
        window.language_asked.connect(self.speak)
        window.quit_asked.connect(self.quit)
        window.closed.connect(lambda: self._closed(window))
        window.stayed.connect(lambda: self._reopening.discard(window))
        self.windows.append(window)
        window.show()
        window.start()
        if self.welcoming is not None:
            self.welcoming.close()
        return window

    def welcome(self) -> WelcomeWindow:
        """Shows what can be opened."""
        if self.welcoming is None:
            self.welcoming = WelcomeWindow(self.settings)
            self.theme.dress(self.welcoming)
            self.welcoming.store_asked.connect(self._open_with)
            self.welcoming.closed.connect(self._forget_welcome)
            self.welcoming.quit_asked.connect(self.quit)
            self.welcoming.show()
        self.welcoming.activateWindow()
        return self.welcoming

    def speak(self, code: str) -> None:
        """Another language: it is remembered, and every window is made anew; drafts are kept on the way.

        Each store's new window opens when the old one has closed, which may take until the store has everything.
        """
        self.settings.language = code
        self.language.choose(code)
        if self.welcoming is not None:
            self.welcoming.close()
            self.welcome()
        self._reopening = set(self.windows)
        for window in list(self.windows):
            window.close()

    def quit(self) -> None:
        """Closes every window; the program ends with the last of them, once its store has everything."""
        self._reopening.clear()
        close_all()

    def _closed(self, window: MainWindow) -> None:
        """The new window opens before the old one is gone: the program would end with the last window."""
        self.windows.remove(window)
        if window in self._reopening:
            self._reopening.remove(window)
            self.open(window.project.path, annotator=window.project.annotator)

    def ask_and_open(self, path: str) -> None:
        """Opens a store in a window of its own; asks which where none is named."""
        if path:
            self.open(path)
            return
        parent = self.windows[-1] if self.windows else None
        dialog = QFileDialog(parent, self.tr("Open a store"), "", self.tr("Stores (*.db *.sqlite);;All files (*)"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.open)
        dialog.open()

    def _open_with(self, path: str, source: str | None) -> None:
        """A store, and captions to import into it: "" for none, None where they are still to be named."""
        window = self.open(path, new=source != "")
        if window is not None and source != "":
            window.project.opened.connect(lambda: window.dialogues.import_(source or ""))

    def _forget_welcome(self) -> None:
        if self.welcoming is not None:
            self.welcoming.deleteLater()
            self.welcoming = None

    def _miss(self, path: str) -> None:
        """A mistyped name makes no store: what there is can be found on the welcome screen."""
        said = self.tr(
            "There is no {0}. See to its name. The welcome screen opens what is there, and makes a new store by "
            "importing captions."
        )
        box = self._tell(self.tr("There is no such store"), said.format(path), name="missing")
        if not self.windows:
            box.finished.connect(self.welcome)

    def _refuse(self, path: str, holder: str) -> None:
        said = self.tr("{0} is being reviewed in another window ({1}). Go on there, or close it first.")
        self._tell(self.tr("This store is open already"), said.format(path, holder), name="held")

    def _tell(self, title: str, said: str, *, name: str) -> QMessageBox:
        box = QMessageBox(QMessageBox.Icon.Warning, "Captionlint", title, QMessageBox.StandardButton.Ok)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setInformativeText(said)
        box.setObjectName(name)
        bare(box)
        self.theme.dress(box)
        self._box = box
        box.open()
        return box


def main(arguments: list[str]) -> int:
    """Runs the program until its last window closes; returns the exit code."""
    parser = argparse.ArgumentParser(prog="captionlint review", description="Review marked captions.")
    parser.add_argument("db", nargs="?", default="")
    parser.add_argument("--annotator", default=None)
    given = parser.parse_args(arguments[1:])
    hush_pillow()
    sleep_while_waiting()  # for the processes that load torch: they begin with this one's environment
    application = QApplication(arguments[:1])
    keep_fluent(application)
    application.setApplicationName("Captionlint")
    application.setOrganizationName("Captionlint")
    application.setDesktopFileName("captionlint")
    application.setWindowIcon(QIcon(str(Path(__file__).parents[1] / "captionlint.svg")))
    application.setStyle("Fusion")
    log.install()
    program = Program(application, Settings())
    sys.excepthook = _hook(program)
    Interrupts(application, program.quit)
    if given.db:
        program.open(given.db, annotator=given.annotator)  # else a message is shown
    else:
        program.welcome()
    code = application.exec()
    ignore_at_the_end()
    wait_for_threads(_LAST_PATIENCE)
    return code


def _hook(program: Program) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        _LOG.error("not foreseen", exc_info=(kind, error, trace))
        parent = program.windows[-1] if program.windows else None
        show_problem(parent, QCoreApplication.translate("app", "That did not work"), error)

    return hook
