"""Which words of an item are marked before a person sees it."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.prediction import Prediction
from core.review import Span
from db import lookups
from db.schema import IgnoredWord, Item


def marks(prediction: Prediction, epsilon: float, ignored: AbstractSet[str] = frozenset()) -> tuple[Span, ...]:
    """The flagged words as spans, one a word, without those that are never to be marked."""
    return tuple(
        Span(w.start, w.end, origin="prediction")
        for w in prediction.words
        if w.flagged(epsilon) and w.text.lower() not in ignored
    )


def ignored(session: Session) -> frozenset[str]:
    """The words that are never marked in this data set."""
    return frozenset(session.scalars(select(IgnoredWord.word)))


def is_blind(session: Session, item: Item) -> bool:
    """Whether an item is served without marks."""
    return item.blind_rank < blind_share(session)


def blind_share(session: Session) -> float:
    """The share of items served without marks, 0 to 1."""
    return float(lookups.setting(session, lookups.BLIND_SHARE) or 0.0)
