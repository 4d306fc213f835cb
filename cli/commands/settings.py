"""``captionlint settings``: what a store agrees on, shown and changed."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from captionlint.cli.console import printable
from captionlint.cli.options.store import Db
from captionlint.cli.progress import bar
from captionlint.core.clip.model_spec import CONFIG_FILE, WEIGHTS
from captionlint.core.errors import UsageError

if TYPE_CHECKING:
    from captionlint.db.records import ScorerInfo
    from captionlint.db.store import Store


def settings(
    db: Db,
    scorer: Annotated[
        str | None, typer.Option("--scorer", metavar="VERSION", help="Show this scorer's marks from now on.")
    ] = None,
    epsilon: Annotated[
        float | None, typer.Option("--epsilon", metavar="E", help="The shown scorer marks words below it.")
    ] = None,
    blind_share: Annotated[
        float | None,
        typer.Option("--blind-share", metavar="S", help="Share of items served without marks, to measure recall."),
    ] = None,
    never_mark: Annotated[
        list[str] | None, typer.Option("--never-mark", metavar="WORD", help="Never mark this word; repeatable.")
    ] = None,
    mark_again: Annotated[
        list[str] | None, typer.Option("--mark-again", metavar="WORD", help="Take a word off that list; repeatable.")
    ] = None,
    model_config: Annotated[
        Path | None, typer.Option("--model-config", metavar="F.json", help="Where the shown scorer's file is now.")
    ] = None,
    checkpoint: Annotated[
        Path | None, typer.Option("--checkpoint", metavar="F.safetensors", help="Where the shown scorer's file is now.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Show, and with options change, what a store agrees on. Nothing is scored anew.

    The queue's order follows a change. Stop it with Ctrl-C and go on later: the change is kept.
    """
    from captionlint.db.store import Store

    if epsilon is not None and not math.isfinite(epsilon):
        raise UsageError("--epsilon is a number, say -5e-5.")
    changes = (scorer, epsilon, blind_share, model_config, checkpoint)
    to_read = not never_mark and not mark_again and all(change is None for change in changes)
    with Store.open(db, create=False, to_read=to_read) as store:
        if not to_read:
            moved = model_config is not None or checkpoint is not None
            _change(
                store,
                scorer=scorer,
                epsilon=epsilon,
                blind_share=blind_share,
                never_mark=never_mark or (),
                mark_again=mark_again or (),
                files=_moved_files(store, scorer, model_config, checkpoint) if moved else None,
            )
        found = _collect(store)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        _show(found)


def _moved_files(
    store: Store, version: str | None, model_config: Path | None, checkpoint: Path | None
) -> tuple[str, dict[str, Any]]:
    """Version and details of the scorer that is shown (from now on, where `version` names one), with its files in
    another place. Refuses files that do not give that very model.
    """
    from captionlint.core.clip.model_spec import BASE, check_same
    from captionlint.db.operations import scorers

    shown = scorers.current(store) if version is None else scorers.named(store, version=version)
    if shown is None or shown.spec is None or not shown.spec.files:
        raise UsageError("The shown scorer is not made of files: --model-config and --checkpoint are for one that is.")
    if model_config is not None and shown.spec.config_path is None:
        raise UsageError(f"{shown.spec.label} has no configuration file: give --checkpoint alone.")
    spec = shown.spec.with_files(config_path=model_config, checkpoint_path=checkpoint)
    spec.check()
    spec.check_weights(shown.details)
    from captionlint.core.clip.scorer import Scorer

    loaded = Scorer.from_spec(spec, device="cpu")
    check_same(shown.details, loaded.details)
    return shown.details.get(BASE, shown.version), loaded.details


def _change(store: Store, **changes: Any) -> None:
    """Changes what is named, with a bar while the queue is ordered."""
    from captionlint.db.operations.settings import change

    is_kept = False
    with bar("ordering the queue") as move:

        def moved(done: int, total: int) -> None:
            nonlocal is_kept
            is_kept = True
            move(done, total)

        try:
            change(store, **changes, on_progress=moved)
        except KeyboardInterrupt:
            said = "the change is kept; run the command again to finish the order of the queue"
            typer.echo(f"stopped: {said if is_kept else 'nothing was changed'}", err=True)
            raise typer.Exit(1) from None


def _collect(store: Store) -> dict[str, Any]:
    from captionlint.db.operations import ignored_words, queue, scorers

    found = [(known, scorers.counts(store, version=known.version)) for known in scorers.known(store)]
    return {
        "scorers": [
            {
                "version": known.version,
                "epsilon": known.epsilon,
                "predictions": counts.predictions,
                "failures": counts.failures,
                "shown": known.current,
                "model": None if known.spec is None else known.spec.to_dict() | {"label": known.spec.label},
                "missing_files": _missing(known),
            }
            for known, counts in found
        ],
        "blind_share": queue.blind_share(store),
        "never_marked": list(ignored_words.ignored(store)),
        "left_to_order": scorers.left_to_rank(store),
    }


def _missing(scorer: ScorerInfo) -> list[str]:
    """The files of a scorer's model that are not there, each with the hash by which it is known, if it is."""
    if scorer.spec is None:
        return []
    known = {scorer.spec.checkpoint_path: WEIGHTS, scorer.spec.config_path: CONFIG_FILE}
    hashes = [(path, scorer.details.get(known[path])) for path in scorer.spec.missing()]
    return [f"{path} (SHA-256 {found[:12]}…)" if found else str(path) for path, found in hashes]


def _show(found: dict[str, Any]) -> None:
    for known in found["scorers"]:
        shown = " (shown)" if known["shown"] else ""
        typer.echo(f"scorer{shown}: {printable(known['version'])}")
        typer.echo(f"  epsilon {known['epsilon']:g}, {known['predictions']} predictions, {known['failures']} failures")
        if known["model"]:
            typer.echo(f"  model {printable(known['model']['label'])}")
        for path in known["missing_files"]:
            typer.echo(f"  missing: {printable(path)}; give its place with --model-config or --checkpoint")
    if not found["scorers"]:
        typer.echo("no scorer yet: run `captionlint prelabel`")
    typer.echo(f"share of blind items: {found['blind_share']:g}")
    typer.echo(f"never marked: {', '.join(map(printable, found['never_marked'])) or 'no word'}")
    if found["left_to_order"]:
        typer.echo(f"The queue is not fully ordered yet: {found['left_to_order']} items are left.")
        typer.echo("  `captionlint review`, or any further change, finishes it.")
