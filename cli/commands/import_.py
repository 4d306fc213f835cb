"""``captionlint import``: reads captions into a store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from captionlint.cli.options.store import Db
from captionlint.cli.progress import bar
from captionlint.core.errors import CaptionlintError, UsageError

if TYPE_CHECKING:
    from captionlint.db.records import Added

_SHOWN = 20


def import_(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A file or folder of any input format.")],
    db: Db,
    images: Annotated[
        str | None, typer.Option("--images", metavar="DIR", help="The folder that image names start from.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Stop at the first row that cannot be used.")] = False,
    update: Annotated[bool, typer.Option("--update", help="Where an id has other content, take the new one.")] = False,
) -> None:
    """Read captions from SOURCE into a store; what is there already is left alone.

    The format is told by the content: JSONL, CSV, TSV, COCO captions, a folder of images with .txt files,
    Label Studio JSON, Parquet, WebDataset; word scores of other detectors too.
    """
    from captionlint.db.operations.importing import import_captions

    for name, given in (("SOURCE", source), ("--images", images)):
        if given == "":  # as a path it would be this folder
            raise UsageError(f"{name} is empty: name a file or a folder.")
    seen = 0
    with bar("importing") as move:

        def moved(so_far: Added) -> None:
            nonlocal seen
            seen = so_far.seen
            move(seen)

        try:
            added = import_captions(db, source, images=images, update=update, strict=strict, on_progress=moved)
        except KeyboardInterrupt:
            typer.echo(f"stopped after {seen} rows, all kept; run the command again to go on", err=True)
            raise typer.Exit(1) from None
    _report(added)
    if added.conflict_count:
        raise CaptionlintError(
            f"{added.conflict_count} rows contradict what the store has and were left out; --update takes the new ones."
        )
    if added.bad_count and not added.added + added.unchanged + added.updated:
        lost = not images and any(row.picture for row in added.bad)
        hint = f"; picture names start from {_start(Path(source))}, --images names another folder" if lost else ""
        raise CaptionlintError(f"No row of {source} could be used{hint}.")


def _start(source: Path) -> Path:
    return source if source.is_dir() else source.absolute().parent


def _report(added: Added) -> None:
    for noted in added.notes:
        typer.echo(noted, err=True)
    shown = (*added.bad, *added.conflicts)[:_SHOWN]
    for row in shown:
        typer.echo(row, err=True)
    more = added.bad_count + added.conflict_count - sum(row.rows for row in shown)
    if more > 0:
        typer.echo(f"… and {more} more rows", err=True)
    told = [(added.added, "added"), (added.unchanged - added.repeated, "already there"), (added.updated, "updated")]
    told.append((added.repeated, "repeated in the file"))
    told += [(added.bad_count, "not usable"), (added.conflict_count, "contradicting")]
    typer.echo(", ".join(f"{n} {what}" for n, what in told if n or what == "added"))
