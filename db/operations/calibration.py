"""Learning from the reviews: the calibrated scorer, made from what is stored, without inference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from sqlalchemy import Executable, Select, and_, delete, func, select
from sqlalchemy.orm import aliased

from captionlint.core.calibration.fitting import Calibration, Fitted, Goal, calibrate, drift, flag_rate_of
from captionlint.core.calibration.head import ENOUGH
from captionlint.core.calibration.table import ReviewedCaption, WordTable
from captionlint.core.clip.model_spec import BASE
from captionlint.core.errors import CalibrationError
from captionlint.core.prediction import Failure, Prediction
from captionlint.db import schema
from captionlint.db.operations import scorers
from captionlint.db.operations.reviewed_items import stream, tags
from captionlint.db.records import ScorerInfo
from captionlint.db.rows import codec, lookups, ranking
from captionlint.db.rows.predictions import CALIBRATION, shown_calibration
from captionlint.db.store import Store

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


def adopt(store: Store, *, calibration: Calibration, on_progress: Callable[[int, int], None] | None = None) -> None:
    """Writes the calibrated predictions of every scored item and makes them the ones shown. No inference.

    In short transactions and flat memory. One that was interrupted shows the old marks, or the new ones while the queue
    is still in the old order; the next call with the same calibration goes on behind it. `on_progress` gets how much is
    done, and of how much: an item counts once for its marks and once for its place in the queue.

    The scorer beneath keeps its own; `db.operations.scorers.choose` goes back to it. Predictions of earlier
    calibrations of the same scorer go: their fits stay in `details`, from which they can be made again.
    """
    version, epsilon = calibration.version, -calibration.cut
    with store.writing() as session:
        base = lookups.scorer_named(session, calibration.base)
        details = {**base.details, BASE: base.version, CALIBRATION: calibration.as_dict()}
        scorer = lookups.ensure_scorer(session, version, details=details, epsilon=epsilon)
        base_id, scorer_id = base.id, scorer.id
    with store.reading() as session:
        of_base = select(func.count()).where(schema.Prediction.scorer_id == base_id)
        written, last = session.scalar(of_base) or 0, session.scalar(select(func.max(schema.Item.id))) or 0

    def moved(done: int) -> None:
        if on_progress:
            on_progress(done, max(written + last, done))

    _derive(store, calibration, base_id, scorer_id, moved)
    with store.writing() as session:
        scorers.set_epsilon_in(session, epsilon, store_name=store.name, version=version)
        scorers.choose_in(session, version)
    _derive(store, calibration, base_id, scorer_id)  # what another process scored meanwhile
    scorers.finish_ranking(store, on_progress=lambda done, total: moved(written + last - total + done))
    _drop_earlier(store, keep=version, base=calibration.base)


def _derive(
    store: Store,
    calibration: Calibration,
    base_id: int,
    scorer_id: int,
    moved: Callable[[int], None] = lambda _done: None,
) -> None:
    """Writes what a calibration makes of each prediction of its base, where that is not there yet."""
    done = after = 0
    while True:
        with store.reading() as session:
            rows = session.execute(_underived(base_id, scorer_id).where(schema.Prediction.item_id > after)).all()
        if not rows:
            return
        new = [row for row in rows if row.there is None]
        if new:
            _write_derived(store, new, calibration, base_id, scorer_id)
        done, after = done + len(rows), rows[-1].item_id
        moved(done)


def _underived(base_id: int, scorer_id: int) -> Select[Any]:
    """The base's predictions by item, a batch of them; `there` is None where nothing was made of one."""
    said, derived, item = schema.Prediction, aliased(schema.Prediction), schema.Item
    columns = (said.item_id, said.cosine, said.offsets, said.scores, said.reasons, item.caption)
    return (
        select(*columns, derived.item_id.label("there"))
        .join(item, item.id == said.item_id)
        .outerjoin(derived, and_(derived.item_id == said.item_id, derived.scorer_id == scorer_id))
        # With a 0 added the column has no index: by that one every batch would gather and sort all predictions.
        .where(said.scorer_id + 0 == base_id)
        .order_by(said.item_id)
        .limit(_BATCH)
    )


