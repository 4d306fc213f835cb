"""The queue: which item comes next, in which order, and where each annotator stands."""

from __future__ import annotations

from collections.abc import Collection, Generator
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from captionlint.core.errors import UsageError
from captionlint.core.review import Status
from captionlint.db.records import QueueEntry
from captionlint.db.rows import lookups, marking, paging
from captionlint.db.rows.filters import Filters, conditions
from captionlint.db.rows.paging import Order, Place
from captionlint.db.schema import UNRANKED, Annotator, Item
from captionlint.db.store import Store

_EVERYTHING: Final = Filters()
_AT_ONCE: Final = 500
_PART: Final = 2000
"""Items of a part that is read in a transaction of its own: a few milliseconds."""


def page(
    store: Store,
    *,
    order: Order = "suspicious",
    filters: Filters = _EVERYTHING,
    after: int | Place | None = None,
    limit: int = 100,
) -> tuple[QueueEntry, ...]:
    """Up to `limit` items behind the item `after`, or from the front; items without a prediction come last.

    `after` need not pass the filters itself, so the queue goes on from an item that was just decided.
    """
    with store.reading() as session:
        return _page(store, session, order=order, filters=filters, after=after, limit=limit, back=False)


def following(
    store: Store, *, order: Order = "suspicious", filters: Filters = _EVERYTHING, after: int | Place | None = None
) -> QueueEntry | None:
    """The next item, or None at the end."""
    with store.reading() as session:
        found = _page(store, session, order=order, filters=filters, after=after, limit=1, back=False)
    return found[0] if found else None


def following_marked(
    store: Store, *, order: Order = "suspicious", filters: Filters = _EVERYTHING, after: int | Place | None = None
) -> QueueEntry | None:
    """The next item that has marks and shows them, or None: blind and unscored items are passed over."""
    with store.reading() as session:
        shown = (Item.suspicion < 0, Item.blind_rank >= marking.blind_share(session))
        found = _page(store, session, order=order, filters=filters, after=after, limit=1, back=False, where=shown)
    return found[0] if found else None


def preceding(
    store: Store, *, order: Order = "suspicious", filters: Filters = _EVERYTHING, before: int | Place
) -> QueueEntry | None:
    """The item before, or None at the front."""
    with store.reading() as session:
        found = _page(store, session, order=order, filters=filters, after=before, limit=1, back=True)
    return found[0] if found else None


def place(store: Store, *, order: Order = "suspicious", item_id: int) -> Place:
    """Where an item stands now. Raises `StoreError` for one that is not there."""
    with store.reading() as session:
        return paging.place_of(session, order, item_id)


def count(store: Store, *, filters: Filters = _EVERYTHING) -> int:
    """How many items pass."""
    with store.reading() as session:
        where = conditions(session, filters, blind_share=marking.blind_share(session))
        return session.scalar(select(func.count(Item.id)).where(*where)) or 0


def item_ids(store: Store, *, order: Order = "suspicious", filters: Filters = _EVERYTHING) -> tuple[int, ...]:
    """The ids of the whole queue in order: what a list view of known length needs."""
    with store.reading() as session:
        where = conditions(session, filters, blind_share=marking.blind_share(session))
        key = paging.key_of(order)
        columns = [Item.id] if key is None else [key, Item.id]
        # By parts: all rows at once are one call, through which no other thread of the program runs.
        by_parts = {"yield_per": _AT_ONCE}
        asked = select(Item.id).where(*where).order_by(*columns)
        found = dict.fromkeys(session.scalars(asked, execution_options=by_parts))
        return _with_head(paging.head_of(session, order), found)


def item_ids_in_parts(
    store: Store, *, order: Order = "suspicious", filters: Filters = _EVERYTHING
) -> Generator[None, None, tuple[int, ...]]:
    """As `item_ids`, in parts (see `db.rows.parts`), where an index gives what passes; else in one part.

    Where ranks change between the parts, an item that moves to the front may be missing. None is there twice.
    """
    if not paging.are_in_index(order, filters):
        return item_ids(store, order=order, filters=filters)
    found: dict[int, None] = {}
    after: Place | None = None
    while True:
        with store.reading() as session:
            places = paging.places(session, order=order, filters=filters, after=after, limit=_PART)
            head = paging.head_of(session, order)
        found.update(dict.fromkeys(place.item_id for place in places))
        yield
        if len(places) < _PART:
            return _with_head(head, found)
        after = places[-1]


def _with_head(head: Collection[int], found: dict[int, None]) -> tuple[int, ...]:
    first = set(head)
    return (*(i for i in head if i in found), *(i for i in found if i not in first)) if head else tuple(found)


def entries(store: Store, *, item_ids: tuple[int, ...]) -> tuple[QueueEntry, ...]:
    """Lines of the queue by id, in the order asked for; ids that are not there are left out."""
    with store.reading() as session:
        share = marking.blind_share(session)
        rows = session.execute(paging.columns().where(Item.id.in_(item_ids)))
        found = {row.id: _entry(store, row, share) for row in rows}
    return tuple(found[i] for i in item_ids if i in found)


def remember(store: Store, *, annotator: str, item_id: int | None) -> None:
    """Keeps which item is before an annotator, so that the next start opens there."""
    with store.writing() as session:
        lookups.ensure_annotator(session, annotator).last_item_id = item_id


def position(store: Store, *, annotator: str) -> int | None:
    """The item that was last before an annotator."""
    with store.reading() as session:
        return session.scalar(select(Annotator.last_item_id).where(Annotator.name == annotator))


def set_blind_share(store: Store, *, share: float) -> float:
    """Sets the share of items that are served without marks, 0 to 1; which ones follows from their ids."""
    with store.writing() as session:
        set_blind_share_in(session, share)
    return share


def set_blind_share_in(session: Session, share: float) -> None:
    """`set_blind_share` within a transaction. Raises `UsageError` for a share outside of 0 to 1."""
    if not 0 <= share <= 1:
        raise UsageError(f"The share of blind items lies between 0 and 1, not at {share}.")
    lookups.put_setting(session, lookups.BLIND_SHARE, share)


def blind_share(store: Store) -> float:
    """The share of items that are served without marks."""
    with store.reading() as session:
        return marking.blind_share(session)


def _page(store: Store, session: Session, **asked: Any) -> tuple[QueueEntry, ...]:
    share = marking.blind_share(session)
    return tuple(_entry(store, row, share) for row in paging.rows(session, **asked))


def _entry(store: Store, row: Any, share: float) -> QueueEntry:
    status: Status = row.status
    return QueueEntry(
        item_id=row.id,
        source_id=row.source_id,
        image=store.locate(row.location),
        caption=row.caption,
        status=status,
        blind=row.blind_rank < share,
        f_clip_score=None if row.suspicion == UNRANKED else row.suspicion,
        margin=None if row.margin == UNRANKED else row.margin,
    )
