"""Scorer versions: which there are, whose marks are shown, and at which epsilon."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from captionlint.core.clip.model_spec import BASE, ModelSpec
from captionlint.core.errors import StoreError
from captionlint.core.prediction import DEFAULT_EPSILON
from captionlint.db.records import Recorded, ScorerInfo
from captionlint.db.rows import lookups, model_files, ranking
from captionlint.db.schema import Failure, Prediction, Scorer
from captionlint.db.store import Store

_GAP: Final = 0.01
"""Seconds between two transactions that rank."""


def known(store: Store) -> tuple[ScorerInfo, ...]:
    """All scorers that were entered into the store, oldest first; of some it may have no predictions yet."""
    with store.reading() as session:
        current = lookups.current_scorer(session)
        rows = session.scalars(select(Scorer).order_by(Scorer.id)).all()
        return tuple(_info(store, row, current) for row in rows)


def current(store: Store) -> ScorerInfo | None:
    """The scorer whose marks are shown, or None while nothing was scored."""
    with store.reading() as session:
        row = lookups.current_scorer(session)
        return None if row is None else _info(store, row, row)


def named(store: Store, *, version: str) -> ScorerInfo:
    """The scorer of that version; raises `StoreError` where the store has none."""
    with store.reading() as session:
        return _info(store, lookups.scorer_named(session, version), lookups.current_scorer(session))


def counts(store: Store, *, version: str) -> Recorded:
    """How many predictions and failures the store has of a scorer. Reads all of them; raises `StoreError`."""
    with store.reading() as session:
        scorer = lookups.scorer_named(session, version)
        predictions = session.scalar(select(func.count()).where(Prediction.scorer_id == scorer.id)) or 0
        failures = session.scalar(select(func.count()).where(Failure.scorer_id == scorer.id)) or 0
        return Recorded(predictions, failures)


def version_of(store: Store, *, spec: ModelSpec) -> str | None:
    """The version of the stored scorer that a spec gives, told without loading it; None where that is not sure."""
    with store.reading() as session:
        rows = session.execute(select(Scorer.version, Scorer.details).order_by(Scorer.id)).all()
    plain = ((row.version, row.details) for row in rows if BASE not in row.details)
    return next((version for version, details in plain if spec.matches(details)), None)


def remember_files(store: Store, *, version: str, details: Mapping[str, Any]) -> None:
    """Keeps where a known scorer's files are now; version and details are those of the scorer loaded from there.

    Raises `StoreError` where the store has no scorer of that version: the files are not the ones it was made of.
    """
    with store.writing() as session:
        remember_files_in(session, store, version=version, details=details)


def enter(store: Store, *, version: str, details: Mapping[str, Any], epsilon: float = DEFAULT_EPSILON) -> None:
    """Makes a scorer known; the first one of a store is shown. A known one keeps its epsilon and details.

    Only where its files are is kept anew.
    """
    with store.writing() as session:
        placed = model_files.placed(store, details)
        lookups.ensure_scorer(session, version, details=placed, epsilon=epsilon)
        model_files.remember(session, version, placed)


def choose(store: Store, *, version: str) -> ScorerInfo:
    """Makes a known scorer the one whose marks are shown, and orders the queue by it; raises `StoreError`."""
    with store.writing() as session:
        row = choose_in(session, version)
        chosen = _info(store, row, row)
    finish_ranking(store)
    return chosen


def set_epsilon(store: Store, *, epsilon: float, version: str | None = None, finish: bool = True) -> ScorerInfo:
    """Changes a scorer's threshold (the current one's unless named) and orders the queue by it. No inference.

    Without `finish` the order is left to `rank_in_parts`. Raises `StoreError` where nothing was scored yet, or nothing
    by that scorer.
    """
    with store.writing() as session:
        row = set_epsilon_in(session, epsilon, store_name=store.name, version=version)
        changed = _info(store, row, lookups.current_scorer(session))
    if finish:
        finish_ranking(store)
    return changed


def remember_files_in(session: Session, store: Store, *, version: str, details: Mapping[str, Any]) -> None:
    """`remember_files` within a transaction."""
    if not model_files.remember(session, version, model_files.placed(store, details)):
        raise StoreError(f"{store.name} has no predictions of {version}: these are not the files of its model.")


def choose_in(session: Session, version: str) -> Scorer:
    """`choose` within a transaction, of a known scorer; `finish_ranking` is to follow it."""
    row = lookups.scorer_named(session, version)
    if lookups.setting(session, lookups.CURRENT_SCORER) != row.id:
        lookups.put_setting(session, lookups.CURRENT_SCORER, row.id)
        ranking.begin(session)
    return row


def set_epsilon_in(session: Session, epsilon: float, *, store_name: str, version: str | None = None) -> Scorer:
    """`set_epsilon` within a transaction; `finish_ranking` is to follow it."""
    now = lookups.current_scorer(session)
    row = now if version is None else lookups.scorer_named(session, version)
    if row is None:
        raise StoreError(f"{store_name} has no predictions: run `captionlint prelabel --db {store_name}` first.")
    if row.epsilon != epsilon:
        row.epsilon = epsilon
        session.flush()
        if now is not None and now.id == row.id:
            ranking.begin(session)
    return row


def finish_ranking(store: Store, *, on_progress: Callable[[int, int], None] | None = None) -> None:
    """Orders the queue by what counts now, where that was begun. Can be stopped: the next call goes on.

    `on_progress` gets the number of items that were looked through, and of how many.
    """
    total = 0
    for left in rank_in_parts(store):
        total = max(total, left)
        if on_progress:
            on_progress(total - left, total)


def left_to_rank(store: Store) -> int:
    """How many items `finish_ranking` would look through."""
    with store.reading() as session:
        return ranking.left(session)


def rank_in_parts(store: Store) -> Generator[int, None, bool]:
    """As `finish_ranking`, in parts: gives the number of items that are left, before each part and behind the last.

    Each part is a short transaction. A program that does other work by the same thread can do it in between. Returns
    whether there was anything to rank.
    """
    ranked = False
    while True:
        with store.reading() as session:
            left, portion = ranking.left(session), ranking.next_portion(session)
        yield left
        if portion is None:
            return ranked
        ranked = True
        with store.writing(repeatable=True) as session:
            ranking.rank_portion(session, portion)
        if left > ranking.PORTION:
            # SQLite's writers do not queue: one that waits looks again every 1 to 100 ms, and must find a gap.
            time.sleep(_GAP)


def _info(store: Store, row: Scorer, current: Scorer | None) -> ScorerInfo:
    is_current = current is not None and current.id == row.id
    details = dict(row.details)
    return ScorerInfo(row.version, details, row.epsilon, is_current, model_files.spec_of(store, details))
