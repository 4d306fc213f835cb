"""Reading reviews back, inside a transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Executable, select
from sqlalchemy.orm import Session

from captionlint.core.review import Review, Span
from captionlint.db import schema
from captionlint.db.records import StoredReview


def standing(
    session: Session, item_ids: Sequence[int], *, annotator: str | None = None, undone: bool = False
) -> dict[int, tuple[StoredReview, ...]]:
    """The reviews that stand, by item, oldest first; those that were taken back only with `undone`."""
    row, name = schema.Standing, schema.Annotator.name
    query = _revisions().join(row, row.revision_id == schema.Revision.id)
    query = query.where(row.item_id.in_(item_ids)).order_by(schema.Revision.reviewed_at, schema.Revision.id)
    if not undone:
        query = query.where(schema.Revision.status != "pending")
    if annotator is not None:
        query = query.where(name == annotator)
    found: dict[int, tuple[StoredReview, ...]] = {}
    for review in _load(session, query):
        found[review.item_id] = (*found.get(review.item_id, ()), review)
    return found


def history(session: Session, item_id: int) -> tuple[StoredReview, ...]:
    """Every revision of an item, oldest first."""
    query = _revisions().where(schema.Revision.item_id == item_id)
    return tuple(_load(session, query.order_by(schema.Revision.id)))


def by_ids(session: Session, revision_ids: Sequence[int]) -> tuple[StoredReview, ...]:
    """Some revisions, oldest first."""
    query = _revisions().where(schema.Revision.id.in_(revision_ids))
    return tuple(_load(session, query.order_by(schema.Revision.id)))


def is_news(review: Review, here: Sequence[StoredReview]) -> bool:
    """Whether a review made elsewhere is later than what its annotator has said here, of the reviews that stand."""
    own = next((stored.review for stored in here if stored.review.annotator == review.annotator), None)
    if own is None:
        return review.status != "pending"
    return own.reviewed_at < review.reviewed_at


def _revisions() -> Any:
    revision, scorer = schema.Revision, schema.Scorer
    query = select(revision, schema.Annotator.name, scorer.version)
    query = query.join(schema.Annotator, schema.Annotator.id == revision.annotator_id)
    return query.outerjoin(scorer, scorer.id == revision.scorer_id)


def _load(session: Session, query: Executable) -> Iterable[StoredReview]:
    rows = session.execute(query).all()
    spans = _spans(session, [revision.id for revision, _, _ in rows])
    return [_review(revision, annotator, version, spans) for revision, annotator, version in rows]


def _spans(session: Session, revision_ids: Sequence[int]) -> dict[int, tuple[Span, ...]]:
    row = schema.Span
    found: dict[int, list[Span]] = {}
    query = select(row).where(row.revision_id.in_(revision_ids)).order_by(row.revision_id, row.start, row.end, row.id)
    for s in session.scalars(query):
        span = Span(s.start, s.end, s.kind, s.replacement, s.origin, s.removed)  # type: ignore[arg-type]
        found.setdefault(s.revision_id, []).append(span)
    return {revision_id: tuple(spans) for revision_id, spans in found.items()}


def _review(
    revision: schema.Revision, annotator: str, version: str | None, spans: dict[int, tuple[Span, ...]]
) -> StoredReview:
    review = Review(
        status=revision.status,  # type: ignore[arg-type]  # only `db.rows.revisions` writes it
        spans=spans.get(revision.id, ()),
        corrected_caption=revision.corrected_caption,
        annotator=annotator,
        reviewed_at=revision.reviewed_at,
        seconds=revision.seconds,
    )
    return StoredReview(
        revision.id,
        revision.uid,
        revision.item_id,
        revision.action,
        revision.blind,
        review,
        scorer_version=version,
        epsilon=revision.epsilon,
    )
