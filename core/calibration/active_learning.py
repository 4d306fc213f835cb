"""Which items teach most when they are reviewed: uncertain words, of pictures and words that are new.

Uncertainty alone asks about the same confusing word again and again; so what was asked already counts for less.
Greedy: after each choice the others are weighed anew (as in submodular batch selection).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace
from statistics import fmean

import numpy as np

from captionlint.core.prediction import Prediction
from captionlint.core.text.word_classes import word_classes


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that may be asked about: its content words in lower case, image, and uncertainty (0 or more)."""

    item_id: int
    image: str
    words: tuple[str, ...]
    uncertainty: float


def candidate(item_id: int, image: str, prediction: Prediction, *, epsilon: float, spread: float) -> Candidate:
    """Uncertainty: how near words come to epsilon, in units of `spread`, a typical distance; summed over words."""
    known = np.array([w.score for w in prediction.words if w.score is not None])
    nearness = float(np.exp(-np.abs(known - epsilon) / max(spread, 1e-12)).sum())
    return Candidate(item_id, image, content_words([w.text for w in prediction.words]), nearness)


def content_words(texts: Sequence[str]) -> tuple[str, ...]:
    """The words that a caption is about, in lower case."""
    return tuple(t.lower() for t, kind in zip(texts, word_classes(texts), strict=True) if kind != "function")


def choose(
    candidates: Sequence[Candidate], *, count: int, seen_words: Counter[str], seen_images: Counter[str]
) -> list[int]:
    """Ids of `count` candidates, most instructive first; `seen_…` count what reviews know already.

    An item's worth is its uncertainty, times the mean of 1 / √(1 + n) over its words seen n times, times
    1 / (1 + m) for its image seen m times.
    """
    words, images = Counter(seen_words), Counter(seen_images)
    # Worth only falls while words and images are counted, so a worth that was the highest when it was taken, and is
    # still higher than the next one's old worth, is the highest: few have to be weighed anew.
    queue = [(-_worth(c, words, images), c.item_id, c) for c in candidates]
    heapify(queue)
    chosen: list[int] = []
    while queue and len(chosen) < count:
        _, item_id, best = queue[0]
        now = (-_worth(best, words, images), item_id, best)
        heapreplace(queue, now)
        if queue[0] is not now:
            continue
        heappop(queue)
        chosen.append(item_id)
        words.update(best.words)
        images[best.image] += 1
    return chosen


def _worth(candidate: Candidate, words: Counter[str], images: Counter[str]) -> float:
    novelty = fmean((1 + words[w]) ** -0.5 for w in candidate.words) if candidate.words else 0.1
    return candidate.uncertainty * novelty / (1 + images[candidate.image])
