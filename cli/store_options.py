"""The option that names a store."""

from __future__ import annotations

from typing import Annotated

import typer

Db = Annotated[str, typer.Option("--db", metavar="FILE.db", help="The store: a file, or a postgresql:// URL.")]
