"""What the queue sorts by: an item's suspicion and margin under the current scorer and its epsilon."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from core import scores
from db.packing import unpack_scores
from db.schema import UNRANKED, Item, Prediction, Scorer

_CHUNK = 5000
_RANK = update(Item.__table__).where(Item.__table__.c.id == bindparam("item"))  # type: ignore[arg-type]
"""By the table, not the class: the ORM's bookkeeping would cost as much as the writing."""


def rank(cosine: float | None, attributions: Iterable[float | None], epsilon: float) -> tuple[float, float]:
    """F-CLIPScore, and how near to epsilon the nearest word comes; without a cosine the bare sum of the words."""
    known = [a for a in attributions if a is not None]
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
    after, count = 0, 0
    while True:
        rows = session.execute(
            select(Prediction.item_id, Prediction.cosine, Prediction.scores)
            .where(Prediction.scorer_id == scorer.id, Prediction.item_id > after)
            .order_by(Prediction.item_id)
            .limit(_CHUNK)
        ).all()
        if not rows:
            return count
        rank_items(session, [(r.item_id, *rank(r.cosine, unpack_scores([r.scores]), scorer.epsilon)) for r in rows])
        after = rows[-1].item_id
        count += len(rows)
