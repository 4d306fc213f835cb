"""What the queue sorts by: an item's suspicion and margin under the current scorer and its epsilon."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import numpy as np
from sqlalchemy import Select, and_, bindparam, select, update
from sqlalchemy.orm import Session

from core import scores
from core.prediction import WordScore
from db import lookups, marking
from db.filters import says
from db.schema import UNRANKED, Item, Prediction, Scorer

_CHUNK = 5000
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


def begin(session: Session) -> None:
    """From now on all ranks are old: by another scorer or threshold. `rank_next` makes them anew, part by part."""
    lookups.put_setting(session, lookups.RANKED_TO, 0)


def rank_next(session: Session) -> bool:
    """Ranks the next `_CHUNK` items by the current scorer; whether any were left.

    One transaction each: with a million items the whole takes minutes, in which others want to write. How far it
    came is kept, so that what a crash interrupts is taken up again.
    """
    after = lookups.setting(session, lookups.RANKED_TO)
    scorer = lookups.current_scorer(session)
    if after is None or scorer is None:
        return False
    ignored = marking.ignored(session)
    its = and_(Prediction.item_id == Item.id, Prediction.scorer_id == scorer.id)
    query = _columns(with_words=bool(ignored)).outerjoin(Prediction, its)
    rows = session.execute(query.where(Item.id > after).order_by(Item.id).limit(_CHUNK)).all()
    rank_items(session, _ranks(rows, scorer, ignored))
    lookups.put_setting(session, lookups.RANKED_TO, rows[-1].id if rows else None)
    return bool(rows)


def rank_holding(session: Session, scorer: Scorer, word: str) -> None:
    """Ranks anew the items whose caption holds a word, which is marked or ignored otherwise from now on."""
    ignored = marking.ignored(session)
    query = _columns(with_words=True).join(Prediction, Prediction.item_id == Item.id)
    query = query.where(Prediction.scorer_id == scorer.id, says(session, word, prefix=False))
    after = 0
    while rows := session.execute(query.where(Item.id > after).order_by(Item.id).limit(_CHUNK)).all():
        rank_items(session, _ranks(rows, scorer, ignored))
        after = rows[-1].id


def _columns(*, with_words: bool) -> Select[Any]:
    """What a rank is made of; offsets and captions, most of what there is to read, only where a word is ignored."""
    columns: tuple[Any, ...] = (Item.id, Prediction.cosine, Prediction.scores)
    if with_words:
        columns += (Prediction.offsets, Item.caption)
    return select(*columns).select_from(Item)


def _ranks(rows: Sequence[Any], scorer: Scorer, ignored: AbstractSet[str]) -> list[tuple[int, float, float]]:
    ranks = [(row.id, UNRANKED, UNRANKED) for row in rows if row.scores is None]
    scored = [row for row in rows if row.scores is not None]
    for row, found in zip(scored, marking.heeded(scored, ignored), strict=True):
        ranks.append((row.id, *_rank(row.cosine, found[~np.isnan(found)].tolist(), scorer.epsilon)))
    return ranks
