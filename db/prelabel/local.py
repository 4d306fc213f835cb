"""Filling the store with predictions: resumable, one prediction an item, in memory that does not grow."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final, Protocol

from sqlalchemy import and_, func, select, tuple_
from sqlalchemy.orm import Session

from captionlint.core.clip.model_spec import ModelSpec
from captionlint.core.prediction import Failure, Prediction
from captionlint.db.operations import calibration, predictions, scorers
from captionlint.db.rows import lookups
from captionlint.db.schema import Failure as FailureRow
from captionlint.db.schema import Image, Item
from captionlint.db.schema import Prediction as PredictionRow
from captionlint.db.store import Store

_READ: Final = 1000
ON_THE_WEB: Final = "The picture is a web address: download it, then import the caption again with --images."


class Scores(Protocol):
    """What pre-labelling needs of a scorer; `core.clip.scorer.Scorer` is one."""

    version: str
    epsilon: float

    @property
    def details(self) -> Mapping[str, Any]:
        """What the version names, spelled out."""

    def stream(self, pairs: Iterable[tuple[Path, str]], *, batch_size: int) -> Iterator[Prediction | Failure]:
        """One result a pair, in order; reads pictures ahead."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An item that has no prediction yet."""

    item_id: int
    image: str
    caption: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run of a scorer is: `total` is what was waiting when it began."""

    done: int
    failed: int
    total: int
    scorer_version: str = ""


def prelabel(
    store: Store,
    scorer: Scores,
    *,
    batch_size: int = 32,
    limit: int | None = None,
    retry_failed: bool = False,
    show: bool | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Progress:
    """Scores every item that has no prediction by this scorer version.

    The first scorer of a store is shown from the start. Another one, or the calibration of it that was shown, becomes
    the shown one when nothing waits for it any more (failures count as done); at once with `show` True, never with
    False.

    Each batch is committed by itself: after Ctrl-C or a crash the next run goes on behind the last one. Items that
    failed before are left alone unless `retry_failed`. Another process may review, or pre-label, meanwhile.
    """
    version = scorer.version
    begin(store, scorer, show=show)
    total = count_waiting(store, scorer_version=version, retry_failed=retry_failed)
    total = total if limit is None else min(total, limit)
    progress = Progress(0, 0, total, version)
    source = islice(waiting(store, scorer_version=version, retry_failed=retry_failed), limit)
    results = score(scorer, source, batch_size)
    while batch := list(islice(results, batch_size)):
        predictions.record(store, scorer_version=version, results=batch)
        failed = sum(isinstance(result, Failure) for _, result in batch)
        progress = Progress(progress.done + len(batch), progress.failed + failed, total, version)
        if on_progress:
            on_progress(progress)
    end(store, version=version, show=show)
    return progress


def finished(store: Store, spec: ModelSpec, *, retry_failed: bool = False, show: bool | None = None) -> Progress | None:
    """`prelabel` for a model that has scored everything, told without loading it; None where it is to be loaded."""
    version = scorers.version_of(store, spec=spec)
    if version is None or is_waiting(store, scorer_version=version, retry_failed=retry_failed):
        return None
    if show is not False:
        calibration.show(store, version=version)
    return Progress(0, 0, 0, version)


def begin(store: Store, scorer: Scores, *, show: bool | None) -> None:
    """Makes the scorer known, and shown if that is asked for or it is the first one."""
    scorers.enter(store, version=scorer.version, details=scorer.details, epsilon=scorer.epsilon)
    if show:
        calibration.show(store, version=scorer.version)


def end(store: Store, *, version: str, show: bool | None) -> None:
    """Shows the scorer's marks if it has scored everything, unless that is not wanted."""
    if show is None and not is_waiting(store, scorer_version=version):
        calibration.show(store, version=version)


def score(scorer: Scores, source: Iterator[Waiting], batch_size: int) -> Iterator[tuple[int, Prediction | Failure]]:
    """Results by item id. Items on the web never reach the scorer; they come out in their place all the same."""
    asked: deque[Waiting] = deque()

    def pairs() -> Iterator[tuple[Path, str]]:
        for item in source:
            asked.append(item)
            if "://" not in item.image:
                yield Path(item.image), item.caption

    def on_the_web() -> Iterator[tuple[int, Failure]]:
        while asked and "://" in asked[0].image:
            item = asked.popleft()
            yield item.item_id, Failure(scorer.version, item.caption, ON_THE_WEB)

    for result in scorer.stream(pairs(), batch_size=batch_size):
        yield from on_the_web()
        yield asked.popleft().item_id, result
    yield from on_the_web()


def waiting(store: Store, *, scorer_version: str, retry_failed: bool = False) -> Iterator[Waiting]:
    """Items without a prediction by this scorer, those of one image together, read in short transactions."""
    after = (0, 0)
    while True:
        with store.reading() as session:
            query = _waiting(session, scorer_version, retry_failed=retry_failed)
            query = query.where(tuple_(Item.image_id, Item.id) > tuple_(*after))
            rows = session.execute(query.order_by(Item.image_id, Item.id).limit(_READ)).all()
        if not rows:
            return
        for row in rows:
            yield Waiting(row.id, store.locate(row.location), row.caption)
        after = (rows[-1].image_id, rows[-1].id)


def count_waiting(store: Store, *, scorer_version: str, retry_failed: bool = False) -> int:
    """How many items `waiting` would give."""
    with store.reading() as session:
        query = _waiting(session, scorer_version, retry_failed=retry_failed)
        return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def is_waiting(store: Store, *, scorer_version: str, retry_failed: bool = False) -> bool:
    """Whether `waiting` would give any item."""
    with store.reading() as session:
        query = _waiting(session, scorer_version, retry_failed=retry_failed)
        return session.execute(query.limit(1)).first() is not None


def _waiting(session: Session, version: str, *, retry_failed: bool) -> Any:
    scorer = lookups.scorer_named(session, version)
    scored = and_(PredictionRow.item_id == Item.id, PredictionRow.scorer_id == scorer.id)
    failed = and_(FailureRow.item_id == Item.id, FailureRow.scorer_id == scorer.id)
    query = select(Item.id, Item.image_id, Item.caption, Image.location).join(Image, Image.id == Item.image_id)
    query = query.where(~select(PredictionRow.item_id).where(scored).exists())
    if not retry_failed:
        query = query.where(~select(FailureRow.item_id).where(failed).exists())
    return query
