"""Whether others write to a store that is open here for long."""

from __future__ import annotations

from typing import Final

from captionlint.db.store import Store

_SEEN: Final = "captionlint_data_version"


def written(store: Store) -> bool:
    """Whether another process has committed since this was last asked; always false on a server.

    `Store.state` changes with this store's own commits too; SQLite tells one connection of the others' alone. Ask from
    the one thread that writes here: a second one has a connection of its own, whose commits would count as others'.
    """
    if store.path is None:
        return False
    with store.reading() as session:
        connection = session.connection()
        now = connection.exec_driver_sql("PRAGMA data_version").scalar_one()
        before = connection.info.get(_SEEN, now)
        connection.info[_SEEN] = now
    return bool(now != before)
