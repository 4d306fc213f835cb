"""The option that names a store."""

from __future__ import annotations

from typing import Annotated

import typer

from captionlint.core.errors import UsageError


def named(db: str | None) -> str | None:
    """Refuses the empty name, which as a path is this folder."""
    if db == "":
        raise UsageError("--db is empty: name a file, or give a postgresql:// URL.")
    return db


Db = Annotated[
    str, typer.Option("--db", metavar="FILE.db", callback=named, help="The store: a file, or a postgresql:// URL.")
]
