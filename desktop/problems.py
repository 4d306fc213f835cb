"""Errors in plain words, their details folded away; never a modal loop of its own."""

from __future__ import annotations

import traceback

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMessageBox, QWidget

from core.errors import CaptionlintError


def show_problem(parent: QWidget | None, title: str, error: BaseException) -> QMessageBox:
    """Tells of an error; one that nobody foresaw comes with its traceback under "Details"."""
    box = QMessageBox(QMessageBox.Icon.Warning, "Captionlint", title, QMessageBox.StandardButton.Close, parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setInformativeText(in_words(error))
    if not isinstance(error, CaptionlintError | OSError):
        box.setDetailedText("".join(traceback.format_exception(error)))
    close = box.button(QMessageBox.StandardButton.Close)
    close.setIcon(QIcon())
    box.setDefaultButton(QMessageBox.StandardButton.Close)
    box.setObjectName("problem")
    box.open()
    return box


def in_words(error: BaseException) -> str:
    """One sentence for a person."""
    if isinstance(error, CaptionlintError):
        return str(error)
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}."
    said = QCoreApplication.translate("problems", "Something went wrong that nobody foresaw. Nothing decided is lost.")
    return f"{said} ({type(error).__name__})"
