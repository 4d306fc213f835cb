"""``captionlint merge``: brings reviews home."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from captionlint.cli.options.store import Db
from captionlint.core.errors import StoreError


def merge(
    others: Annotated[list[str], typer.Argument(metavar="OTHER.db...", help="Stores that were reviewed elsewhere.")],
    db: Db,
) -> None:
    """Add the reviews of other stores, by image and caption; a second time changes nothing."""
    from captionlint.db.operations.merge import merge as bring
    from captionlint.db.store import Store

    for where in others:
        if "://" not in where and not Path(where).exists():
            raise StoreError(
                f"{where} does not exist: name the stores that came back, as `captionlint split` made them."
            )
    with Store.open(db, create=False) as store:
        store.back_up()
        for where in others:
            with Store.open(where, create=False, to_read=True) as other:
                merged = bring(store, other=other)
                name = other.name
            line = f"{name}: {merged.reviews} reviews added, {merged.known} known"
            typer.echo(line + (f", {merged.strangers} of items that are not here" if merged.strangers else ""))
