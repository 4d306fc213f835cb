"""How the window writes numbers, kinds and states in the language in use. The store keeps its own words."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, QLocale

from captionlint.core.review import Kind, Status


def QT_TRANSLATE_NOOP(_context: str, text: str) -> str:
    """Lists a text for the translators, who find it by this function's name, and gives it back as it is."""
    return text


_KINDS: Final[dict[Kind, str]] = {
    "object": QT_TRANSLATE_NOOP("kinds", "object"),
    "attribute": QT_TRANSLATE_NOOP("kinds", "attribute"),
    "count": QT_TRANSLATE_NOOP("kinds", "count"),
    "relation": QT_TRANSLATE_NOOP("kinds", "relation"),
    "action": QT_TRANSLATE_NOOP("kinds", "action"),
    "text": QT_TRANSLATE_NOOP("kinds", "text"),
    "other": QT_TRANSLATE_NOOP("kinds", "other"),
}
_STATUSES: Final[dict[Status, str]] = {
    "pending": QT_TRANSLATE_NOOP("states", "pending"),
    "accepted": QT_TRANSLATE_NOOP("states", "accepted"),
    "corrected": QT_TRANSLATE_NOOP("states", "corrected"),
    "rejected": QT_TRANSLATE_NOOP("states", "rejected"),
    "skipped": QT_TRANSLATE_NOOP("states", "skipped"),
}


def kind_name(kind: Kind) -> str:
    """A kind as people read it."""
    return QCoreApplication.translate("kinds", _KINDS[kind])


def status_name(status: Status) -> str:
    """A state as people read it."""
    return QCoreApplication.translate("states", _STATUSES[status])


def number(value: float) -> str:
    """A whole number with its thousands apart."""
    return QLocale().toString(round(value))


def signed(value: float) -> str:
    """A small number with its sign, in two digits: +0.12, −5e−05."""
    return with_mark(f"{value:+.2g}")


def short(value: float) -> str:
    """A small number in two digits, a sign only before negative ones."""
    return with_mark(f"{value:.2g}")


def percent(share: float) -> str:
    """A share, 0 to 1, in whole hundredths."""
    return f"{share:.0%}" if is_english() else f"{100 * share:.0f} %"


def is_english() -> bool:
    """Whether the window speaks English, as errors of core and the store always do."""
    return QLocale().language() is QLocale.Language.English


def reported(text: str) -> str:
    """What core or the store says, in English, on a line of its own: in another language that is told first."""
    return text if is_english() else QCoreApplication.translate("problems", "Reported in English: {0}").format(text)


def with_mark(written: str) -> str:
    """A number as Python writes it, with the language's decimal mark and a proper minus."""
    return written.replace(".", QLocale().decimalPoint()).replace("-", "−")
