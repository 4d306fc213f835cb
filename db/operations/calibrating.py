"""Learning from the reviews: the calibrated scorer, made from what is stored, without inference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sqlalchemy import delete, select

from core.calibration import Calibration, Fitted, Goal, calibrate, drift, flag_rate
from core.errors import CalibrationError
from core.head import ENOUGH
from core.model_spec import BASE
from core.prediction import Failure, Prediction
from core.word_table import ReviewedCaption, WordTable
from db import schema
from db.operations import predictions, scorers
from db.operations.evidence import Evidence, stream, tags
from db.records import Recorded, ScorerInfo
from db.store import Store

CALIBRATION: Final = "calibration"
_BATCH: Final = 1000
Ask = Callable[[Iterable[tuple[Path, str]], bool], Iterator[tuple[Prediction | Failure, Any]]]


def base_scorer(store: Store) -> ScorerInfo:
    """The scorer whose raw scores a calibration reads: the current one, or the one beneath a calibrated one.

    Raises:
        CalibrationError: nothing was scored yet.
    """
    current = scorers.current(store)
    if current is None:
        raise CalibrationError(f"{store.name} has no predictions: run `captionlint prelabel --db {store.name}` first.")
    version = current.details.get(BASE, current.version)
    found = next((s for s in scorers.known(store) if s.version == version), None)
    if found is None or not scorers.counts(store, version=version).predictions:
        raise CalibrationError(f"{store.name} has no predictions of {version} itself: give its --model to calibrate.")
    return found


def reviewed_captions(store: Store, *, scorer_version: str) -> Iterator[ReviewedCaption]:
    """Reviewed items as that scorer saw them, with the newest verdict about each word."""
    for found in stream(store, statuses=("accepted", "corrected"), scorer_version=scorer_version):
        verdict = found.verdict
        if verdict is None or found.prediction is None:
            continue
        wrong = [bool(tag) for tag in tags(found.words, verdict.review.spans)]
        yield ReviewedCaption(found.prediction, wrong, found.image_key, verdict.blind)


def learn(store: Store, *, goal: Goal | None = None, seed: int = 0) -> Fitted:
    """Fits a calibration to the reviews; changes nothing.

    Raises:
        CalibrationError: too few reviews.
    """
    base = base_scorer(store)
    table = WordTable.of(reviewed_captions(store, scorer_version=base.version))
    return calibrate(table, base=base.version, goal=goal, seed=seed)


def learn_with_signals(
    store: Store, *, base: str, names: Sequence[str], ask: Ask, goal: Goal | None = None, seed: int = 0
) -> Fitted:
    """As `learn`, with signals that the scorer `base` is asked for now: every reviewed picture is read once more.

    `ask` gives for pairs of picture and caption, in order, a prediction and its signals (W, S), named `names`; with
    True, where reviews suffice for a learned head, its parts behind them. Items whose picture cannot be scored are
    left out.
    """
    reviewed = [e for e in stream(store, statuses=("accepted", "corrected")) if e.verdict and "://" not in e.image]
    captions = []
    pairs = ((Path(e.image), e.caption) for e in reviewed)
    for found, (result, signals) in zip(reviewed, ask(pairs, len(reviewed) >= ENOUGH), strict=True):
        verdict = found.verdict
        if isinstance(result, Prediction) and verdict is not None:
            wrong = [bool(tag) for tag in tags(result.words, verdict.review.spans)]
            captions.append(ReviewedCaption(result, wrong, found.image_key, verdict.blind, signals))
    return calibrate(WordTable.of(captions, signals=names), base=base, goal=goal, seed=seed)


def adopt(store: Store, *, calibration: Calibration) -> ScorerInfo:
    """Writes the calibrated predictions of every scored item and makes them the ones shown. No inference.

    The scorer beneath keeps its own; `db.operations.scorers.choose` goes back to it. Predictions of earlier
    calibrations of the same scorer go: their fits stay in `details`, from which they can be made again.
    """
    base = next(s for s in scorers.known(store) if s.version == calibration.base)
    details = {**base.details, BASE: base.version, CALIBRATION: calibration.as_dict()}
    version, epsilon = calibration.version, -calibration.cut
    source = ((e.item_id, e.prediction) for e in stream(store, scorer_version=base.version))
    results = ((item_id, calibration.apply(p)) for item_id, p in source if p is not None)
    while batch := list(islice(results, _BATCH)):
        predictions.record(store, scorer_version=version, results=batch, details=details, epsilon=epsilon)
    scorers.set_epsilon(store, epsilon=epsilon, version=version)
    chosen = scorers.choose(store, version=version)
    _drop_earlier(store, keep=version, base=base.version)
    return chosen


def show(store: Store, *, version: str, details: Mapping[str, Any] | None, epsilon: float) -> None:
    """Makes a scorer the one whose marks are shown, unless a calibration of it is: that one stays."""
    current = scorers.current(store)
    if current is None or current.details.get(BASE) != version:
        scorers.choose(store, version=version, details=details, epsilon=epsilon, create=True)
    elif details is not None:
        scorers.remember_files(store, version=version, details=details)


def record(store: Store, *, scorer_version: str, results: Sequence[tuple[int, Prediction | Failure]]) -> Recorded:
    """Keeps new results, and what the calibration says of them that is shown, if it needs no signals."""
    recorded = predictions.record(store, scorer_version=scorer_version, results=results)
    calibration = current_calibration(store)
    if calibration is None or calibration.base != scorer_version or calibration.signals:
        return recorded
    version = calibration.version
    said = [
        (i, calibration.apply(r) if isinstance(r, Prediction) else replace(r, scorer_version=version))
        for i, r in results
    ]
    predictions.record(store, scorer_version=version, results=said)
    return recorded


def _drop_earlier(store: Store, *, keep: str, base: str) -> None:
    with store.writing() as session:
        rows = session.scalars(select(schema.Scorer).where(schema.Scorer.version != keep))
        ids = [row.id for row in rows if row.details.get(BASE) == base]
        session.execute(delete(schema.Prediction).where(schema.Prediction.scorer_id.in_(ids)))


def current_calibration(store: Store) -> Calibration | None:
    """The calibration whose marks are shown, or None where a bare scorer's are."""
    current = scorers.current(store)
    found: Any = None if current is None else current.details.get(CALIBRATION)
    return None if found is None else Calibration.from_dict(found)


def drift_of_pending(store: Store) -> float | None:
    """How far the flag rate of items without a review has moved from the reviewed ones', in standard errors.

    Beyond 3, captions or pictures are of another sort than those that were learned from. None without calibration.
    """
    calibration = current_calibration(store)
    if calibration is None:
        return None
    version = calibration.version
    cut = calibration.cut
    flagged, images = [], []
    for found in stream(store, statuses=("pending", "skipped"), scorer_version=version):
        flags = _flags(found, cut)
        flagged += flags
        images += [found.image_key] * len(flags)
    if not flagged:
        return 0.0
    import numpy as np

    return drift(calibration, *flag_rate(np.array(flagged), np.array(images)))


def _flags(found: Evidence, cut: float) -> list[bool]:
    words = found.prediction.words if found.prediction else ()
    return [w.score is not None and -w.score > cut for w in words]
