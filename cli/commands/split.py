"""``captionlint split``: deals a store out to annotators."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from captionlint.cli.options.store import Db


def split(
    outdir: Annotated[Path, typer.Argument(metavar="OUTDIR", help="The folder for the annotators' stores.")],
    db: Db,
    annotators: Annotated[str, typer.Option("--annotators", metavar="A,B", help="Names, with commas between them.")],
    overlap: Annotated[
        float,
        typer.Option("--overlap", min=0, max=1, metavar="SHARE", help="The part that everyone gets, for agreement."),
    ] = 0.1,
) -> None:
    """Deal the items that nobody has decided on out to annotators, one store each, with a shared part."""
    from captionlint.db.operations.split import split as deal
    from captionlint.db.store import Store

    names = [name.strip() for name in annotators.split(",") if name.strip()]
    with Store.open(db, create=False, to_read=True) as store:
        for part in deal(store, annotators=names, folder=outdir, overlap=overlap):
            typer.echo(f"{part.path}: {part.items} items for {part.annotator}, {part.shared} of them shared")
