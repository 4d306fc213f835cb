"""``captionlint export``: writes reviewed items for training."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.progress import bar
from cli.store_options import Db
from core.errors import StoreError

if TYPE_CHECKING:
    from core.formats.writing import Writer
    from db.store import Store


def export(
    out: Annotated[str, typer.Argument(metavar="OUT", help="A file or folder; - is stdout, for line formats.")],
    db: Db,
    format: Annotated[str, typer.Option("--format", metavar="F", help="words, dpo, csv, … (a wrong one lists all).")],
    unreviewed: Annotated[bool, typer.Option("--unreviewed", help="Add items that nobody has reviewed.")] = False,
    image_prefix: Annotated[
        str | None, typer.Option("--image-prefix", metavar="URL", help="label-studio: stands before image names.")
    ] = None,
    licence: Annotated[
        str, typer.Option("--licence", metavar="ID", help="The labels' licence, for the data-set card.")
    ] = "unknown",
) -> None:
    """Write reviewed items, with a data-set card beside them; splits go by image and never move."""
    from core.formats.writing import open_writer
    from db.operations import exports
    from db.store import Store

    stream = typer.get_text_stream("stdout", encoding="utf-8") if out == "-" else None
    target = Path(out)
    options = {} if image_prefix is None else {"image_prefix": image_prefix}
    with Store.open(db, create=False) as store:
        root = exports.names_root(store, beside=Path.cwd() if stream else target.absolute().parent)
        rows = exports.items(store, root=root, unreviewed=unreviewed)
        with (
            open_writer(format, stream or target, unreviewed=unreviewed, **options) as writer,
            bar("exporting") as move,
        ):
            for number, item in enumerate(rows, 1):
                writer.write(item)
                if number % 100 == 0:
                    move(number)
        left_out = writer.left_out + exports.left_behind(store, unreviewed=unreviewed)
        if not stream:
            _write_card(store, target, writer, format=format, left_out=left_out, licence=licence)
    typer.echo(f"{writer.written} items written; image names start from {root}", err=True)
    for reason, number in sorted(left_out.items()):
        typer.echo(f"{number} left out: {reason}", err=True)


def _write_card(
    store: Store, out: Path, writer: Writer, *, format: str, left_out: Mapping[str, int], licence: str
) -> None:
    from core.formats.card import CARD_NAME, write_card
    from db.operations import stats

    try:
        kappa, both = stats.overall(stats.agreement(store))
    except StoreError:  # scikit-learn is an extra
        kappa, both = None, 0
    path = (out if out.is_dir() else out.absolute().parent) / CARD_NAME
    write_card(
        path,
        writer.tally,
        format=format,
        left_out=left_out,
        kappa=kappa,
        double_reviewed=both,
        licence=licence,
    )
