"""Where things are: what is a store already, and where the store of some captions goes."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_documents_path

from captionlint.core.errors import StoreError
from captionlint.db.store import is_database


def is_store(path: str) -> bool:
    """Whether a path names a store: a server's address or an SQLite file, whatever it is called.

    So does a file that cannot be read: opening it as a store says why.
    """
    if "://" in path:
        return True
    try:
        return is_database(Path(path))
    except StoreError:
        return True


def store_beside(source: Path) -> Path:
    """The store of a file or folder of captions: beside it, else, where nothing can be written, in the documents."""
    folder = source.parent if os.access(source.parent, os.W_OK) else user_documents_path()
    return folder / f"{source.stem if source.is_file() else source.name}.db"
