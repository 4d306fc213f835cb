"""Starting and ending the program: one window a store, hooks for what nobody foresaw, the log."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from desktop.problems import show_problem
from desktop.services import log
from desktop.services.project import Project
from desktop.services.settings import Settings
from desktop.theme import Theme
from desktop.window import MainWindow

_LOG = logging.getLogger(__name__)


class Program(QObject):
    """Opens stores in windows; ends with the last of them."""

    def __init__(self, application: QApplication, settings: Settings) -> None:
        super().__init__(application)
        self.settings = settings
        self.theme = Theme(application, settings.theme)
        self.windows: list[MainWindow] = []
        self._box: QMessageBox | None = None

    def open(self, path: str, *, annotator: str | None = None) -> MainWindow | None:
        """Shows a store's window at once and opens the store behind it; None where another window holds it."""
        path = path if "://" in path else str(Path(path).absolute())
        project = Project(path, annotator=annotator or self.settings.annotator)
        holder = project.hold()
        if holder is not None:
            project.close()
            self._refuse(path, holder)
            return None
        window = MainWindow(project, theme=self.theme, settings=self.settings)
        window.open_asked.connect(self.ask_and_open)
        window.closed.connect(lambda: self.windows.remove(window))
        self.windows.append(window)
        window.show()
        window.start()
        return window

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

    def _refuse(self, path: str, holder: str) -> None:
        box = QMessageBox(QMessageBox.Icon.Warning, "Captionlint", self.tr("This store is open already"))
        box.setInformativeText(
            self.tr("{0} is being reviewed in another window ({1}). Go on there, or close it first.").format(
                path, holder
            )
        )
        box.setObjectName("held")
        self._box = box
        box.open()


def main(arguments: list[str]) -> int:
    """Runs the program until its last window closes; returns the exit code."""
    parser = argparse.ArgumentParser(prog="captionlint review", description="Review marked captions.")
    parser.add_argument("db", nargs="?", default="")
    parser.add_argument("--annotator", default=None)
    given = parser.parse_args(arguments[1:])
    application = QApplication(arguments[:1])
    application.setApplicationName("Captionlint")
    application.setOrganizationName("Captionlint")
    application.setStyle("Fusion")
    log.install()
    program = Program(application, Settings())
    sys.excepthook = _hook(program)
    if given.db:
        if program.open(given.db, annotator=given.annotator) is None and not program.windows:
            return application.exec()  # until the message is read
    else:
        program.ask_and_open("")
    return application.exec()


def _hook(program: Program) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        _LOG.error("not foreseen", exc_info=(kind, error, trace))
        if not isinstance(error, KeyboardInterrupt):
            parent = program.windows[-1] if program.windows else None
            show_problem(parent, program.tr("That did not work"), error)

    return hook
