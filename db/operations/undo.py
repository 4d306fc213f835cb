"""Undo and redo across items. Both add a revision, so that nothing decided is ever lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from captionlint.core.errors import UsageError
from captionlint.core.review import Review, Status
from captionlint.db.operations.reviews import decision, item_row
from captionlint.db.records import Decision, StoredReview
from captionlint.db.rows import reviewed, revisions
from captionlint.db.schema import Annotator, Revision
from captionlint.db.store import Store

_MADE = ("accept", "correct", "reject", "skip", "redo")
_FEW = 4  # steps read at once: of many that were imported, none counts, and to find more of the others takes long
_FROM_OUTSIDE = ("import", "update")


def undo(store: Store, *, annotator: str, revision_id: int | None = None) -> Decision | None:
    """Takes back the annotator's last decision that still stands; None if there is none.

    The item is again what it was before; `Decision.about` is the decision that was taken back. Raises `UsageError`
    where `revision_id` names another decision than the last one.
    """
    with store.writing() as session:
        target = _last_made(session, annotator)
        _check(target, revision_id, "take back")
        if target is None:
            return None
        before = _before(session, target)
        (about,) = reviewed.by_ids(session, [target.id])
        review = before.review if before else Review("pending", (), None, annotator, datetime.now(UTC))
        return _commit(session, "undo", target, review, about)


def redo(store: Store, *, annotator: str, revision_id: int | None = None) -> Decision | None:
    """Makes again what was last taken back; None if nothing was, or if something was decided since.

    Raises `UsageError` where `revision_id` names another decision than that one.
    """
    with store.writing() as session:
        target = _last_undone(session, annotator)
        _check(target, revision_id, "make again")
        if target is None:
            return None
        (about,) = reviewed.by_ids(session, [target.id])
        return _commit(session, "redo", target, about.review, about)


def undoable(store: Store, *, annotator: str) -> StoredReview | None:
    """What `undo` would take back."""
    with store.reading() as session:
        target = _last_made(session, annotator)
        return reviewed.by_ids(session, [target.id])[0] if target else None


def redoable(store: Store, *, annotator: str) -> StoredReview | None:
    """What `redo` would make again."""
    with store.reading() as session:
        target = _last_undone(session, annotator)
        return reviewed.by_ids(session, [target.id])[0] if target else None


def _check(target: Revision | None, revision_id: int | None, move: str) -> None:
    if revision_id is not None and (target is None or target.id != revision_id):
        raise UsageError(
            f"This decision is not the one to {move} next: another program or an import changed the store since. "
            "Open its item and decide it anew."
        )


def _commit(session: Session, action: str, target: Revision, review: Review, about: StoredReview) -> Decision:
    new = revisions.NewRevision(
        target.item_id,
        action,
        replace(review, reviewed_at=datetime.now(UTC)),
        blind=target.blind,
        target_id=target.id,
        scorer_id=target.scorer_id,
        epsilon=target.epsilon,
    )
    before: Status = item_row(session, target.item_id).status  # type: ignore[assignment]
    return decision(session, revisions.append(session, [new])[0], before, about)


def _steps(session: Session, annotator: str) -> Iterator[Revision]:
    """An annotator's own steps, newest first: no imports, and nothing that an import or new content has overtaken."""
    later = aliased(Revision)
    overtaken = select(later.id).where(
        later.item_id == Revision.item_id,
        later.annotator_id == Revision.annotator_id,
        later.id > Revision.id,
        later.action.in_(_FROM_OUTSIDE),
    )
    query = (
        select(Revision)
        .join(Annotator, Annotator.id == Revision.annotator_id)
        .where(Annotator.name == annotator, Revision.action.in_((*_MADE, "undo")), ~overtaken.exists())
        .order_by(Revision.id.desc())
    )
    yield from session.scalars(query.execution_options(yield_per=_FEW))


def _last_made(session: Session, annotator: str) -> Revision | None:
    undone = 0
    for step in _steps(session, annotator):
        if step.action == "undo":
            undone += 1
        elif undone:
            undone -= 1
        else:
            return step
    return None


def _last_undone(session: Session, annotator: str) -> Revision | None:
    redone = 0
    for step in _steps(session, annotator):
        if step.action == "redo":
            redone += 1
        elif step.action != "undo":
            return None  # something new was decided since
        elif redone:
            redone -= 1
        else:
            return session.get(Revision, step.target_id)
    return None


def _before(session: Session, target: Revision) -> StoredReview | None:
    """What stood for the same item and annotator before a revision."""
    found = session.scalar(
        select(Revision.id)
        .where(
            Revision.item_id == target.item_id,
            Revision.annotator_id == target.annotator_id,
            Revision.id < target.id,
        )
        .order_by(Revision.id.desc())
        .limit(1)
    )
    return reviewed.by_ids(session, [found])[0] if found is not None else None
