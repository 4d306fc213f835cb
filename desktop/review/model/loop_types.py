"""What the review loop asks of the store and what comes back: plain values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from captionlint.core.errors import UsageError
from captionlint.core.review import Span
from captionlint.db.records import Decision, StoredItem, StoredReview
from captionlint.db.rows.filters import Filters
from captionlint.db.rows.paging import Order

Way = Literal["accept", "reject", "skip"]


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision on its way to the store; `spans` is None where all marks stand as they were shown."""

    way: Way
    item_id: int
    spans: tuple[Span, ...] | None
    caption: str | None
    seconds: float | None
    again: bool
    """Whether the item was decided before."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """The item that comes once the item `after` is decided, read while that one is looked at."""

    after: int
    order: Order
    filters: Filters
    item: StoredItem


@dataclass(frozen=True, slots=True)
class Landing:
    """What a job of the loop came back with: what was decided, the item to show next, and what undo and redo would do.

    `unread` says why no item could be read; what was decided stands all the same. `refused` says why a decision is not
    taken back or made again: it is not the last one.
    """

    decision: Decision | None
    item: StoredItem | None
    undo: StoredReview | None
    redo: StoredReview | None
    unread: Exception | None = None
    refused: UsageError | None = None


def landing_unread(made: Decision | None, error: Exception) -> Landing:
    """Where a decision leads when the store took it, and then could not be read."""
    if made is None:
        return Landing(None, None, None, None, error)
    if made.made.action == "undo":
        return Landing(made, None, None, made.about, error)
    return Landing(made, None, made.made, None, error)


def as_decided(item: StoredItem, decision: Decision) -> StoredItem:
    """An item as a decision just left it."""
    others = (r for r in item.reviews if r.review.annotator != decision.made.review.annotator)
    return replace(item, status=decision.status, reviews=(*others, decision.made))
