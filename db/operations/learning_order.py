"""The active order: the pending items whose review is expected to teach most."""

from __future__ import annotations

from collections import Counter
from statistics import median
from typing import Final

from core.active import Candidate, candidate, choose, content_words
from core.prediction import Prediction
from db.filters import Filters
from db.operations import queue, scorers
from db.operations.evidence import stream
from db.operations.predictions import get
from db.store import Store

_POOL: Final = 10
"""Candidates for each item asked for: the most uncertain ones."""


def most_instructive(store: Store, *, count: int = 50) -> tuple[int, ...]:
    """Ids of up to `count` pending items, to be reviewed in this order; none while nothing was scored.

    Of the most uncertain items (`db.operations.queue`, order uncertain) those come first whose words and pictures
    reviews have seen least. With a calibrated scorer uncertainty is that of its probabilities.
    """
    current = scorers.current(store)
    if current is None:
        return ()
    waiting = Filters(status=("pending",), predicted=True)
    pool = queue.page(store, order="uncertain", filters=waiting, limit=count * _POOL)
    found = [(entry, get(store, item_id=entry.item_id)) for entry in pool]
    scored = [(entry, prediction) for entry, prediction in found if prediction is not None]
    spread = _spread([prediction for _, prediction in scored], current.epsilon)
    candidates: list[Candidate] = [
        candidate(entry.item_id, entry.image, prediction, epsilon=current.epsilon, spread=spread)
        for entry, prediction in scored
    ]
    words, images = _reviewed(store)
    return tuple(choose(candidates, count=count, seen_words=words, seen_images=images))


def _spread(predictions: list[Prediction], epsilon: float) -> float:
    distances = [abs(w.score - epsilon) for p in predictions for w in p.words if w.score is not None]
    return median(distances) / 4 if distances else 1.0


def _reviewed(store: Store) -> tuple[Counter[str], Counter[str]]:
    words: Counter[str] = Counter()
    images: Counter[str] = Counter()
    for found in stream(store, statuses=("accepted", "corrected")):
        words.update(content_words([w.text for w in found.words]))
        images[found.image] += 1
    return words, images
