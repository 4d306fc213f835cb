"""The fields of a row, checked: each function names what is wrong in one sentence (RowError)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import regex

from captionlint.core.formats.records import RowError

UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
"""What neither every database nor UTF-8 can hold."""
_BLANK: Final = regex.compile(r"[\s\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*")
"""White space, controls, formats, fillers: nothing that anybody sees."""


def caption_of(row: Mapping[str, Any]) -> str:
    """The caption exactly as given."""
    return checked_caption(text_of(row, "caption"))


def checked_caption(value: object) -> str:
    """A text of which something can be seen; white space, control and format characters alone are no caption."""
    caption = checked_text(value, "caption")
    if not caption:
        raise RowError("the caption is empty.")
    if is_blank(caption):
        raise RowError("the caption is blank: it holds nothing but white space or characters that cannot be seen.")
    return caption


def is_blank(text: str) -> bool:
    """Whether nothing of a text can be seen."""
    return _BLANK.fullmatch(text) is not None


def text_of(row: Mapping[str, Any], name: str) -> str:
    """A text that must be there."""
    if row.get(name) is None:
        raise RowError(f"there is no {name!r}; the fields are: {listed(row)}.")
    return checked_text(row[name], name)


def optional_text(row: Mapping[str, Any], name: str) -> str | None:
    """A text, or None where it is absent or null."""
    value = row.get(name)
    return None if value is None else checked_text(value, name)


def id_of(row: Mapping[str, Any], name: str = "id") -> str | None:
    """The identifier as text; whole numbers are welcome, an empty one counts as none."""
    value = row.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None if value is None else checked_text(value, name) or None


def references_of(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Reference captions: absent, one text or a list of texts."""
    value = row.get("references")
    if value is None:
        return ()
    values = value if isinstance(value, list) else [value]
    return tuple(checked_text(one, "references") for one in values)


def checked_text(value: object, name: str) -> str:
    """A text that every store and file can hold."""
    if not isinstance(value, str):
        raise RowError(f"{name!r} must be text, found {type(value).__name__}.")
    found = UNSTORABLE.search(value)
    if found:
        what = "a NUL character" if found[0] == "\0" else "a lone surrogate"
        raise RowError(f"{name!r} holds {what} at character {found.start() + 1}, which no store can keep.")
    return value


def number_of(value: object, name: str) -> float | None:
    """A finite number; None for null, NaN and infinities, which stand for a missing one."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RowError(f"{name!r} must be a number, found {type(value).__name__}.")
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def offset_of(value: object, name: str) -> int:
    """A whole number that is not negative."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise RowError(f"{name!r} must be a whole number of code points, found {str(value)[:40]!r}.")
    return value


def stretch_of(start: object, end: object, caption: str, what: str) -> tuple[int, int]:
    """Where a stretch of the caption, one character long at least, begins and ends; `what` names it in errors."""
    place = offset_of(start, "start"), offset_of(end, "end")
    if not place[0] < place[1] <= len(caption):
        raise RowError(f"the {what} at {place[0]}:{place[1]} lies outside of the caption.")
    return place


def list_of(row: Mapping[str, Any], name: str) -> list[Any]:
    """A list that must be there."""
    value = row.get(name)
    if not isinstance(value, list):
        raise RowError(f"{name!r} must be a list, found {type(value).__name__}.")
    return value


def entries_of(row: Mapping[str, Any], name: str) -> list[Any]:
    """A list, empty where it is absent or null."""
    return [] if row.get(name) is None else list_of(row, name)


def moment(value: object) -> datetime:
    """An ISO 8601 time with its zone, UTC where none is given. Raises RowError."""
    if value is None:
        return datetime.fromtimestamp(0, UTC)
    try:
        time = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as error:
        raise RowError(f"{str(value)[:40]!r} is not a time as in 2026-01-31T12:00:00+00:00.") from error
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def listed(names: Mapping[str, Any]) -> str:
    """The names of a row's fields, for a message."""
    shown = [repr(str(name)[:40])[1:-1] for name in list(names)[:20]]
    return ", ".join(shown) + (", …" if len(names) > 20 else "") if shown else "none"