def _write_derived(store: Store, rows: Sequence[Any], calibration: Calibration, base_id: int, scorer_id: int) -> None:
    """Calibrates packed predictions and keeps the results of those that are still the same."""
    texts = [codec.texts(row.caption, row.offsets) for row in rows]
    attributions = codec.floats(b"".join(row.scores for row in rows))
    cosines = np.array([np.nan if row.cosine is None else row.cosine for row in rows])
    scores = calibration.scores(texts, attributions, cosines)
    ends = np.cumsum([len(words) for words in texts])
    made = {
        row.item_id: {
            "item_id": row.item_id,
            "scorer_id": scorer_id,
            "cosine": row.cosine,
            "offsets": row.offsets,
            "scores": part.astype("<f8").tobytes(),
            "reasons": row.reasons,
        }
        for row, part in zip(rows, np.split(scores, ends[:-1]), strict=True)
    }
    before = {row.item_id: row.scores for row in rows}
    said = schema.Prediction
    now = select(said.item_id, said.scores).where(said.scorer_id == base_id, said.item_id.in_(list(made)))
    with store.writing(repeatable=True) as session:
        same = [row.item_id for row in session.execute(now) if row.scores == before[row.item_id]]
        lookups.upsert(session, said, [made[item_id] for item_id in same])
        session.execute(_delete(schema.Failure, scorer_id, same))
        if lookups.setting(session, lookups.CURRENT_SCORER) == scorer_id:
            ranking.begin(session)


def is_shown(store: Store, *, version: str) -> bool:
    """Whether the marks that are shown are a scorer's, or those of a calibration of it."""
    current = scorers.current(store)
    return current is not None and version in (current.version, current.details.get(BASE))


def show(store: Store, *, version: str) -> None:
    """Makes a known scorer the one whose marks are shown, unless a calibration of it is: that one stays."""
    if not is_shown(store, version=version):
        scorers.choose(store, version=version)


def _drop_earlier(store: Store, *, keep: str, base: str) -> None:
    said = schema.Prediction
    with store.reading() as session:
        rows = session.scalars(select(schema.Scorer).where(schema.Scorer.version != keep))
        ids = [row.id for row in rows if row.details.get(BASE) == base]
    for scorer_id in ids:
        some = select(said.item_id).where(said.scorer_id == scorer_id).limit(_BATCH)
        with store.reading() as session:
            gone = list(session.scalars(some))
        while gone:
            with store.writing(repeatable=True) as session:
                session.execute(_delete(said, scorer_id, gone))
                gone = list(session.scalars(some))


def _delete(table: type[schema.Prediction | schema.Failure], scorer_id: int, item_ids: Sequence[int]) -> Executable:
    rows = delete(table).where(table.scorer_id == scorer_id, table.item_id.in_(item_ids))
    return rows.execution_options(synchronize_session=False)


def current_calibration(store: Store) -> Calibration | None:
    """The calibration whose marks are shown, or None where a bare scorer's are."""
    with store.reading() as session:
        return shown_calibration(session)[1]


def drift_of_pending(store: Store) -> float | None:
    """How far the flag rate of items without a review has moved from the reviewed ones', in standard errors.

    Beyond 3, captions or pictures are of another sort than those that were learned from. None without calibration.
    """
    calibration = current_calibration(store)
    if calibration is None:
        return None
    with store.reading() as session:
        scorer_id = lookups.scorer_named(session, calibration.version).id
        images = session.scalar(select(func.max(schema.Image.id))) or 0
        words, marked = np.zeros(images + 1, dtype=np.int64), np.zeros(images + 1, dtype=np.int64)
        after = 0
        while rows := session.execute(_pending(scorer_id).where(schema.Item.id > after)).all():
            scores = codec.floats(b"".join(row.scores for row in rows))
            image = np.repeat([row.image for row in rows], [len(row.scores) // 8 for row in rows])
            np.add.at(words, image, 1)
            np.add.at(marked, image[-scores > calibration.cut], 1)
            after = rows[-1].id
    known = words > 0
    return drift(calibration, *flag_rate_of(marked[known], words[known])) if known.any() else 0.0


def _pending(scorer_id: int) -> Select[int, int, bytes]:
    """A batch of scored items without a review; `image` is the first of the images with the same content."""
    item, image, said = schema.Item, schema.Image, schema.Prediction
    twin = aliased(schema.Image)
    first = select(func.min(twin.id)).where(twin.sha256 == image.sha256).scalar_subquery()
    return (
        select(item.id, func.coalesce(first, image.id).label("image"), said.scores)
        .join(image, image.id == item.image_id)
        .join(said, and_(said.item_id == item.id, said.scorer_id + 0 == scorer_id))
        .where((item.status + "").in_(("pending", "skipped")))  # no index on it: that one would sort them all
        .order_by(item.id)
        .limit(_BATCH)
    )
