"""Reading captions from a file or folder into a store, new or not: what every face does when it imports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from captionlint.core.formats import reading
from captionlint.core.formats.records import BadRow, SourceItem
from captionlint.db.operations import items
from captionlint.db.records import Added
from captionlint.db.store import Store

_AHEAD: Final = 1000


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
    ahead = list(_ahead(rows, 1 if strict else _AHEAD)) if is_new else []
    is_of_use = not is_new or any(map(_is_usable, ahead[-1:])) or len(ahead) == _AHEAD
    with TemporaryDirectory() as elsewhere:  # where what is wrong with the rows is found out, as it would be here
        place = where if is_of_use else Path(elsewhere, "none.db")
        with Store.open(place) as store:
            if update and not is_new:
                store.back_up()
            return items.add(store, chain(ahead, rows), update=update, strict=strict, on_progress=on_progress)


def _ahead(rows: Iterator[SourceItem | BadRow], most: int) -> Iterator[SourceItem | BadRow]:
    """The rows up to the first that can be used, or the first `most`."""
    for row in islice(rows, most):
        yield row
        if _is_usable(row):
            break


def _is_usable(row: SourceItem | BadRow) -> bool:
    return not isinstance(row, BadRow) and ("://" in row.image or Path(row.image).is_file())
