"""Scored words with what reviews say of them, and when each decision was made: what the plots are drawn from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from captionlint.core.review import Kind
from captionlint.db.operations.reviewed_items import stream, tags
from captionlint.db.store import Store


@dataclass(frozen=True, slots=True)
class Judged:
    """Reviewed items, gathered.

    Attributes:
        scores, wrong: every scored word's attribution by the current scorer, and whether the newest review marks it.
        kinds: marks that stand, by kind.
        decided: when each standing decision was made, ascending, and by whom.
    """

    scores: NDArray[np.float64]
    wrong: NDArray[np.bool_]
    kinds: Counter[Kind]
    decided: tuple[tuple[datetime, str], ...]


def judged(store: Store) -> Judged:
    """Reads every item that somebody decided on."""
    scores: list[float] = []
    wrong: list[bool] = []
    kinds: Counter[Kind] = Counter()
    decided: list[tuple[datetime, str]] = []
    for found in stream(store, statuses=("accepted", "corrected", "rejected", "skipped")):
        decided += [(r.review.reviewed_at, r.review.annotator) for r in found.reviews]
        verdict = found.verdict
        if verdict is None:
            continue
        kinds.update(span.kind for span in verdict.review.spans if not span.removed)
        if found.prediction is not None:
            marked = tags(found.words, verdict.review.spans)
            known = [(w.score, bool(t)) for w, t in zip(found.words, marked, strict=True) if w.score is not None]
            scores += [score for score, _ in known]
            wrong += [tag for _, tag in known]
    return Judged(np.array(scores), np.array(wrong, dtype=np.bool_), kinds, tuple(sorted(decided)))
