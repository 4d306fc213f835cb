"""``captionlint settings``: what a store agrees on, shown and changed."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.console import printable
from cli.store_options import Db
from core.errors import UsageError

if TYPE_CHECKING:
    from db.store import Store


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
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Show, and with options change, what a store agrees on. Nothing is scored anew."""
    from db.operations.settings import change
    from db.store import Store

    if epsilon is not None and not math.isfinite(epsilon):
        raise UsageError("--epsilon is a number, say -5e-5.")
    to_read = not any((scorer is not None, epsilon is not None, blind_share is not None, never_mark, mark_again))
    with Store.open(db, create=False, to_read=to_read) as store:
        if not to_read:
            change(
                store,
                scorer=scorer,
                epsilon=epsilon,
                blind_share=blind_share,
                never_mark=never_mark or (),
                mark_again=mark_again or (),
            )
        found = _collect(store)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        _show(found)


def _collect(store: Store) -> dict[str, Any]:
    from db.operations import queue, scorers, vocabulary

    found = [(known, scorers.counts(store, version=known.version)) for known in scorers.known(store)]
    return {
        "scorers": [
            {
                "version": known.version,
                "epsilon": known.epsilon,
                "predictions": counts.predictions,
                "failures": counts.failures,
                "shown": known.current,
            }
            for known, counts in found
        ],
        "blind_share": queue.blind_share(store),
        "never_marked": list(vocabulary.ignored(store)),
    }


def _show(found: dict[str, Any]) -> None:
    for known in found["scorers"]:
        shown = " (shown)" if known["shown"] else ""
        typer.echo(f"scorer{shown}: {printable(known['version'])}")
        typer.echo(f"  epsilon {known['epsilon']:g}, {known['predictions']} predictions, {known['failures']} failures")
    if not found["scorers"]:
        typer.echo("no scorer yet: run `captionlint prelabel`")
    typer.echo(f"share of blind items: {found['blind_share']:g}")
    typer.echo(f"never marked: {', '.join(map(printable, found['never_marked'])) or 'no word'}")
