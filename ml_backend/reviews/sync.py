"""Annotations as reviews of the store, once each, by webhook and pull alike, and taken back when they are deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from captionlint.core.review import Review
from captionlint.db.operations import reviews
from captionlint.db.records import StoredReview
from captionlint.db.store import Store
from captionlint.ml_backend.event_log import KeptAnnotation, Ledger
from captionlint.ml_backend.label_studio.annotations import moment_of, review_uid, uid_of


def keep(
    store: Store, ledger: Ledger, annotation: Mapping[str, Any], *, item_id: int, review: Review, blind: bool
) -> bool:
    """Keeps one state of an annotation; False where it is here already, or its annotator has decided here since."""
    uid, when = review_uid(annotation), moment_of(annotation)
    made = reviews.adopt(store, item_id=item_id, review=review, uid=uid, blind=blind)
    before = ledger.annotation(annotation["id"])
    if before is None or (before.moment or "") < when:  # the same state may stand under another uid, or be deleted
        kept = KeptAnnotation(item_id, review.annotator, uid, when, deleted=False)
        ledger.remember_annotation(annotation["id"], kept)
    return made is not None


def take_back(store: Store, ledger: Ledger, annotation_id: object) -> bool:
    """Takes back what a deleted annotation said, if that still stands, and lets no late delivery bring it again.

    Where its annotator has another annotation of the same task, what that one says stands again.
    """
    before = ledger.annotation(annotation_id) or KeptAnnotation(None, None, None, None, deleted=False)
    taken = False
    if before.item_id is not None and before.annotator is not None:
        (standing,) = reviews.standing(store, item_id=before.item_id, annotator=before.annotator) or (None,)
        # Under the second uid it was taken back before a crash, and what follows in the ledger was not.
        if standing is not None and standing.uid in (before.uid, _gone(before)):
            taken = _replace(store, ledger, annotation_id, before, standing)
    ledger.remember_annotation(annotation_id, replace(before, deleted=True))
    return taken


def _replace(
    store: Store, ledger: Ledger, annotation_id: object, before: KeptAnnotation, standing: StoredReview
) -> bool:
    # By Label Studio's clock, not this machine's: what its annotator says next must count as later.
    when = standing.review.reviewed_at + timedelta(microseconds=1)
    said = {stored.uid: stored.review for stored in reviews.revisions(store, item_id=standing.item_id)}
    others = ledger.others_of(annotation_id, before)
    other, kept = next(((name, one) for name, one in others if one.uid in said), (None, None))
    if kept is not None:
        review = replace(said[kept.uid or ""], reviewed_at=when)
    else:
        review = Review("pending", (), None, standing.review.annotator, when)
    made = reviews.adopt(store, item_id=standing.item_id, review=review, uid=_gone(before), blind=standing.blind)
    if kept is not None:
        ledger.remember_annotation(other, replace(kept, uid=_gone(before)))
    return made is not None


def _gone(kept: KeptAnnotation) -> str:
    """Names the revision that takes a review back: what stands again can be taken back, too."""
    return uid_of(kept.uid, "gone")
