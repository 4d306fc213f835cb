"""Lines of the queue as a list shows them: with the number of marks, and how suspicious an item is among all."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, func, select

from captionlint.db.operations import queue
from captionlint.db.records import QueueEntry
from captionlint.db.rows import lookups, marking
from captionlint.db.rows.parts import whole
from captionlint.db.rows.predictions import load
from captionlint.db.schema import UNRANKED, Item, Prediction
from captionlint.db.store import Store

_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the queue. `marks` is None without a prediction and for blind items; `share` is the item's
    F-CLIPScore over the lowest one of all, 0 to 1.
    """

    entry: QueueEntry
    marks: int | None
    share: float


@dataclass(frozen=True, slots=True)
class Distribution:
    """What a threshold does to the whole set: all words' attributions, and each caption's lowest, ascending.

    ``words.searchsorted(epsilon)`` words in ``captions.searchsorted(epsilon)`` captions are flagged; words that are
    never marked are left out.
    """

    words: NDArray[np.float64]
    captions: NDArray[np.float64]

    def flagged(self, epsilon: float) -> tuple[int, int]:
        """Words and captions below a threshold."""
        return int(self.words.searchsorted(epsilon)), int(self.captions.searchsorted(epsilon))


def read(store: Store, *, item_ids: Sequence[int]) -> tuple[Line, ...]:
    """Lines by id, in the order asked for; ids that are not there are left out."""
    entries = queue.entries(store, item_ids=tuple(item_ids))
    with store.reading() as session:
        scorer = lookups.current_scorer(session)
        ignored = marking.ignored(session)
        worst = session.scalar(select(func.min(Item.suspicion)).where(Item.suspicion != UNRANKED)) or 0.0
        seen = [e.item_id for e in entries if not e.blind]
        found = load(session, scorer, seen) if scorer else {}
        epsilon = scorer.epsilon if scorer else 0.0
        marks = {i: len(marking.marks(p, epsilon, ignored)) for i, p in found.items()}
    return tuple(Line(e, marks.get(e.item_id), _share(e, worst)) for e in entries)


def distribution(store: Store) -> Distribution:
    """The current scorer's attributions over all items, sorted outside of the interpreter's lock."""
    return whole(distribution_in_parts(store))


def distribution_in_parts(store: Store) -> Generator[None, None, Distribution]:
    """As `distribution`, in parts (see `db.rows.parts`)."""
    words: list[Any] = []
    lowest: list[Any] = []
    after = 0
    while True:
        with store.reading() as session:
            scorer = lookups.current_scorer(session)
            never = marking.ignored(session)
            if scorer is None:
                break
            query = _scores_of(scorer.id, with_words=bool(never)).where(Prediction.item_id > after)
            rows = session.execute(query.order_by(Prediction.item_id).limit(_CHUNK)).all()
        if not rows:
            break
        after = rows[-1].item_id
        packed = list(marking.heeded(rows, never))
        lengths = np.array([len(p) for p in packed])
        joined = np.concatenate(packed) if packed else np.empty(0)
        words.append(joined[~np.isnan(joined)])
        filled = np.where(np.isnan(joined), np.inf, joined)
        starts = np.cumsum(lengths)[lengths > 0] - lengths[lengths > 0]
        if len(starts):
            lowest.append(np.minimum.reduceat(filled, starts))
        yield
    of_words = _sorted(words)
    yield
    return Distribution(of_words, _sorted(lowest))


def _scores_of(scorer_id: int, *, with_words: bool) -> Select[Any]:
    """Scores alone where no word is left out: captions are most of what there is to read."""
    columns: tuple[Any, ...] = (Prediction.item_id, Prediction.scores)
    if with_words:
        columns += (Prediction.offsets, Item.caption)
    # Added to nothing, the column has no index: by that one every part would read and sort the whole.
    asked = select(*columns).where(Prediction.scorer_id + 0 == scorer_id)
    return asked.join(Item, Item.id == Prediction.item_id) if with_words else asked


def _sorted(parts: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    joined = np.concatenate(parts) if parts else np.empty(0)
    joined.sort()
    return joined


def _share(entry: QueueEntry, worst: float) -> float:
    if entry.blind or entry.f_clip_score is None or worst >= 0:
        return 0.0
    return max(0.0, min(1.0, entry.f_clip_score / worst))
