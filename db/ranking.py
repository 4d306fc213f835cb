"""What the queue sorts by: an item's suspicion and margin under the current scorer and its epsilon."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy.orm import Session

from core import scores
from core.prediction import WordScore
from db import marking
from db.filters import says
from db.packing import unpack, unpack_scores
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
    return _rank(cosine, [w.score for w in words if w.score is not None and w.text.lower() not in ignored], epsilon)


def _rank(cosine: float | None, known: Sequence[float], epsilon: float) -> tuple[float, float]:
    plain = 0.0 if cosine is None or math.isnan(cosine) else cosine
    nearest = min([abs(a - epsilon) for a in known], default=UNRANKED)
    return scores.f_clip_score(plain, known, epsilon=epsilon), nearest


def rank_items(session: Session, ranks: Sequence[tuple[int, float, float]]) -> None:
    """Writes (item, suspicion, margin)."""
    if ranks:
        session.connection().execute(_RANK, [{"item": i, "suspicion": s, "margin": m} for i, s, m in ranks])


def rank_all(session: Session, scorer: Scorer) -> int:
    """Ranks every item anew by what `scorer` said; returns how many have a prediction. About a second for 100,000."""
    session.execute(update(Item).where(Item.suspicion != UNRANKED).values(suspicion=UNRANKED, margin=UNRANKED))
    return _rank_where(session, scorer)


def rank_holding(session: Session, scorer: Scorer, word: str) -> int:
    """Ranks anew the items whose caption holds a word, which is marked or ignored otherwise from now on."""
    return _rank_where(session, scorer, says(session, word, prefix=False))


def _rank_where(session: Session, scorer: Scorer, *conditions: ColumnElement[bool]) -> int:
    ignored = marking.ignored(session)
    row = Prediction
    query = select(row.item_id, row.cosine, row.scores).where(row.scorer_id == scorer.id)
    if ignored or conditions:
        query = query.add_columns(row.offsets, Item.caption).join(Item, Item.id == row.item_id).where(*conditions)
    after, count = 0, 0
    while True:
        rows = session.execute(query.where(row.item_id > after).order_by(row.item_id).limit(_CHUNK)).all()
        if not rows:
            return count
        rank_items(session, [(r.item_id, *_rank(r.cosine, _heeded(r, ignored), scorer.epsilon)) for r in rows])
        after = rows[-1].item_id
        count += len(rows)


def _heeded(row: Any, ignored: AbstractSet[str]) -> Sequence[float]:
    if not ignored:
        return unpack_scores([row.scores])
    words = unpack(row.caption, row.offsets, row.scores, None)
    return [w.score for w in words if w.score is not None and w.text.lower() not in ignored]
