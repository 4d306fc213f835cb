"""The active order: the pending items whose review is expected to teach most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from captionlint.core.calibration.active_learning import Candidate, candidate, choose, content_words
from captionlint.core.prediction import Prediction
from captionlint.core.text.words import split_pieces
from captionlint.db.operations import queue, scorers
from captionlint.db.records import QueueEntry
from captionlint.db.rows import lookups
from captionlint.db.rows.filters import Filters
from captionlint.db.rows.predictions import load
from captionlint.db.schema import Item
from captionlint.db.store import Store

_POOL: Final = 10
"""Candidates for each item asked for: the most uncertain ones."""
_SAMPLE: Final = 1000
"""Reviewed captions, drawn at random, whose words are counted: enough to know which words are well known."""
LESSONS: Final = 50
"""Items that are chosen at once; what is learned from them may choose the next ones otherwise."""
_REVIEWED: Final = ("accepted", "corrected")


def arrange(store: Store) -> None:
    """Chooses the items that the queue's order instructive begins with, where they are few or of another scorer.

    Those that were chosen before and are decided stay in front of the new ones, so that the queue goes on from them.
    """
    current = scorers.current(store)
    with store.reading() as session:
        known = lookups.setting(session, lookups.LESSONS) or {"scorer": None, "items": []}
        waiting = _pending(session, known["items"])
    if current is None or (known["scorer"] == current.version and len(waiting) > LESSONS // 4):
        return
    chosen = most_instructive(store, count=LESSONS)
    decided = [i for i in known["items"] if i not in waiting][-LESSONS:]
    value = {"scorer": current.version, "items": [*decided, *chosen]}
    with store.writing() as session:
        lookups.put_setting(session, lookups.LESSONS, value)


def most_instructive(store: Store, *, count: int = LESSONS) -> tuple[int, ...]:
    """Ids of up to `count` pending items, to be reviewed in this order; none while nothing was scored.

    Of the most uncertain items (`db.operations.queue`, order uncertain) those come first whose words and pictures
    reviews have seen least. With a calibrated scorer uncertainty is that of its probabilities.
    """
    current = scorers.current(store)
    if current is None:
        return ()
    waiting = Filters(status=("pending",), predicted=True)
    pool = queue.page(store, order="uncertain", filters=waiting, limit=count * _POOL)
    with store.reading() as session:
        scorer = lookups.scorer_named(session, current.version)
        predictions = load(session, scorer, [entry.item_id for entry in pool])
        words, pictures = _reviewed_words(session), _reviewed_pictures(session, [e.item_id for e in pool])
    candidates = _candidates(pool, predictions, current.epsilon)
    images = Counter({entry.image: pictures[entry.item_id] for entry in pool})
    return tuple(choose(candidates, count=count, seen_words=words, seen_images=images))


def _candidates(pool: Sequence[QueueEntry], predictions: dict[int, Prediction], epsilon: float) -> list[Candidate]:
    spread = _spread(list(predictions.values()), epsilon)
    return [
        candidate(e.item_id, e.image, predictions[e.item_id], epsilon=epsilon, spread=spread)
        for e in pool
        if e.item_id in predictions
    ]


def _spread(predictions: list[Prediction], epsilon: float) -> float:
    distances = [abs(w.score - epsilon) for p in predictions for w in p.words if w.score is not None]
    return median(distances) / 4 if distances else 1.0


def _pending(session: Session, item_ids: Sequence[int]) -> frozenset[int]:
    return frozenset(session.scalars(select(Item.id).where(Item.id.in_(item_ids), Item.status == "pending")))


def _reviewed_words(session: Session) -> Counter[str]:
    some = select(Item.id).where(Item.status.in_(_REVIEWED)).limit(10 * _SAMPLE + 1).subquery()
    count = session.scalar(select(func.count()).select_from(some)) or 0
    # Few are found by status and sorted. Of many a sample comes sooner by a walk along shuffle: put together with
    # nothing, the column of the status has no index.
    status = Item.status if count <= 10 * _SAMPLE else Item.status + ""
    query = select(Item.caption).where(status.in_(_REVIEWED)).order_by(Item.shuffle, Item.id).limit(_SAMPLE)
    words: Counter[str] = Counter()
    for caption in session.scalars(query):
        words.update(content_words([p.text for p in split_pieces(caption) if p.is_word]))
    return words


def _reviewed_pictures(session: Session, item_ids: Sequence[int]) -> dict[int, int]:
    """For each of some items, how many captions of its picture were reviewed."""
    images = {row.id: row.image_id for row in session.execute(_pictures().where(Item.id.in_(item_ids)))}
    reviewed = _pictures().where(Item.status.in_(_REVIEWED), Item.image_id.in_(set(images.values())))
    counts = Counter(row.image_id for row in session.execute(reviewed))
    return {item_id: counts[image] for item_id, image in images.items()}


def _pictures() -> Select[int, int]:
    return select(Item.id, Item.image_id)
