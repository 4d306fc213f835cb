"""``captionlint export``: writes reviewed items for training."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from captionlint.cli.options.store import Db
from captionlint.cli.progress import bar
from captionlint.core.errors import UsageError


def _formats(incomplete: str) -> list[str]:
    """What Tab offers."""
    from captionlint.core.formats.writing import FORMATS_OUT

    return [name for name in FORMATS_OUT if name.startswith(incomplete)]


def export(
    out: Annotated[str, typer.Argument(metavar="OUT", help="A file or folder; - is stdout, for line formats.")],
    db: Db,
    format: Annotated[
        str,
        typer.Option(
            "--format", metavar="F", autocompletion=_formats, help="words, dpo, csv, … (a wrong one lists all)."
        ),
    ],
    unreviewed: Annotated[bool, typer.Option("--unreviewed", help="Add items that nobody has reviewed.")] = False,
    image_prefix: Annotated[
        str | None, typer.Option("--image-prefix", metavar="URL", help="label-studio: stands before image names.")
    ] = None,
    licence: Annotated[
        str, typer.Option("--licence", metavar="ID", help="The labels' licence, for the data-set card.")
    ] = "unknown",
) -> None:
    """Write reviewed items, with a data-set card beside them; splits go by image and never move."""
    from captionlint.db.operations import export as exports
    from captionlint.db.store import Store

    if out == "-" and sys.stdout is None:
        raise UsageError("stdout is closed: name a file to write.")
    options = {} if image_prefix is None else {"image_prefix": image_prefix}
    with Store.open(db, create=False, to_read=True) as store, bar("exporting") as move:
        done = exports.write(
            store,
            format=format,
            out=typer.get_text_stream("stdout", encoding="utf-8") if out == "-" else Path(out),
            unreviewed=unreviewed,
            licence=licence,
            options=options,
            on_progress=move,
        )
    typer.echo(f"{done.written} items written; image names start from {done.root}", err=True)
    for reason, number in sorted(done.left_out.items()):
        typer.echo(f"{number} left out: {reason}", err=True)
