"""What a face that answers requests asks, of many items at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import and_, select, tuple_

from captionlint.core.clip.model_spec import BASE
from captionlint.core.prediction import Prediction
from captionlint.db import schema
from captionlint.db.rows import lookups, marking
from captionlint.db.rows.predictions import unpacked
from captionlint.db.store import Store

_CHUNK: Final = 1000
Content = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """An item as it is found: `image` is a URL or an absolute path, `blind` whether its marks are to be hidden."""

    item_id: int
    image: str
    caption: str
    blind: bool
    prediction: Prediction | None


def by_source(store: Store, *, source_ids: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Item id and caption by the id that an item came with, for those that are there."""
    row = schema.Item
    with store.reading() as session:
        return {
            r.source_id: (r.id, r.caption)
            for chunk in _chunks(source_ids)
            for r in session.execute(select(row.source_id, row.id, row.caption).where(row.source_id.in_(chunk)))
        }


def by_content(store: Store, *, contents: Iterable[Content]) -> dict[Content, int]:
    """Item id by the picture's SHA-256 and the caption; of items that say the same, the first."""
    item, image = schema.Item, schema.Image
    query = select(image.sha256, item.caption, item.id).join(image, image.id == item.image_id).order_by(item.id.desc())
    with store.reading() as session:
        return {
            (r.sha256, r.caption): r.id
            for chunk in _chunks(contents)
            for r in session.execute(query.where(tuple_(image.sha256, item.caption).in_(chunk)))
        }


def known(store: Store, *, item_ids: Iterable[int], scorer_version: str) -> dict[int, Known]:
    """Items by id, with what a scorer has said of them; one that the store has never heard of has said nothing."""
    item, image, said = schema.Item, schema.Image, schema.Prediction
    columns = (
        item.id,
        item.caption,
        item.blind_rank,
        image.location,
        said.cosine,
        said.offsets,
        said.scores,
        said.reasons,
    )
    chunks = list(_chunks(item_ids))
    found: dict[int, Known] = {}
    if not chunks:
        return found
    with store.reading() as session:
        scorer_id = session.scalar(select(schema.Scorer.id).where(schema.Scorer.version == scorer_version))
        query = (
            select(*columns)
            .join(image, image.id == item.image_id)
            .outerjoin(said, and_(said.item_id == item.id, said.scorer_id == scorer_id))
        )
        share = marking.blind_share(session)
        for chunk in chunks:
            for r in session.execute(query.where(item.id.in_(chunk))):
                prediction = None if r.scores is None else unpacked(r, scorer_version)
                place = store.locate(r.location)
                found[r.id] = Known(r.id, place, r.caption, r.blind_rank < share, prediction)
    return found


@dataclass(frozen=True, slots=True)
class Shown:
    """How marks are made now: a scorer, its threshold, and the words that are never marked, in lower case."""

    version: str
    details: dict[str, Any]
    epsilon: float
    ignored: frozenset[str]


def shown(store: Store, *, base: str) -> Shown | None:
    """How marks of a scorer are made: by its calibration where that is current, else by itself; None if it is new."""
    with store.reading() as session:
        row = lookups.current_scorer(session)
        if row is None or row.details.get(BASE) != base:
            row = session.scalar(select(schema.Scorer).where(schema.Scorer.version == base))
        return None if row is None else Shown(row.version, dict(row.details), row.epsilon, marking.ignored(session))


def _chunks(values: Iterable[Any]) -> Iterator[Sequence[Any]]:
    """Distinct values, as many at a time as one statement takes."""
    distinct = list(dict.fromkeys(values))
    return (distinct[start : start + _CHUNK] for start in range(0, len(distinct), _CHUNK))
