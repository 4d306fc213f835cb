"""Which words of an item are marked before a person sees it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from captionlint.core.prediction import Prediction, WordScore
from captionlint.core.review import Span
from captionlint.db.rows import lookups
from captionlint.db.rows.codec import floats, unpack
from captionlint.db.schema import IgnoredWord, Item


def marks(prediction: Prediction, epsilon: float, ignored: AbstractSet[str] = frozenset()) -> tuple[Span, ...]:
    """The flagged words as spans, one a word, without those that are never to be marked."""
    return tuple(
        Span(w.start, w.end, origin="prediction")
        for w in prediction.words
        if w.flagged(epsilon) and is_heeded(w, ignored)
    )


def is_heeded(word: WordScore, ignored: AbstractSet[str]) -> bool:
    """Whether a word counts: one that is never marked, `ignored` in lower case, makes no item suspicious either."""
    return word.text.lower() not in ignored


def heeded(rows: Iterable[Any], ignored: AbstractSet[str]) -> Iterator[NDArray[np.float64]]:
    """The scores of packed predictions, word by word: NaN where there is none, and where the word is never marked.

    Rows have `scores`, and where words are ignored `offsets` and `caption` too; only captions that hold such a word
    are taken apart.
    """
    any_of = re.compile("|".join(map(re.escape, sorted(ignored))))
    for row in rows:
        scores = floats(row.scores)
        if ignored and any_of.search(row.caption.lower()):
            words = unpack(row.caption, row.offsets, row.scores, None)
            scores = np.where([is_heeded(word, ignored) for word in words], scores, np.nan)
        yield scores


def ignored(session: Session) -> frozenset[str]:
    """The words that are never marked in this data set."""
    return frozenset(session.scalars(select(IgnoredWord.word)))


def is_blind(session: Session, item: Item) -> bool:
    """Whether an item is served without marks."""
    return item.blind_rank < blind_share(session)


def blind_share(session: Session) -> float:
    """The share of items served without marks, 0 to 1."""
    return float(lookups.setting(session, lookups.BLIND_SHARE) or 0.0)
