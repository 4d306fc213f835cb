"""Bringing reviews home from other stores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from captionlint.db import schema
from captionlint.db.records import StoredReview
from captionlint.db.rows import reviewed, revisions
from captionlint.db.store import Store

_CHUNK: Final = 500
Content = tuple[str, str]
"""An image's hash (or its address) and a caption: the same item, whatever its id in each store."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What came home. `known` reviews were here already, or newer ones by the same annotator; `strangers` are
    reviews of items that this store does not have."""

    reviews: int = 0
    known: int = 0
    strangers: int = 0

    def __add__(self, other: Merged) -> Merged:
        return Merged(self.reviews + other.reviews, self.known + other.known, self.strangers + other.strangers)


def merge(store: Store, *, other: Store) -> Merged:
    """Adds the reviews that stand in `other`, found by image and caption. A second time changes nothing.

    Annotators keep their own answers side by side; a review that was taken back since is taken back here too.
    """
    total = Merged()
    after = 0
    while True:
        with other.reading() as session:
            ids = _reviewed_ids(session, after)
            contents = _contents(session, ids)
            reviews = reviewed.standing(session, ids, undone=True)
        if not ids:
            return total
        with store.writing() as session:
            total += _bring(session, [(contents[i], review) for i in ids for review in reviews.get(i, ())])
        after = ids[-1]


def _reviewed_ids(session: Session, after: int) -> list[int]:
    row = schema.Standing
    query = select(row.item_id).distinct().where(row.item_id > after).order_by(row.item_id).limit(_CHUNK)
    return list(session.scalars(query))


def _contents(session: Session, ids: Sequence[int]) -> dict[int, tuple[Content, str]]:
    item, image = schema.Item, schema.Image
    query = select(item.id, item.source_id, item.caption, func.coalesce(image.sha256, image.location).label("key"))
    rows = session.execute(query.join(image).where(item.id.in_(ids)))
    return {row.id: ((row.key, row.caption), row.source_id) for row in rows}


def _bring(session: Session, found: Sequence[tuple[tuple[Content, str], StoredReview]]) -> Merged:
    home = _home(session, [content for (content, _), _ in found])
    item_ids = sorted({item_id for items in home.values() for item_id in items.values()})
    here = reviewed.standing(session, item_ids, undone=True)
    scorers = {row.version: row.id for row in session.scalars(select(schema.Scorer))}
    new: list[revisions.NewRevision] = []
    strangers = 0
    for (content, source_id), stored in found:
        items = home.get(content)
        if not items:
            strangers += stored.review.status != "pending"
            continue
        item_id = items.get(source_id) or next(iter(items.values()))
        if reviewed.is_news(stored.review, here.get(item_id, ())):
            new.append(
                revisions.NewRevision(
                    item_id,
                    "import",
                    stored.review,
                    blind=stored.blind,
                    scorer_id=scorers.get(stored.scorer_version or ""),
                    epsilon=stored.epsilon,
                    uid=stored.uid,
                )
            )
    added = len(revisions.append(session, new))
    return Merged(added, len(found) - added - strangers, strangers)


def _home(session: Session, contents: Sequence[Content]) -> dict[Content, dict[str, int]]:
    """This store's items of some contents, by the id that they came with."""
    item, image = schema.Item, schema.Image
    keys = sorted({key for key, _ in contents})
    key = func.coalesce(image.sha256, image.location).label("key")
    query = select(item.id, item.source_id, item.caption, key).join(image)
    query = query.where(or_(image.sha256.in_(keys), image.location.in_(keys))).order_by(item.id)
    found: dict[Content, dict[str, int]] = {}
    for row in session.execute(query):
        found.setdefault((row.key, row.caption), {})[row.source_id] = row.id
    return found
