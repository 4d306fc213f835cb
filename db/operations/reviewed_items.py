"""Items with what the scorer and the annotators said of them: what exports, figures and calibration read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from captionlint.core.prediction import Prediction, WordScore
from captionlint.core.review import Span, Status
from captionlint.core.text.intervals import Overlaps
from captionlint.core.text.words import split_pieces
from captionlint.db import schema
from captionlint.db.records import StoredReview
from captionlint.db.rows import lookups, marking, reviewed
from captionlint.db.rows.predictions import load
from captionlint.db.store import Store

_CHUNK = 1000
USABLE: frozenset[str] = frozenset({"accepted", "corrected"})
"""What a review must say for its words to count as right or wrong."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """An item, the current scorer's view and the reviews that stand.

    Attributes:
        image: URL or absolute path.
        image_key: what to group by so that no picture is on two sides of a split.
        marks: flagged words at the scorer's epsilon; for a blind item too, though nobody saw them.
    """

    item_id: int
    source_id: str
    image: str
    image_sha256: str | None
    image_key: str
    caption: str
    status: Status
    blind: bool
    prediction: Prediction | None
    marks: tuple[Span, ...]
    reviews: tuple[StoredReview, ...]

    @property
    def words(self) -> tuple[WordScore, ...]:
        """The prediction's words, or the caption's without scores."""
        if self.prediction is not None:
            return self.prediction.words
        return tuple(WordScore(p.text, p.start, p.end, None) for p in split_pieces(self.caption) if p.is_word)

    @property
    def verdict(self) -> StoredReview | None:
        """The newest review that says which words are wrong."""
        return next((r for r in reversed(self.reviews) if r.review.status in USABLE), None)


def tags(words: Sequence[WordScore], spans: Sequence[Span]) -> tuple[int, ...]:
    """1 for each word that a mark which stands touches, else 0."""
    stand = Overlaps(span for span in spans if not span.removed)
    return tuple(int(stand.touched(w.start, w.end)) for w in words)


def stream(
    store: Store, *, statuses: Sequence[Status] | None = None, scorer_version: str | None = None
) -> Iterator[Evidence]:
    """Items of these statuses or all, a thousand in memory at a time, by the current scorer or another.

    Captions of one picture come one after the other, pictures in file order. All come from one state of the store,
    whatever is written meanwhile.
    """
    with store.reading() as session:
        named = scorer_version is not None
        scorer = lookups.scorer_named(session, scorer_version or "") if named else lookups.current_scorer(session)
        share = marking.blind_share(session)
        ignored = marking.ignored(session)
        after = (0, 0)
        while rows := _rows(session, after, statuses):
            ids = [row.id for row in rows]
            predictions = load(session, scorer, ids) if scorer else {}
            reviews = reviewed.standing(session, ids)
            for row in rows:
                prediction = predictions.get(row.id)
                marks = marking.marks(prediction, scorer.epsilon, ignored) if prediction and scorer else ()
                yield Evidence(
                    item_id=row.id,
                    source_id=row.source_id,
                    image=store.locate(row.location),
                    image_sha256=row.sha256,
                    image_key=row.sha256 or row.location,
                    caption=row.caption,
                    status=row.status,
                    blind=row.blind_rank < share,
                    prediction=prediction,
                    marks=marks,
                    reviews=reviews.get(row.id, ()),
                )
            after = (rows[-1].image_id, ids[-1])
            session.expunge_all()


def _rows(session: Session, after: tuple[int, int], statuses: Sequence[Status] | None) -> Sequence[Any]:
    item, image = schema.Item, schema.Image
    columns = (item.id, item.source_id, item.image_id, item.caption, item.status, item.blind_rank)
    query = (
        select(*columns, image.location, image.sha256)
        .join(image, image.id == item.image_id)
        .where(tuple_(item.image_id, item.id) > tuple_(*after))
        .order_by(item.image_id, item.id)
        .limit(_CHUNK)
    )
    if statuses is not None:
        # Put together with nothing, the column has no index: by that one every chunk would scan and sort the whole.
        query = query.where((item.status + "").in_(statuses))
    return session.execute(query).all()
