"""What stands in the item's place when there is none: how far the work is, and what can be done next. No widgets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from PySide6.QtCore import QCoreApplication

from captionlint.db.operations.stats import REVIEWED, Statuses
from captionlint.desktop.style.strings import number, status_name

Offer = Literal["import", "clear", "skipped", "again", "summary", "export"]
translate: Final = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Ending:
    """A title, a few lines, and what is offered, the likeliest first."""

    title: str
    said: str = ""
    offers: tuple[Offer, ...] = ()


def ending(counts: Statuses | None, *, search: str, found: int, an_hour: float | None) -> Ending:
    """Why no item is shown.

    `counts` are the whole store's, None while it is being opened; `search` is the search line, `found` what passes it.
    """
    if counts is None:
        return Ending(translate("ending", "Opening …"))
    if not counts.items:
        said = translate("ending", "Import captions, or drop a file or folder here.")
        return Ending(translate("ending", "This store is empty"), said, ("import",))
    undecided = counts.by_status["pending"]
    if search and not found:
        said = translate("ending", "No item passes “{0}”.").format(search)
        return Ending(translate("ending", "Nothing is found"), said, ("clear",))
    if search and undecided:
        title = translate("ending", "Nothing is left to review in this search")
        said = translate("ending", "Undecided outside of “{0}”: {1}.").format(search, number(undecided))
        return Ending(title, said, ("clear", "again", "summary", "export"))
    if undecided:
        return Ending(translate("ending", "Counting …"))  # the last decisions are on their way
    skipped = counts.by_status["skipped"]
    title = translate("ending", "Nothing is left to review") if skipped else translate("ending", "All reviewed")
    offers: list[Offer] = ["summary", "export", "again"]
    if skipped:
        offers.insert(0, "skipped")
    if search:
        offers.append("clear")
    return Ending(title, "\n".join(_tally(counts, an_hour)), tuple(offers))


def _tally(counts: Statuses, an_hour: float | None) -> list[str]:
    """What was decided, in numbers that add up to all items."""
    by = counts.by_status
    parts = [f"{number(by[status])} {status_name(status)}" for status in (*REVIEWED, "skipped") if by[status]]
    reviewed = translate("ending", "{0} of {1} reviewed").format(number(counts.reviewed), number(counts.items))
    lines = [reviewed, ", ".join(parts)]
    if an_hour is not None:
        lines.append(translate("ending", "{0} an hour in this sitting").format(number(an_hour)))
    return lines
