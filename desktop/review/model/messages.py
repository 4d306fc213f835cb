"""What decisions are called, in the language in use."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

from captionlint.core.review import Status
from captionlint.db.records import Decision
from captionlint.desktop.style.strings import QT_TRANSLATE_NOOP

_WORDS: Final = {
    "accept": QT_TRANSLATE_NOOP("history", "accept"),
    "correct": QT_TRANSLATE_NOOP("history", "correction"),
    "reject": QT_TRANSLATE_NOOP("history", "rejection"),
    "skip": QT_TRANSLATE_NOOP("history", "skip"),
    "undo": QT_TRANSLATE_NOOP("history", "undo"),
    "redo": QT_TRANSLATE_NOOP("history", "redo"),
}
_SAID: Final[dict[Status, str]] = {
    "pending": QT_TRANSLATE_NOOP("history", "Pending, next"),
    "accepted": QT_TRANSLATE_NOOP("history", "Accepted, next"),
    "corrected": QT_TRANSLATE_NOOP("history", "Corrected, next"),
    "rejected": QT_TRANSLATE_NOOP("history", "Rejected, next"),
    "skipped": QT_TRANSLATE_NOOP("history", "Skipped, next"),
}


def title(action: str | None) -> str | None:
    """What an action is called behind "Undo" and "Redo"; None for none."""
    return None if action is None else QCoreApplication.translate("history", _WORDS.get(action, action))


def sentence(decision: Decision) -> str:
    """What is said, to screen readers too, when a decision is kept."""
    if decision.made.action in ("undo", "redo") and decision.about is not None:
        about = title(decision.about.action)
        if decision.made.action == "undo":
            return QCoreApplication.translate("history", "Took back: {0}").format(about)
        return QCoreApplication.translate("history", "Made again: {0}").format(about)
    return QCoreApplication.translate("history", _SAID[decision.status])
