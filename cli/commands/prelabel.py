"""``captionlint prelabel``: scores what has no prediction yet."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from captionlint.cli.console import alike, printable
from captionlint.cli.options import model as options
from captionlint.cli.options.store import Db
from captionlint.cli.progress import bar
from captionlint.core.clip.model_spec import BASE
from captionlint.core.clip.presets import LAYERS, TEMPLATE
from captionlint.core.errors import ItemError

if TYPE_CHECKING:
    from captionlint.core.clip.model_spec import ModelSpec
    from captionlint.db.operations.stats import Failures
    from captionlint.db.prelabel.local import Progress
    from captionlint.db.records import ScorerInfo
    from captionlint.db.store import Store

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
    show: Annotated[
        bool, typer.Option("--show", help="Show this model's marks at once, not only when all is scored.")
    ] = False,
    engine: Annotated[Engine, typer.Option("--engine", help="ray: on a cluster, through Ray Data.")] = Engine.local,
) -> None:
    """Score every item that has no prediction by this model; stop with Ctrl-C and go on later.

    The first model of a store is shown from the start. Another one is shown when it has scored everything, or at once
    with --show; `captionlint settings --scorer VERSION` changes it at any time.

    Items that fail are told by reason and left alone until --retry-failed; the exit code is then 1.
    """
    from captionlint.db.operations import scorers
    from captionlint.db.operations import stats as ask
    from captionlint.db.prelabel.local import finished
    from captionlint.db.store import Store

    spec = options.asked(
        model=model, model_config=model_config, checkpoint=checkpoint, layers=layers, template=template,
        aggregate=aggregate, image_dtype=image_dtype,
    )  # fmt: skip
    run = _ray if engine is Engine.ray else _local
    how = {"batch_size": batch_size, "limit": limit, "retry_failed": retry_failed, "show": show or None}
    with Store.open(db, create=False) as store:
        before = scorers.current(store)
        last = finished(store, spec, retry_failed=retry_failed, show=show or None)
        if last is None:
            last = _score(store, spec, device, run, how)
        failed = ask.failures(store, scorer_version=last.scorer_version)
        shown = _shown(store, last.scorer_version, before)
    _report(last, failed, shown)


def _score(store: Store, spec: ModelSpec, device: str, run: Callable[..., Progress], how: dict[str, Any]) -> Progress:
    from captionlint.db.prelabel.local import Progress

    last = Progress(0, 0, 0)
    with bar("scoring") as move:

        def moved(progress: Progress) -> None:
            nonlocal last
            last = progress
            move(progress.done, progress.total)

        try:
            return run(store, spec, device, {**how, "on_progress": moved})
        except KeyboardInterrupt:
            typer.echo(f"stopped after {last.done} items, all kept; run the command again to go on", err=True)
            raise typer.Exit(1) from None


def _local(store: Store, spec: ModelSpec, device: str, how: dict[str, Any]) -> Progress:
    from captionlint.db.prelabel.local import prelabel as run

    spec.check()  # before torch loads
    from captionlint.core.clip.scorer import Scorer

    return run(store, Scorer.from_spec(spec, device=device), **how)


def _ray(store: Store, spec: ModelSpec, device: str, how: dict[str, Any]) -> Progress:
    from captionlint.db.prelabel.ray import prelabel as run

    return run(store, spec, device=device, **how)


def _shown(store: Store, version: str, before: ScorerInfo | None) -> str:
    """Whose marks are shown, and the command that shows the other ones; nothing where there is one scorer."""
    from captionlint.db.operations import scorers

    shown = scorers.current(store)
    if shown is None or len(scorers.known(store)) == 1:
        return ""
    command = f"captionlint settings --db {store.name} --scorer"
    if version not in (shown.version, shown.details.get(BASE)):
        return f"The marks of {shown.version} are still shown; `{command} '{version}'` shows the new ones."
    if before is not None and before.version != shown.version:
        return f"The marks of {shown.version} are shown from now on; `{command} '{before.version}'` goes back."
    return f"The marks of {shown.version} are shown; `{command} VERSION` shows another scorer's."


def _report(progress: Progress, failed: Failures, shown: str) -> None:
    scored = progress.done - progress.failed
    before = failed.number - progress.failed
    typer.echo(f"{scored} items scored" + (f", {progress.failed} failed" if progress.failed else ""))
    if not progress.total:
        typer.echo("nothing is left to score", err=True)
    if shown:
        typer.echo(printable(shown), err=True)
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
