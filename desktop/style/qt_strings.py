"""Texts of `core` that the window shows, listed for the translators: core knows nothing of Qt."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

from captionlint.desktop.style.strings import QT_TRANSLATE_NOOP

LISTED: Final = (
    QT_TRANSLATE_NOOP("core", "one caption a row with its words"),
    QT_TRANSLATE_NOOP("core", "the same with the images inside"),
    QT_TRANSLATE_NOOP("core", "hard negatives for NegCLIP"),
    QT_TRANSLATE_NOOP("core", "preference pairs for TRL"),
    QT_TRANSLATE_NOOP("core", "shards for open_clip"),
    QT_TRANSLATE_NOOP("core", "tasks with predictions and reviews"),
    QT_TRANSLATE_NOOP("core", "one word a row, for spreadsheets"),
    QT_TRANSLATE_NOOP("core", "preference pairs for RLHF-V"),
    QT_TRANSLATE_NOOP("core", "conversations for LLaVA"),
    QT_TRANSLATE_NOOP("core", "each word with whether it is hallucinated"),
    QT_TRANSLATE_NOOP("core", "the default; a laptop's CPU is enough"),
    QT_TRANSLATE_NOOP("core", "the best word localisation in the paper's table"),
    QT_TRANSLATE_NOOP("core", "the paper's main model; wants a GPU"),
    QT_TRANSLATE_NOOP("core", "bundled and offline; knows only drawn scenes"),
)


def borrowed(text: str) -> str:
    """A text of core's in the language in use; one that is not listed as it is."""
    return QCoreApplication.translate("core", text)
