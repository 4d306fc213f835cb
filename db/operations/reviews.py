"""Decisions of annotators. Each is one committed revision: when the function returns, it is on the disk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from captionlint.core.errors import StoreError, UsageError
from captionlint.core.formats.corrections import with_replacements
from captionlint.core.review import Review, Span, Status
from captionlint.db import schema
from captionlint.db.records import Decision, StoredReview
from captionlint.db.rows import lookups, mark_origins, marking, reviewed
from captionlint.db.rows import revisions as revising
from captionlint.db.rows.predictions import load
from captionlint.db.store import Store


def accept(store: Store, *, item_id: int, annotator: str, seconds: float | None = None) -> Decision:
    """All marks stand. A blind item showed none: accepting it says that the caption is right."""
    return _decide(store, item_id, annotator, "accept", "accepted", seconds=seconds)


def correct(
    store: Store,
    *,
    item_id: int,
    annotator: str,
    spans: Sequence[Span],
    corrected_caption: str | None = None,
    seconds: float | None = None,
) -> Decision:
    """The marks as the annotator left them, on the caption as given, and what it should say instead, if known.

    Origins are worked out here: which marks were kept, changed, added by hand or taken away. Raises `UsageError`
    for marks outside the caption.
    """
    return _decide(
        store, item_id, annotator, "correct", "corrected", spans=spans, caption=corrected_caption, seconds=seconds
    )


def reject(store: Store, *, item_id: int, annotator: str, seconds: float | None = None) -> Decision:
    """The item cannot be used."""
    return _decide(store, item_id, annotator, "reject", "rejected", spans=(), seconds=seconds)


def skip(store: Store, *, item_id: int, annotator: str, seconds: float | None = None) -> Decision:
    """The annotator leaves the item to someone else."""
    return _decide(store, item_id, annotator, "skip", "skipped", spans=(), seconds=seconds)


def adopt(store: Store, *, item_id: int, review: Review, uid: str, blind: bool = False) -> Decision | None:
    """Keeps a review made elsewhere as it is; None if this very one (by `uid`) is here already, or if its annotator
    has decided here since. One that is pending takes back what its annotator said.
    """
    with store.writing() as session:
        item = item_row(session, item_id)
        mark_origins.check(review.spans, item.caption, review.corrected_caption, review.annotator)
        if not reviewed.is_news(review, reviewed.standing(session, [item_id], undone=True).get(item_id, ())):
            return None
        new = revising.NewRevision(item_id, "import", review, blind=blind, uid=uid)
        before: Status = item.status  # type: ignore[assignment]
        added = revising.append(session, [new])
        return decision(session, added[0], before) if added else None


def standing(store: Store, *, item_id: int, annotator: str | None = None) -> tuple[StoredReview, ...]:
    """The reviews that stand for an item, of all annotators or of one."""
    with store.reading() as session:
        return reviewed.standing(session, [item_id], annotator=annotator).get(item_id, ())


def revisions(store: Store, *, item_id: int) -> tuple[StoredReview, ...]:
    """Everything that was ever decided about an item, oldest first."""
    with store.reading() as session:
        return reviewed.history(session, item_id)


def suggestion(caption: str, *, spans: Sequence[Span]) -> str | None:
    """The caption with the replacements put in, or None where no mark has one."""
    given = [span for span in spans if span.replacement is not None and not span.removed]
    return with_replacements(caption, given) if given else None


def _decide(
    store: Store,
    item_id: int,
    annotator: str,
    action: str,
    status: Status,
    *,
    spans: Sequence[Span] | None = None,
    caption: str | None = None,
    seconds: float | None = None,
) -> Decision:
    if caption is not None and not caption.strip():
        raise UsageError("A corrected caption has at least one word; reject the item if nothing of it is right.")
    with store.writing() as session:
        item = item_row(session, item_id)
        blind = marking.is_blind(session, item)
        scorer = None if blind else lookups.current_scorer(session)
        marks = _marks(session, item, scorer)
        mark_origins.check(spans or (), item.caption, caption, annotator)
        left = marks if spans is None else spans
        settled = mark_origins.settle(marks, left) if action in ("accept", "correct") else ()
        kept = None if caption == item.caption else caption
        review = Review(status, settled, kept, annotator, datetime.now(UTC), seconds)
        new = revising.NewRevision(
            item_id,
            action,
            review,
            blind=blind,
            scorer_id=scorer.id if scorer else None,
            epsilon=scorer.epsilon if scorer else None,
        )
        before: Status = item.status  # type: ignore[assignment]
        return decision(session, revising.append(session, [new])[0], before)


def _marks(session: Session, item: schema.Item, scorer: schema.Scorer | None) -> tuple[Span, ...]:
    found = load(session, scorer, [item.id]).get(item.id) if scorer is not None else None
    if found is None or scorer is None:
        return ()
    return marking.marks(found, scorer.epsilon, marking.ignored(session))


def item_row(session: Session, item_id: int) -> schema.Item:
    """An item that must be there; raises `StoreError`."""
    item = session.get(schema.Item, item_id)
    if item is None:
        raise StoreError(f"The store has no item {item_id}.")
    return item


def decision(session: Session, revision_id: int, before: Status, undone: StoredReview | None = None) -> Decision:
    """What a committed revision changed; the item's status was `before`."""
    (made,) = reviewed.by_ids(session, [revision_id])
    session.expire_all()
    status: Status = item_row(session, made.item_id).status  # type: ignore[assignment]
    return Decision(made.item_id, before, status, made, undone)
