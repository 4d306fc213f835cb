"""Pre-labelling on a cluster: Parquet shards out, Ray Data over them, Parquet shards in.

The store never travels: only this machine reads and writes it. Pictures are read where the model runs, so their
paths must mean the same on every machine, and so must `folder`.
"""

from __future__ import annotations

import json
import logging
import math
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

from captionlint.core.clip.model_spec import ModelSpec
from captionlint.core.errors import StoreError
from captionlint.core.extras import adding
from captionlint.core.prediction import Failure, Prediction
from captionlint.db.operations import predictions
from captionlint.db.prelabel.local import Progress, Scores, Waiting, begin, count_waiting, end, score, waiting
from captionlint.db.rows.codec import pack, unpack
from captionlint.db.store import Store

_SHARD: Final = 20_000
_READ: Final = 500


def prelabel(
    store: Store,
    spec: ModelSpec,
    *,
    device: str = "auto",
    batch_size: int = 32,
    limit: int | None = None,
    retry_failed: bool = False,
    show: bool | None = None,
    workers: int | None = None,
    folder: Path | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Progress:
    """As `db.prelabel.local.prelabel`, with `workers` copies of the model (all that the cluster has room for, if None).

    Shards go to `folder`, by default beside the store; what an interrupted run left there is taken in first.
    Raises `StoreError` where ray or pyarrow is not installed.
    """
    _require()
    place = folder or _beside(store)
    spec.check()  # before torch loads
    from captionlint.core.clip.scorer import Scorer

    scorer = Scorer.from_spec(spec, device=device)
    begin(store, scorer, show=show)
    _take_in(store, place / "results", scorer.version, Progress(0, 0, 0), None)
    _clear(place)
    total = count_waiting(store, scorer_version=scorer.version, retry_failed=retry_failed)
    total = total if limit is None else min(total, limit)
    progress = Progress(0, 0, total, scorer.version)
    if total:
        source = islice(waiting(store, scorer_version=scorer.version, retry_failed=retry_failed), limit)
        _write_shards(source, place / "items")
        _run(spec, device, place, batch_size, workers)
        progress = _take_in(store, place / "results", scorer.version, progress, on_progress)
        _clear(place)
    end(store, version=scorer.version, show=show)
    return progress


def _clear(place: Path) -> None:
    """Takes away this module's shards and nothing else: the folder may be anyone's."""
    for name in ("items", "results"):
        shutil.rmtree(place / name, ignore_errors=True)
    with suppress(OSError):
        place.rmdir()


def _require() -> None:
    try:
        import pyarrow  # noqa: F401
        import ray.data  # noqa: F401
    except ModuleNotFoundError as error:
        raise StoreError(f"The ray engine needs an extra: {adding('ray,parquet')}.") from error


def _beside(store: Store) -> Path:
    return store.path.with_name(f"{store.path.name}.ray") if store.path else Path("captionlint.ray").absolute()


def _write_shards(source: Iterator[Waiting], folder: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder.mkdir(parents=True)
    number = 0
    while rows := list(islice(source, _SHARD)):
        columns = {name: [getattr(row, name) for row in rows] for name in ("item_id", "image", "caption")}
        pq.write_table(pa.table(columns), folder / f"{number:06}.parquet")
        number += 1


def _run(spec: ModelSpec, device: str, place: Path, batch_size: int, workers: int | None) -> None:
    import ray

    logging.getLogger("ray").setLevel(logging.ERROR)
    if not ray.is_initialized():
        ray.init(log_to_driver=False, include_dashboard=False, logging_level="ERROR")
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    most = workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
    gpus = 1 if ray.cluster_resources().get("GPU") else 0
    rows = ray.data.read_parquet(str(place / "items"))
    # An actor gets several batches at once, so that pictures are read ahead of the model.
    rows = rows.map_batches(
        Worker,
        fn_constructor_args=(spec, device, batch_size),
        batch_size=batch_size * 8,
        compute=ray.data.ActorPoolStrategy(min_size=workers or 1, max_size=most),
        num_gpus=gpus,
    )
    rows.write_parquet(str(place / "results"))


class Worker:
    """One copy of the model in a Ray actor."""

    def __init__(self, spec: ModelSpec, device: str, batch_size: int) -> None:
        spec.check()  # before torch loads
        from captionlint.core.clip.scorer import Scorer

        self.scorer: Scores = Scorer.from_spec(spec, device=device)
        self.batch_size = batch_size

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[Any]]:
        """Columns of items in, columns of results out."""
        columns = (batch["item_id"], batch["image"], batch["caption"])
        items = [Waiting(int(i), str(image), str(caption)) for i, image, caption in zip(*columns, strict=True)]
        rows = [_row(i, result) for i, result in score(self.scorer, iter(items), self.batch_size)]
        return {name: [row[name] for row in rows] for name in rows[0]}


def _row(item_id: int, result: Prediction | Failure) -> dict[str, Any]:
    words = () if isinstance(result, Failure) else result.words
    offsets, scores, reasons = pack(words)
    return {
        "item_id": item_id,
        "scorer_version": result.scorer_version,
        "caption": result.caption,
        "cosine": math.nan if isinstance(result, Failure) else result.cosine,
        "offsets": offsets,
        "scores": scores,
        "reasons": json.dumps(reasons),
        "failure": result.reason if isinstance(result, Failure) else "",
    }


def _take_in(
    store: Store, folder: Path, version: str, progress: Progress, on_progress: Callable[[Progress], None] | None
) -> Progress:
    if not folder.is_dir():
        return progress
    import pyarrow.parquet as pq

    for path in sorted(folder.glob("*.parquet")):
        for batch in pq.ParquetFile(path).iter_batches(batch_size=_READ):
            results = list(_results(batch.to_pylist(), version))
            recorded = predictions.record(store, scorer_version=version, results=results)
            done, failed = progress.done + len(results), progress.failed + recorded.failures
            progress = replace(progress, done=done, failed=failed)
            if on_progress:
                on_progress(progress)
    return progress


def _results(rows: Iterable[dict[str, Any]], version: str) -> Iterator[tuple[int, Prediction | Failure]]:
    for row in rows:
        if row["scorer_version"] != version:
            continue  # left behind by a run with another model
        if row["failure"]:
            yield row["item_id"], Failure(version, row["caption"], row["failure"])
        else:
            words = unpack(row["caption"], row["offsets"], row["scores"], json.loads(row["reasons"]))
            yield row["item_id"], Prediction(version, row["caption"], row["cosine"], words)
