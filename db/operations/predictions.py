"""What scorers said: recording it, and asking for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from captionlint.core.prediction import DEFAULT_EPSILON, Failure, Prediction
from captionlint.db import schema
from captionlint.db.records import Recorded
from captionlint.db.rows import lookups, model_files
from captionlint.db.rows import predictions as rows
from captionlint.db.store import Store


def record(
    store: Store,
    *,
    scorer_version: str,
    results: Sequence[tuple[int, Prediction | Failure]],
    details: Mapping[str, Any] | None = None,
    epsilon: float = DEFAULT_EPSILON,
) -> Recorded:
    """Keeps predictions and failures by item id, in one transaction; a power cut may take the last ones back.

    If a calibration of this scorer is shown, and it needs no signals, its predictions are kept too. A second prediction
    by the same scorer replaces the first. `epsilon` counts when the scorer is new to the store. A result for a caption
    that the item no longer has is dropped.
    """
    with store.writing(repeatable=True) as session:
        details = model_files.placed(store, details)
        scorer = lookups.ensure_scorer(session, scorer_version, details=details, epsilon=epsilon)
        known = _captions(session, [item_id for item_id, _ in results])
        fitting = [(i, r) for i, r in results if known.get(i) == r.caption]
        good = [(i, r) for i, r in fitting if isinstance(r, Prediction)]
        bad = [(i, r) for i, r in fitting if isinstance(r, Failure)]
        rows.write_predictions(session, scorer, good)
        rows.write_failures(session, scorer, bad)
        return Recorded(len(good), len(bad))


def get(store: Store, *, item_id: int, scorer_version: str | None = None) -> Prediction | None:
    """One item's prediction, by the current scorer unless another is named."""
    with store.reading() as session:
        if scorer_version is None:
            scorer = lookups.current_scorer(session)
        else:
            scorer = lookups.scorer_named(session, scorer_version)
        return None if scorer is None else rows.load(session, scorer, [item_id]).get(item_id)


def count_failures(store: Store) -> int:
    """How many items the current scorer failed on."""
    with store.reading() as session:
        scorer = lookups.current_scorer(session)
        if scorer is None:
            return 0
        failure = schema.Failure
        return session.scalar(select(func.count()).where(failure.scorer_id == scorer.id)) or 0


def _captions(session: Session, ids: Sequence[int]) -> dict[int, str]:
    rows = session.execute(select(schema.Item.id, schema.Item.caption).where(schema.Item.id.in_(ids)))
    return {row.id: row.caption for row in rows}
