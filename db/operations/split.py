"""One store for each annotator, for teams without a server; `db.operations.merge` brings their reviews home."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session

from captionlint.core.errors import StoreError, UsageError
from captionlint.db import schema
from captionlint.db.rows import lookups, model_files
from captionlint.db.rows.import_batch import draws, insert_items
from captionlint.db.store import Store

_CHUNK: Final = 1000
_EVERYONE: Final = -1
_Ids = NDArray[np.int64]
_WHOLE: Final = (schema.Setting, schema.IgnoredWord)
_BY_ITEM: Final = (schema.Prediction, schema.Failure)


@dataclass(frozen=True, slots=True)
class Part:
    """One annotator's store: how many items it holds, and how many of them everyone has."""

    annotator: str
    path: Path
    items: int
    shared: int


def split(store: Store, *, annotators: Sequence[str], folder: Path, overlap: float = 0.1) -> tuple[Part, ...]:
    """Deals out the items that nobody has decided on, all captions of a picture to the same annotator.

    A share `overlap` of them goes to everyone, so that agreement can be measured. Predictions go along; pictures
    stay where they are. The same store is always dealt the same way. Raises `StoreError` where a file is there
    already, `UsageError` for names that do not make different files.
    """
    paths = _paths(annotators, folder)
    if not 0 <= overlap <= 1:
        raise UsageError(f"The shared part lies between 0 and 1, not at {overlap}.")
    with store.reading() as session:
        shared, hands = _deal(session, len(annotators), overlap)
        if not len(shared) and not any(map(len, hands)):
            raise StoreError(f"{store.name} has no items left to review.")
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = [path.with_name(f".{path.name}.part") for path in paths]
        try:
            for annotator, path, own in zip(annotators, unfinished, hands, strict=True):
                _remove(path)  # what a killed run left
                _write(store, session, path, annotator, np.sort(np.concatenate([shared, own])))
            for path, name in zip(unfinished, paths, strict=True):
                path.replace(name)
        finally:
            for path in unfinished:
                _remove(path)
    hand_sizes = [len(shared) + len(own) for own in hands]
    return tuple(Part(*part, len(shared)) for part in zip(annotators, paths, hand_sizes, strict=True))


def _remove(path: Path) -> None:
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _paths(annotators: Sequence[str], folder: Path) -> list[Path]:
    names = [re.sub(r"[^\w.-]+", "_", name.strip()).strip("._") for name in annotators]
    if not names or not all(names) or len({name.lower() for name in names}) < len(names):
        raise UsageError("Annotators need names that differ in letters or digits, such as --annotators ana,ben.")
    paths = [folder / f"{name}.db" for name in names]
    there = next((path for path in paths if path.exists()), None)
    if there is not None:
        raise StoreError(f"{there} exists already: merge and move it away, or give another folder.")
    return paths


def _deal(session: Session, hands: int, overlap: float) -> tuple[_Ids, list[_Ids]]:
    """Item ids for everyone, and for each annotator; images in an order that only their content decides.

    Takes some 70 bytes of memory an item.
    """
    item, image = schema.Item, schema.Image
    key = func.coalesce(image.sha256, image.location)
    query = select(item.id, key).join(image).where(item.status.in_(("pending", "skipped"))).order_by(item.id)
    found, drawn = array("q"), array("q")
    for item_id, image_key in session.execute(query.execution_options(yield_per=5000)):
        found.append(item_id)
        drawn.append(draws(image_key)[0])
    ids, places = np.array(found, dtype=np.int64), np.array(drawn, dtype=np.int64)
    order = np.argsort(places, kind="stable")
    ids, places = ids[order], places[order]
    owner = np.empty(len(ids), dtype=np.int32)
    sizes = [0] * hands
    shared = 0
    edges = np.flatnonzero(np.diff(places, prepend=-1, append=-1))  # no place is negative
    for start, end in pairwise(map(int, edges)):
        if shared < overlap * len(ids):
            owner[start:end] = _EVERYONE
            shared += end - start
        else:
            hand = sizes.index(min(sizes))
            owner[start:end] = hand
            sizes[hand] += end - start
    return ids[owner == _EVERYONE], [ids[owner == hand] for hand in range(hands)]


def _write(store: Store, session: Session, path: Path, annotator: str, item_ids: _Ids) -> None:
    with Store.open(path) as part:
        with part.writing() as target:
            scorers = session.execute(select(_table(schema.Scorer))).mappings().all()
            moved = [{**row, "details": model_files.carried(store, part, row["details"])} for row in scorers]
            _copy(target, schema.Scorer, moved)
            for whole in _WHOLE:
                _copy(target, whole, session.execute(select(_table(whole))).mappings().all())
            lookups.ensure_annotator(target, annotator)
        for start in range(0, len(item_ids), _CHUNK):
            with part.writing() as target:
                _copy_items(store, part, session, target, item_ids[start : start + _CHUNK].tolist())


def _copy_items(store: Store, part: Store, source: Session, target: Session, ids: Sequence[int]) -> None:
    item, image = _table(schema.Item), _table(schema.Image)
    rows = source.execute(select(item).where(item.c.id.in_(ids))).mappings().all()
    wanted = {row["image_id"] for row in rows}
    there = set(target.scalars(select(image.c.id).where(image.c.id.in_(wanted))))
    images = source.execute(select(image).where(image.c.id.in_(wanted - there))).mappings().all()
    moved = [{**row, "location": part.place(store.locate(row["location"]))} for row in images]
    _copy(target, schema.Image, moved)
    insert_items(target, [{**row, "status": "pending"} for row in rows])
    for table in _BY_ITEM:
        columns = _table(table)
        _copy(target, table, source.execute(select(columns).where(columns.c.item_id.in_(ids))).mappings().all())


def _copy(target: Session, table: type[schema.Base], rows: Sequence[Any]) -> None:
    if rows:
        target.execute(insert(_table(table)), [dict(row) for row in rows])


def _table(table: type[schema.Base]) -> Table:
    found = table.__table__
    assert isinstance(found, Table)  # noqa: S101 — every class of the schema is one table
    return found
