"""Predictions and failures within a transaction: writing them, and reading them again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from captionlint.core.calibration.fitting import Calibration
from captionlint.core.prediction import Failure, Prediction
from captionlint.db import schema
from captionlint.db.rows import lookups, marking
from captionlint.db.rows.codec import pack, unpack
from captionlint.db.rows.ranking import rank, rank_items

CALIBRATION: Final = "calibration"
"""Under which key a calibrated scorer's details hold its fit."""


def write_predictions(session: Session, scorer: schema.Scorer, good: Sequence[tuple[int, Prediction]]) -> None:
    """Puts predictions in, in place of what the scorer said or failed to say before, and ranks their items.

    The shown calibration of this scorer follows.
    """
    _write_predictions(session, scorer, good)
    for calibrated, calibration in _followers(session, scorer):
        _write_predictions(session, calibrated, [(i, calibration.apply(p)) for i, p in good])


def shown_calibration(session: Session) -> tuple[schema.Scorer | None, Calibration | None]:
    """The current scorer and its calibration; None for each that there is not."""
    current = lookups.current_scorer(session)
    found = None if current is None else current.details.get(CALIBRATION)
    return current, None if found is None else Calibration.from_dict(found)


def _followers(session: Session, scorer: schema.Scorer) -> list[tuple[schema.Scorer, Calibration]]:
    """The shown scorer with its calibration, if that follows from this scorer's predictions alone; else nothing."""
    shown, calibration = shown_calibration(session)
    if shown is None or calibration is None or calibration.signals or calibration.base != scorer.version:
        return []
    return [(shown, calibration)]


def _write_predictions(session: Session, scorer: schema.Scorer, good: Sequence[tuple[int, Prediction]]) -> None:
    rows = []
    for item_id, prediction in good:
        offsets, scores, reasons = pack(prediction.words)
        cosine = None if math.isnan(prediction.cosine) else prediction.cosine
        rows.append(
            {
                "item_id": item_id,
                "scorer_id": scorer.id,
                "cosine": cosine,
                "offsets": offsets,
                "scores": scores,
                "reasons": reasons,
            }
        )
    lookups.upsert(session, schema.Prediction, rows)
    if good:
        failure = schema.Failure
        ids = [item_id for item_id, _ in good]
        session.execute(delete(failure).where(failure.scorer_id == scorer.id, failure.item_id.in_(ids)))
    current = lookups.current_scorer(session)
    if current is not None and current.id == scorer.id:
        ignored = marking.ignored(session)
        rank_items(session, [(i, *rank(p.cosine, p.words, scorer.epsilon, ignored)) for i, p in good])


def write_failures(session: Session, scorer: schema.Scorer, bad: Sequence[tuple[int, Failure]]) -> None:
    """Keeps why items failed; an item that has a prediction keeps it and has not failed."""
    if not bad:
        return
    _write_failures(session, scorer, bad)
    for calibrated, _ in _followers(session, scorer):
        _write_failures(session, calibrated, bad)


def _write_failures(session: Session, scorer: schema.Scorer, bad: Sequence[tuple[int, Failure]]) -> None:
    there = scored(session, scorer, [item_id for item_id, _ in bad])
    rows = [{"item_id": i, "scorer_id": scorer.id, "reason": f.reason} for i, f in bad if i not in there]
    lookups.upsert(session, schema.Failure, rows)


def scored(session: Session, scorer: schema.Scorer, item_ids: Sequence[int]) -> frozenset[int]:
    """Those of some items that have a prediction by a scorer."""
    row = schema.Prediction
    query = select(row.item_id).where(row.scorer_id == scorer.id, row.item_id.in_(item_ids))
    return frozenset(session.scalars(query))


def load(session: Session, scorer: schema.Scorer, item_ids: Sequence[int]) -> dict[int, Prediction]:
    """The predictions of some items, inside a transaction."""
    row = schema.Prediction
    found = session.execute(
        select(row.item_id, row.cosine, row.offsets, row.scores, row.reasons, schema.Item.caption)
        .join(schema.Item, schema.Item.id == row.item_id)
        .where(row.scorer_id == scorer.id, row.item_id.in_(item_ids))
    )
    return {r.item_id: unpacked(r, scorer.version) for r in found}


def unpacked(row: Any, scorer_version: str) -> Prediction:
    """The prediction of a row that has the caption and its columns; raises `DamagedError`, as `unpack` does."""
    cosine = math.nan if row.cosine is None else row.cosine
    return Prediction(scorer_version, row.caption, cosine, unpack(row.caption, row.offsets, row.scores, row.reasons))
