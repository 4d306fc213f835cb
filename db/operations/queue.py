"""The queue: which item comes next, in which order, and where each annotator stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.errors import StoreError, UsageError
from core.review import Status
from db import lookups, marking
from db.filters import Filters, conditions, finds_few
from db.records import QueueEntry
from db.schema import UNRANKED, Annotator, Image, Item
from db.store import Store

Order = Literal["suspicious", "uncertain", "instructive", "random", "file"]
_KEYS: Final[dict[str, InstrumentedAttribute[Any] | None]] = {
    "suspicious": Item.suspicion,
    "uncertain": Item.margin,
    "instructive": Item.margin,
    "random": Item.shuffle,
    "file": None,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stood in an order: the queue can go on from there after the item moved."""

    item_id: int
    order: Order
    value: float | None


_EVERYTHING: Final = Filters()
_AT_ONCE: Final = 500
_NEAR: Final = 1000
"""Items behind a place that are asked whether they pass."""


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
        return _place(session, order, item_id)


def count(store: Store, *, filters: Filters = _EVERYTHING) -> int:
    """How many items pass."""
    with store.reading() as session:
        where = conditions(session, filters, blind_share=marking.blind_share(session))
        return session.scalar(select(func.count(Item.id)).where(*where)) or 0


def item_ids(store: Store, *, order: Order = "suspicious", filters: Filters = _EVERYTHING) -> tuple[int, ...]:
    """The ids of the whole queue in order: what a list view of known length needs."""
    with store.reading() as session:
        where = conditions(session, filters, blind_share=marking.blind_share(session))
        key = _key(order)
        columns = [Item.id] if key is None else [key, Item.id]
        # By parts: all rows at once are one call, through which no other thread of the program runs.
        by_parts = {"yield_per": _AT_ONCE}
        asked = select(Item.id).where(*where).order_by(*columns)
        found = tuple(session.scalars(asked, execution_options=by_parts))
        head = _head(session, order)
        if not head:
            return found
        passing, first = set(found), set(head)
        return (*(i for i in head if i in passing), *(i for i in found if i not in first))


def entries(store: Store, *, item_ids: tuple[int, ...]) -> tuple[QueueEntry, ...]:
    """Lines of the queue by id, in the order asked for; ids that are not there are left out."""
    with store.reading() as session:
        share = marking.blind_share(session)
        rows = session.execute(_columns().where(Item.id.in_(item_ids)))
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


def _page(
    store: Store,
    session: Session,
    *,
    order: Order,
    filters: Filters,
    after: int | Place | None,
    limit: int,
    back: bool,
    where: tuple[ColumnElement[bool], ...] = (),
) -> tuple[QueueEntry, ...]:
    """One page; an order may begin with items that were chosen one by one (`_head`), the others follow by its key."""
    share = marking.blind_share(session)
    passing = _columns().where(*conditions(session, filters, blind_share=share, each=True), *where)
    head = _head(session, order)
    behind = after.item_id if isinstance(after, Place) else after
    in_head = behind in head
    found: list[Any] = []
    if in_head or (after is None and not back):
        found = _of_head(session, passing, head, behind, back=back)[:limit]
    if len(found) < limit and not (in_head and back):
        here = None
        if after is not None and not in_head:
            here = after if isinstance(after, Place) else _place(session, order, after)
        also = (*where, Item.id.not_in(head)) if head else where
        found += _behind(session, filters, also, order=order, here=here, limit=limit - len(found), back=back)
    if back and not in_head and len(found) < limit:
        found += _of_head(session, passing, head, None, back=True)[: limit - len(found)]
    return tuple(_entry(store, row, share) for row in found)


def _behind(
    session: Session,
    filters: Filters,
    where: tuple[ColumnElement[bool], ...],
    *,
    order: Order,
    here: Place | None,
    limit: int,
    back: bool,
) -> list[Any]:
    """The rows that pass behind a place in an order, or from its front.

    What passes is mostly near: the next items of the order are asked whether they do. Only where too few of them do,
    all that pass are gathered and sorted, which costs as much as there are.
    """
    share = marking.blind_share(session)
    key = _key(order)
    keys = [Item.id] if key is None else [key, Item.id]
    ordered = [k.desc() if back else k for k in keys]
    in_index = order == "suspicious" and len(filters.status) == 1 and filters == Filters(status=filters.status)
    if (filters != _EVERYTHING or where) and not in_index and not finds_few(session, filters, limit=_NEAR):
        passes = select(Item.id).where(*conditions(session, filters, blind_share=share, each=True), *where)
        found: list[int] = []
        place, size, seen = here, 2 * limit, 0
        while seen < _NEAR:
            near = _in_turn(session, select(*keys).order_by(*ordered), key, place, limit=size, back=back)
            found += [row.id for row in _of_these(session, passes, [row.id for row in near])]
            if len(found) >= limit or len(near) < size:
                return _of_these(session, _columns(), found[:limit])
            place = Place(near[-1].id, order, near[-1][0])
            seen, size = seen + size, 4 * size
    passing = _columns().where(*conditions(session, filters, blind_share=share), *where).order_by(*ordered)
    return _in_turn(session, passing, key, here, limit=limit, back=back)


def _in_turn(
    session: Session,
    query: Any,
    key: InstrumentedAttribute[Any] | None,
    here: Place | None,
    *,
    limit: int,
    back: bool,
) -> list[Any]:
    """The first rows of an ordered query behind a place: those that share its key, then those beyond.

    Together in one condition, an index would be read from the first item that has this key.
    """
    if here is None:
        return list(session.execute(query.limit(limit)))
    past_id = Item.id < here.item_id if back else Item.id > here.item_id
    if key is None:
        return list(session.execute(query.where(past_id).limit(limit)))
    found = list(session.execute(query.where(key == here.value, past_id).limit(limit)))
    if len(found) < limit:
        past = key < here.value if back else key > here.value
        found += session.execute(query.where(past).limit(limit - len(found)))
    return found


def _of_these(session: Session, passing: Any, item_ids: Sequence[int]) -> list[Any]:
    """Those of some items that pass, in the order given."""
    rows = {row.id: row for row in session.execute(passing.where(Item.id.in_(item_ids)))} if item_ids else {}
    return [rows[i] for i in item_ids if i in rows]


def _head(session: Session, order: Order) -> tuple[int, ...]:
    """The items that come first whatever their key: `db.operations.learning_order` chooses them."""
    chosen = lookups.setting(session, lookups.LESSONS) if order == "instructive" else None
    return tuple(chosen["items"]) if chosen else ()


def _of_head(session: Session, passing: Any, head: tuple[int, ...], after: int | None, *, back: bool) -> list[Any]:
    """Those of the chosen items that pass, behind one of them or from the end that comes first."""
    way = head[::-1] if back else head
    way = way if after is None else way[way.index(after) + 1 :]
    return _of_these(session, passing, way)


def _key(order: str) -> InstrumentedAttribute[Any] | None:
    if order not in _KEYS:
        raise UsageError(f"There is no order {order!r}: take one of {', '.join(_KEYS)}.")
    return _KEYS[order]


def _place(session: Session, order: Order, item_id: int) -> Place:
    key = _key(order)
    if key is None:
        return Place(item_id, order, None)
    value = session.scalar(select(key).where(Item.id == item_id))
    if value is None:
        raise StoreError(f"The store has no item {item_id}.")
    return Place(item_id, order, value)


def _columns() -> Any:
    return select(
        Item.id, Item.source_id, Item.caption, Item.status, Item.blind_rank, Item.suspicion, Item.margin, Image.location
    ).join(Image, Image.id == Item.image_id)


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
