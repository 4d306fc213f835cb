"""Errors in plain words, their details folded away; never a modal loop of its own.

Core and the store speak English. In another language the sentence tells what kind of thing went wrong, and what was
reported stands under "Details" as it is.
"""

from __future__ import annotations

import traceback
from typing import Final

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from captionlint.core.errors import (
    CalibrationError,
    CaptionlintError,
    FormatError,
    ItemError,
    ModelError,
    StoreError,
    StoreGoneError,
    UsageError,
)
from captionlint.desktop.app.stray_keys import ignore_held_keys
from captionlint.desktop.style.strings import QT_TRANSLATE_NOOP, is_english
from captionlint.desktop.style.theme import bare


def show_problem(parent: QWidget | None, title: str, error: BaseException) -> QMessageBox:
    """Tells of an error; one that nobody foresaw comes with its traceback under "Details"."""
    box = QMessageBox(QMessageBox.Icon.Warning, "Captionlint", title, QMessageBox.StandardButton.Close, parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setInformativeText(in_words(error))
    box.setDetailedText(_details(error))
    bare(box)
    for button in box.buttons():
        ignore_held_keys(button)
    box.setDefaultButton(QMessageBox.StandardButton.Close)
    box.setObjectName("problem")
    box.open()
    return box


def in_words(error: BaseException) -> str:
    """One sentence or two for a person, in the language in use."""
    foreseen = isinstance(error, CaptionlintError | OSError)
    if foreseen and is_english():
        return _as_it_is(error)
    if foreseen:
        kind = next(text for known, text in _KINDS if isinstance(error, known))
        more = QCoreApplication.translate("problems", "What exactly was reported stands in English under “Details”.")
        return f"{QCoreApplication.translate('problems', kind)} {more}"
    said = QCoreApplication.translate("problems", "Something went wrong that nobody foresaw. Nothing decided is lost.")
    return f"{said} ({type(error).__name__})"


def _details(error: BaseException) -> str:
    if not isinstance(error, CaptionlintError | OSError):
        return "".join(traceback.format_exception(error))
    return "" if is_english() else _as_it_is(error)


def _as_it_is(error: BaseException) -> str:
    return f"{error.filename}: {error.strerror}." if isinstance(error, OSError) and error.filename else str(error)


_KINDS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (UsageError, QT_TRANSLATE_NOOP("problems", "What was asked for does not exist, or does not go together.")),
    (ModelError, QT_TRANSLATE_NOOP("problems", "The model cannot be had or loaded.")),
    (ItemError, QT_TRANSLATE_NOOP("problems", "This item cannot be scored.")),
    (CalibrationError, QT_TRANSLATE_NOOP("problems", "The reviews do not suffice to learn from.")),
    (FormatError, QT_TRANSLATE_NOOP("problems", "A file does not hold what its format promises.")),
    (
        StoreGoneError,
        QT_TRANSLATE_NOOP(
            "problems",
            "The store's file was deleted, moved or replaced while it was open, and nothing more is saved. Put it "
            "back, or close this window.",
        ),
    ),
    (StoreError, QT_TRANSLATE_NOOP("problems", "The store cannot be opened, read or written.")),
    (CaptionlintError, QT_TRANSLATE_NOOP("problems", "That is not possible.")),
    (OSError, QT_TRANSLATE_NOOP("problems", "A file or folder cannot be read or written.")),
)
"""The branches of `core.errors`, in sentences; the root of the tree stands behind them."""
