"""Reading captions from a file or folder into a store, new or not: what every face does when it imports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from captionlint.core.formats import reading
from captionlint.core.formats.records import BadRow, SourceItem
from captionlint.db.operations import items
from captionlint.db.records import Added
from captionlint.db.store import Store


def import_captions(
    where: str | Path,
    source: str | Path,
    *,
    images: str | Path | None = None,
    update: bool = False,
    strict: bool = False,
    on_progress: Callable[[Added], None] | None = None,
) -> Added:
    """Reads a source of any input format into the store at `where`; see `items.add`, which names what is raised.

    A store that is not there is made, but not for rows of which none can be used. With `update`, which replaces what
    is there, a store is first copied beside itself, once a day.

    Raises:
        FormatError: the source cannot be read.
        StoreError: the store cannot be opened.
    """
    rows = reading.read(Path(source), images=Path(images) if images else None)
    is_new = "://" not in str(where) and not Path(where).exists()
    before = Added()
    if is_new:
        usable = list(islice(rows, 1))
        if not any(map(_is_usable, usable)):
            unusable = chain(usable, rows)
            usable = []
            # Elsewhere it is found out what is wrong with the rows, as it would be here.
            with TemporaryDirectory() as elsewhere, Store.open(Path(elsewhere, "none.db")) as none:
                before = items.add(none, _unusable(unusable, usable), strict=strict, on_progress=on_progress)
        if not usable:
            return before
        rows = chain(usable, rows)
    with Store.open(where) as store:
        if update and not is_new:
            store.back_up()
        return items.add(store, rows, update=update, strict=strict, on_progress=on_progress, before=before)


def _unusable(rows: Iterator[SourceItem | BadRow], usable: list[SourceItem | BadRow]) -> Iterator[SourceItem | BadRow]:
    """The rows before the first that can be used; that one is put into `usable`."""
    for row in rows:
        if _is_usable(row):
            usable.append(row)
            return
        yield row


def _is_usable(row: SourceItem | BadRow) -> bool:
    return not isinstance(row, BadRow) and ("://" in row.image or Path(row.image).is_file())
