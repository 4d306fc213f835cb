"""``captionlint merge``: brings reviews home."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.store_options import Db


def merge(
    others: Annotated[list[str], typer.Argument(metavar="OTHER.db...", help="Stores that were reviewed elsewhere.")],
    db: Db,
) -> None:
    """Add the reviews of other stores, by image and caption; a second time changes nothing."""
    from db.operations.merge import merge as bring
    from db.store import Store

    with Store.open(db, create=False) as store:
        store.back_up()
        for where in others:
            with Store.open(where, create=False) as other:
                merged = bring(store, other=other)
                name = other.name
            line = f"{name}: {merged.reviews} reviews added, {merged.known} known"
            typer.echo(line + (f", {merged.strangers} of items that are not here" if merged.strangers else ""))
