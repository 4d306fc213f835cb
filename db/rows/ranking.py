"""What the queue sorts by: an item's suspicion and margin under the current scorer and its epsilon.

A new scorer, threshold or ignored word makes ranks old. What is to be ranked anew is kept as settings (`begin`,
`begin_holding`) and done in portions, each in a transaction of its own: the whole can take minutes, in which others
want to write. After a crash it goes on from there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sqlalchemy import and_, bindparam, func, select, update
from sqlalchemy.orm import Session

from captionlint.core.clip import scores
from captionlint.core.prediction import WordScore
from captionlint.db.rows import lookups, marking
from captionlint.db.rows.filters import holding
from captionlint.db.schema import UNRANKED, Item, Prediction, Scorer

PORTION: Final = 1000
"""Items ranked in one transaction: some 50 ms with a million items, and a slow disk may take ten times as long."""
_RANK = update(Item.__table__).where(Item.__table__.c.id == bindparam("item"))  # type: ignore[arg-type]
"""By the table, not the class: the ORM's bookkeeping would cost as much as the writing."""


def rank(
    cosine: float | None, words: Iterable[WordScore], epsilon: float, ignored: AbstractSet[str]
) -> tuple[float, float]:
    """F-CLIPScore, and how near to epsilon the nearest word comes; without a cosine the bare sum of the words.

    Words that are never marked, `ignored` in lower case, make no item suspicious.
    """
    return _rank(cosine, [w.score for w in words if w.score is not None and marking.is_heeded(w, ignored)], epsilon)


def _rank(cosine: float | None, known: Sequence[float], epsilon: float) -> tuple[float, float]:
    plain = 0.0 if cosine is None or math.isnan(cosine) else cosine
    nearest = min([abs(a - epsilon) for a in known], default=UNRANKED)
    return scores.f_clip_score(plain, known, epsilon=epsilon), nearest


def rank_items(session: Session, ranks: Sequence[tuple[int, float, float]]) -> None:
    """Writes (item, suspicion, margin)."""
    if ranks:
        session.connection().execute(_RANK, [{"item": i, "suspicion": s, "margin": m} for i, s, m in ranks])


@dataclass(frozen=True, slots=True)
class Portion:
    """Items to be ranked next: of all, or of those whose caption holds `word`, the first ones behind `after`."""

    word: str | None
    after: int
    item_ids: Sequence[int]


def begin(session: Session) -> None:
    """All ranks are old from now on: they are by another scorer or threshold."""
    lookups.put_setting(session, lookups.RANKED_TO, 0)
    lookups.put_setting(session, lookups.RANK_WORDS, [])


def begin_holding(session: Session, word: str) -> None:
    """The ranks of the items whose caption holds a word are old: it is ignored or marked from now on."""
    others = [[other, after] for other, after in _words(session) if other != word]
    lookups.put_setting(session, lookups.RANK_WORDS, [*others, [word, 0]])


def left(session: Session) -> int:
    """How many items are still to be looked through; an item counts once for each word and once for all."""
    cursors = [after for _, after in _jobs(session)]
    if not cursors:
        return 0
    last = session.scalar(select(func.max(Item.id))) or 0
    return sum(max(last - after, 0) for after in cursors)


def next_portion(session: Session) -> Portion | None:
    """What `rank_portion` is to rank next, or None where all ranks are new. Changes nothing.

    Finding the items that hold a word may take long in a language without spaces; nobody waits for a reader.
    """
    job = next(iter(_jobs(session)), None)
    if job is None:
        return None
    word, after = job
    if word is None:
        ids = list(session.scalars(select(Item.id).where(Item.id > after).order_by(Item.id).limit(PORTION)))
    else:
        ids = holding(session, word, after=after, limit=PORTION)
    return Portion(word, after, ids)


def rank_portion(session: Session, portion: Portion) -> None:
    """Ranks a portion by what counts now, and keeps how far it came; nothing where another process was faster."""
    scorer = lookups.current_scorer(session)
    if scorer is None or next(iter(_jobs(session)), None) != (portion.word, portion.after):
        return
    rank_items(session, _ranks(session, portion.item_ids, scorer))
    came_to = portion.item_ids[-1] if len(portion.item_ids) == PORTION else None
    if portion.word is None:
        lookups.put_setting(session, lookups.RANKED_TO, came_to)
    else:
        others = [[word, after] for word, after in _words(session) if word != portion.word]
        mine = [] if came_to is None else [[portion.word, came_to]]
        lookups.put_setting(session, lookups.RANK_WORDS, [*mine, *others])


def _jobs(session: Session) -> list[tuple[str | None, int]]:
    """What is to be ranked, and the item up to which that is done: words first, they are soon done."""
    if lookups.setting(session, lookups.CURRENT_SCORER) is None:
        return []
    jobs: list[tuple[str | None, int]] = list(_words(session))
    after = lookups.setting(session, lookups.RANKED_TO)
    if after is not None:
        jobs.append((None, after))
    return jobs


def _words(session: Session) -> list[tuple[str, int]]:
    return [(word, after) for word, after in lookups.setting(session, lookups.RANK_WORDS) or ()]


def _ranks(session: Session, item_ids: Sequence[int], scorer: Scorer) -> list[tuple[int, float, float]]:
    """Offsets and captions, most of what there is to read, are read only where a word is ignored."""
    ignored = marking.ignored(session)
    columns: tuple[Any, ...] = (Item.id, Prediction.cosine, Prediction.scores)
    if ignored:
        columns += (Prediction.offsets, Item.caption)
    its = and_(Prediction.item_id == Item.id, Prediction.scorer_id == scorer.id)
    query = select(*columns).select_from(Item).outerjoin(Prediction, its)
    rows = session.execute(query.where(Item.id.in_(item_ids))).all()
    ranks = [(row.id, UNRANKED, UNRANKED) for row in rows if row.scores is None]
    scored = [row for row in rows if row.scores is not None]
    for row, found in zip(scored, marking.heeded(scored, ignored), strict=True):
        ranks.append((row.id, *_rank(row.cosine, found[~np.isnan(found)].tolist(), scorer.epsilon)))
    return ranks
