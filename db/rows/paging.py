"""Pages of the queue: the rows that pass, behind a place in an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from captionlint.core.errors import StoreError, UsageError
from captionlint.db.rows import lookups, marking
from captionlint.db.rows.filters import Filters, conditions, finds_few, holding_among
from captionlint.db.schema import Image, Item

Order = Literal["suspicious", "uncertain", "instructive", "random", "file"]
KEYS: Final[dict[str, InstrumentedAttribute[Any] | None]] = {
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
NEAR: Final = 1000
"""Items behind a place that are asked whether they pass."""
_SOME: Final = 10
"""Of those, the ones that are asked before it is found out how many captions hold a word."""


def rows(
    session: Session,
    *,
    order: Order,
    filters: Filters,
    after: int | Place | None,
    limit: int,
    back: bool,
    where: tuple[ColumnElement[bool], ...] = (),
) -> list[Any]:
    """One page; an order may begin with items that were chosen one by one (`head_of`), the others follow by its key."""
    head = head_of(session, order)
    behind = after.item_id if isinstance(after, Place) else after
    in_head = behind in head
    found: list[Any] = []
    if in_head or (after is None and not back):
        found = _of_head(session, filters, where, head, behind, back=back)[:limit]
    if len(found) < limit and not (in_head and back):
        here = None
        if after is not None and not in_head:
            here = after if isinstance(after, Place) else place_of(session, order, after)
        also = (*where, Item.id.not_in(head)) if head else where
        found += _behind(session, filters, also, order=order, here=here, limit=limit - len(found), back=back)
    if back and not in_head and len(found) < limit:
        found += _of_head(session, filters, where, head, None, back=True)[: limit - len(found)]
    return found


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
    key = key_of(order)
    keys = [Item.id] if key is None else [key, Item.id]
    ordered = [k.desc() if back else k for k in keys]
    if (filters != _EVERYTHING or where) and not _in_index(order, filters):
        found: list[int] = []
        place, size, seen = here, 2 * limit, 0
        while seen < NEAR and (seen < _SOME or not finds_few(session, filters, limit=NEAR)):
            near = _in_turn(session, select(*keys).order_by(*ordered), key, place, limit=size, back=back)
            found += _passing(session, filters, where, [row.id for row in near])
            if len(found) >= limit or len(near) < size:
                return _of_these(session, columns(), found[:limit])
            place = Place(near[-1].id, order, near[-1][0])
            seen, size = seen + size, 4 * size
    passing = columns().where(*conditions(session, filters, blind_share=share), *where).order_by(*ordered)
    return _in_turn(session, passing, key, here, limit=limit, back=back)


def are_in_index(order: Order, filters: Filters) -> bool:
    """Whether all that pass stand one behind the other in an index: then each page costs only its own length."""
    return filters == _EVERYTHING or _in_index(order, filters)


def _in_index(order: Order, filters: Filters) -> bool:
    return order == "suspicious" and len(filters.status) == 1 and filters == Filters(status=filters.status)


def places(session: Session, *, order: Order, filters: Filters, after: Place | None, limit: int) -> list[Place]:
    """The places of the next items that pass by the key alone: those of `head_of` are not put in front."""
    key = key_of(order)
    keys = [Item.id] if key is None else [key, Item.id]
    where = conditions(session, filters, blind_share=marking.blind_share(session))
    query = select(*keys).where(*where).order_by(*keys)
    return [Place(row.id, order, row[0]) for row in _in_turn(session, query, key, after, limit=limit, back=False)]


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


def _passing(
    session: Session, filters: Filters, where: tuple[ColumnElement[bool], ...], item_ids: Sequence[int]
) -> list[int]:
    """Those of some items that pass the filters, in the order given."""
    each = conditions(session, filters, blind_share=marking.blind_share(session), each=True)
    columns = (Item.id, Item.caption) if filters.text or filters.word else (Item.id,)
    rows = _of_these(session, select(*columns).where(*each, *where), item_ids)
    if len(columns) == 1:
        return [row.id for row in rows]
    said = holding_among(session, filters, {row.id: row.caption for row in rows})
    return [row.id for row in rows if row.id in said]


def _of_these(session: Session, passing: Any, item_ids: Sequence[int]) -> list[Any]:
    """Those of some items that pass, in the order given."""
    rows = {row.id: row for row in session.execute(passing.where(Item.id.in_(item_ids)))} if item_ids else {}
    return [rows[i] for i in item_ids if i in rows]


def head_of(session: Session, order: Order) -> tuple[int, ...]:
    """The items that come first whatever their key: `db.operations.active_learning` chooses them."""
    chosen = lookups.setting(session, lookups.LESSONS) if order == "instructive" else None
    return tuple(chosen["items"]) if chosen else ()


def _of_head(
    session: Session,
    filters: Filters,
    where: tuple[ColumnElement[bool], ...],
    head: tuple[int, ...],
    after: int | None,
    *,
    back: bool,
) -> list[Any]:
    """Those of the chosen items that pass, behind one of them or from the end that comes first."""
    way = head[::-1] if back else head
    way = way if after is None else way[way.index(after) + 1 :]
    return _of_these(session, columns(), _passing(session, filters, where, way))


def key_of(order: str) -> InstrumentedAttribute[Any] | None:
    """What an order sorts by before the id; raises `UsageError` for an order that there is not."""
    if order not in KEYS:
        raise UsageError(f"There is no order {order!r}: take one of {', '.join(KEYS)}.")
    return KEYS[order]


def place_of(session: Session, order: Order, item_id: int) -> Place:
    """Where an item stands now. Raises `StoreError` for one that is not there."""
    key = key_of(order)
    if key is None:
        return Place(item_id, order, None)
    value = session.scalar(select(key).where(Item.id == item_id))
    if value is None:
        raise StoreError(f"The store has no item {item_id}.")
    return Place(item_id, order, value)


def columns() -> Any:
    """What a line of the queue is made of."""
    return select(
        Item.id, Item.source_id, Item.caption, Item.status, Item.blind_rank, Item.suspicion, Item.margin, Image.location
    ).join(Image, Image.id == Item.image_id)
