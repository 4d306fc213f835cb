"""The search line's small language: free words, and ``name:value`` for the store's filters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, get_args

from PySide6.QtCore import QCoreApplication

from captionlint.core.errors import UsageError
from captionlint.core.review import KINDS, STATUSES, Kind, Status
from captionlint.db.rows.filters import Filters

_YES: Final = {"yes": True, "no": False}
NAMES: Final = ("status", "kind", "word", "score", "blind", "scored", "by")


def parse(text: str) -> Filters:
    """The filters that a search line asks for.

    ``status:pending kind:count word:dog score:-0.2..-0.1 blind:yes scored:no by:ana`` and words of the caption; a
    value with spaces goes in quotation marks. Raises `UsageError` for a name with a value that it cannot have.
    """
    filters = Filters()
    words: list[str] = []
    for part in _parts(text):
        name, colon, value = part.partition(":")
        if colon and name in NAMES and value:
            filters = _with(filters, name, value)
        elif not (colon and name in NAMES):
            words.append(part)
    return replace(filters, text=" ".join(words) or None)


def _with(filters: Filters, name: str, value: str) -> Filters:
    if name == "status":
        return replace(filters, status=(*filters.status, _status(value)))
    if name == "kind":
        return replace(filters, kind=_kind(value))
    if name == "score":
        return replace(filters, score=_range(value))
    if name in ("blind", "scored"):
        if value not in _YES:
            raise UsageError(QCoreApplication.translate("query", "{0}: is yes or no, not '{1}'.").format(name, value))
        changed: dict[str, Any] = {"blind" if name == "blind" else "predicted": _YES[value]}
        return replace(filters, **changed)
    named: dict[str, Any] = {"annotator" if name == "by" else "word": value}
    return replace(filters, **named)


def _status(value: str) -> Status:
    for status in get_args(Status):
        if status == value:
            return status  # type: ignore[no-any-return]
    raise UsageError(
        QCoreApplication.translate("query", "{0}: is one of {1}, not '{2}'.").format(
            "status", ", ".join(STATUSES), value
        )
    )


def _kind(value: str) -> Kind:
    for kind in get_args(Kind):
        if kind == value:
            return kind  # type: ignore[no-any-return]
    raise UsageError(
        QCoreApplication.translate("query", "{0}: is one of {1}, not '{2}'.").format("kind", ", ".join(KINDS), value)
    )


def _range(value: str) -> tuple[float, float]:
    low, dots, high = value.partition("..")
    try:
        return (float(low or "-inf"), float(high or "inf")) if dots else (float(low), float(low))
    except ValueError:
        raise UsageError(
            QCoreApplication.translate("query", "{0}: is a number or a range such as -0.5..-0.1, not '{1}'.").format(
                "score", value
            )
        ) from None


def _parts(text: str) -> list[str]:
    """Parts between spaces, quotation marks taken off; an open one holds to the end."""
    parts, part, quoted = [], "", False
    for character in text:
        if character == '"':
            quoted = not quoted
        elif character.isspace() and not quoted:
            parts.append(part)
            part = ""
        else:
            part += character
    return [p for p in (*parts, part) if p]
