"""``captionlint prelabel``: scores what has no prediction yet."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import model_options as options
from cli.console import alike
from cli.progress import bar
from cli.store_options import Db
from core.errors import ItemError
from core.presets import LAYERS, TEMPLATE

if TYPE_CHECKING:
    from core.model_spec import ModelSpec
    from db.operations.stats import Failures
    from db.prelabel import Progress
    from db.store import Store

_REASONS = 3


class Engine(StrEnum):
    """Where the model runs."""

    local = "local"
    ray = "ray"


def prelabel(
    db: Db,
    model: options.ModelName = None,
    model_config: options.ModelConfig = None,
    checkpoint: options.Checkpoint = None,
    layers: options.Layers = LAYERS,
    template: options.Template = TEMPLATE,
    aggregate: options.AggregateOption = options.Aggregate.mean,
    device: options.Device = "auto",
    image_dtype: options.ImageDtypeOption = options.ImageDtype.float32,
    batch_size: Annotated[int, typer.Option("--batch-size", min=1, metavar="N", help="Items scored at once.")] = 32,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help="Stop after this many items.")
    ] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Try items that failed before, too.")] = False,
    engine: Annotated[Engine, typer.Option("--engine", help="ray: on a cluster, through Ray Data.")] = Engine.local,
) -> None:
    """Score every item that has no prediction by this model; stop with Ctrl-C and go on later.

    Items that fail are told by reason and left alone until --retry-failed; the exit code is then 1.
    """
    from db.operations import stats as ask
    from db.prelabel import Progress
    from db.store import Store

    spec = options.asked(
        model=model, model_config=model_config, checkpoint=checkpoint, layers=layers, template=template,
        aggregate=aggregate, image_dtype=image_dtype,
    )  # fmt: skip
    run = _ray if engine is Engine.ray else _local
    how = {"batch_size": batch_size, "limit": limit, "retry_failed": retry_failed}
    with Store.open(db, create=False) as store, bar("scoring") as move:
        last = Progress(0, 0, 0)

        def moved(progress: Progress) -> None:
            nonlocal last
            last = progress
            move(progress.done, progress.total)

        try:
            last = run(store, spec, device, {**how, "on_progress": moved})
        except KeyboardInterrupt:
            typer.echo(f"stopped after {last.done} items, all kept; run the command again to go on", err=True)
            raise typer.Exit(1) from None
        failed = ask.failures(store, scorer_version=last.scorer_version)
    _report(last, failed)


def _local(store: Store, spec: ModelSpec, device: str, how: dict[str, Any]) -> Progress:
    from db.prelabel import prelabel as run

    return run(store, spec.load(device=device), **how)


def _ray(store: Store, spec: ModelSpec, device: str, how: dict[str, Any]) -> Progress:
    from db.prelabel_ray import prelabel as run

    return run(store, spec, device=device, **how)


def _report(progress: Progress, failed: Failures) -> None:
    scored = progress.done - progress.failed
    before = failed.number - progress.failed
    typer.echo(f"{scored} items scored" + (f", {progress.failed} failed" if progress.failed else ""))
    for reason, number in list(failed.reasons.items())[:_REASONS]:
        typer.echo(f"failed: {alike(reason, number)}", err=True)
    if len(failed.reasons) > _REASONS:
        typer.echo("… more reasons: `captionlint stats`", err=True)
    if before > 0:
        typer.echo(
            f"{before} items failed in earlier runs and were left alone; --retry-failed tries them again", err=True
        )
    if progress.failed:
        raise ItemError(
            f"{progress.failed} of {progress.done} items failed, the others are scored; "
            "mend the cause and add --retry-failed."
        )
