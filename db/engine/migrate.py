"""Which schema a store has, and bringing it to the newest one."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, inspect, text

from captionlint.core.errors import StoreError
from captionlint.db.engine.backups import back_up
from captionlint.db.engine.connection import WRITES, take_turn
from captionlint.db.migrations import REVISIONS
from captionlint.db.schema import Base

_TABLE: Final = "alembic_version"
_SCRIPTS: Final = Path(__file__).parents[1] / "migrations"


def prepare(engine: Engine, *, name: str, path: Path | None) -> Path | None:
    """Creates or migrates the schema; returns the backup made on the way, if any.

    Raises `StoreError` for a store of a newer program and for a database that is no store.
    """
    with engine.connect() as connection:
        found = _version(connection, name)
    if found == REVISIONS[-1]:
        return None
    if found is None:
        _create(engine, name)
        return None
    backup = back_up(path, found) if path else None
    _migrate(engine, name)
    return backup


def require_newest(engine: Engine, *, name: str) -> None:
    """Raises `StoreError` where a store that cannot be written to is not of the newest schema."""
    with engine.connect() as connection:
        found = _version(connection, name)
    if found != REVISIONS[-1]:
        raise StoreError(
            f"{name} was made by an older Captionlint and is read-only: make the file and its folder writable once, "
            "so that it can be brought up to date."
        )


def _version(connection: Connection, name: str) -> str | None:
    """The schema's revision, or None where the database is empty."""
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    found = connection.scalar(text(f"SELECT version_num FROM {_TABLE}")) if _TABLE in tables else None  # noqa: S608
    if found is None or not {"item", "revision"} <= set(tables):
        raise StoreError(f"{name} is a database of another program: give a new name for the store.")
    if found not in REVISIONS:
        raise StoreError(
            f"{name} was made by a newer Captionlint (its schema is {found}, this one knows {REVISIONS[-1]}): "
            "update with `uv tool upgrade captionlint` or `pip install -U captionlint`."
        )
    return str(found)


def _create(engine: Engine, name: str) -> None:
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        take_turn(connection)
        if _version(connection, name) is None:  # another process may have been first
            Base.metadata.create_all(connection)
            connection.execute(text(f"CREATE TABLE {_TABLE} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
            connection.execute(text(f"INSERT INTO {_TABLE} VALUES (:v)"), {"v": REVISIONS[-1]})  # noqa: S608


def _migrate(engine: Engine, name: str) -> None:
    from alembic import command  # .9 s, so only where there is something to migrate
    from alembic.config import Config

    with engine.execution_options(**{WRITES: True}).begin() as connection:
        take_turn(connection)
        if _version(connection, name) == REVISIONS[-1]:
            return
        config = Config()
        config.set_main_option("script_location", str(_SCRIPTS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
