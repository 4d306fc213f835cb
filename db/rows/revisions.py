"""Appending revisions inside a transaction: the one place that keeps `standing` and an item's status true."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from captionlint.core.review import Review
from captionlint.db.rows import lookups
from captionlint.db.schema import Annotator, Item, Revision, Span, Standing

DECIDED = frozenset({"accepted", "corrected", "rejected"})


@dataclass(frozen=True, slots=True)
class NewRevision:
    """A decision on its way in. `uid` tells it from others in every store it will be merged into."""

    item_id: int
    action: str
    review: Review
    blind: bool = False
    target_id: int | None = None
    scorer_id: int | None = None
    epsilon: float | None = None
    uid: str = field(default_factory=lambda: uuid.uuid4().hex)


def append(session: Session, revisions: Sequence[NewRevision]) -> list[int]:
    """Adds revisions, skipping those whose uid is there already; returns the ids of what was added."""
    there = set(session.scalars(select(Revision.uid).where(Revision.uid.in_([r.uid for r in revisions]))))
    fresh = list({r.uid: r for r in revisions if r.uid not in there}.values())
    if not fresh:
        return []
    names = {r.review.annotator for r in fresh}
    annotators = {name: lookups.ensure_annotator(session, name) for name in names}
    rows = [_row(r, annotators[r.review.annotator]) for r in fresh]
    statement = insert(Revision).returning(Revision.id, sort_by_parameter_order=True)
    ids = list(session.scalars(statement, rows))
    spans = [row for i, r in zip(ids, fresh, strict=True) for row in _spans(i, r.review)]
    if spans:
        session.execute(insert(Span), spans)
    _stand(session, fresh, ids, annotators)
    set_statuses(session, {r.item_id for r in fresh})
    return ids


def _row(new: NewRevision, annotator: Annotator) -> dict[str, object]:
    return {
        "uid": new.uid,
        "item_id": new.item_id,
        "annotator_id": annotator.id,
        "action": new.action,
        "target_id": new.target_id,
        "status": new.review.status,
        "corrected_caption": new.review.corrected_caption,
        "seconds": new.review.seconds,
        "blind": new.blind,
        "scorer_id": new.scorer_id,
        "epsilon": new.epsilon,
        "reviewed_at": new.review.reviewed_at,
    }


def _spans(revision_id: int, review: Review) -> list[dict[str, object]]:
    return [
        {
            "revision_id": revision_id,
            "start": s.start,
            "end": s.end,
            "kind": s.kind,
            "replacement": s.replacement,
            "origin": s.origin,
            "removed": s.removed,
        }
        for s in review.spans
    ]


def _stand(
    session: Session, fresh: Sequence[NewRevision], ids: Sequence[int], annotators: dict[str, Annotator]
) -> None:
    # Of several revisions of one item by one annotator in a batch the last stands.
    rows = {
        (r.item_id, r.review.annotator): {
            "item_id": r.item_id,
            "annotator_id": annotators[r.review.annotator].id,
            "revision_id": i,
            "status": r.review.status,
        }
        for i, r in zip(ids, fresh, strict=True)
    }
    lookups.upsert(session, Standing, list(rows.values()))


def set_statuses(session: Session, item_ids: Iterable[int]) -> None:
    """An item's status is the newest decision of anyone, by the clock of who made it; a skip counts only while
    nobody decided.
    """
    ids = sorted(item_ids)
    found: dict[int, str] = dict.fromkeys(ids, "pending")
    standing = select(Standing.item_id, Standing.status).join(Revision, Revision.id == Standing.revision_id)
    standing = standing.where(Standing.item_id.in_(ids)).order_by(Revision.reviewed_at, Revision.id)
    for item_id, status in session.execute(standing):
        if status in DECIDED or (status == "skipped" and found[item_id] not in DECIDED):
            found[item_id] = status
    session.execute(update(Item), [{"id": i, "status": s} for i, s in found.items()])
