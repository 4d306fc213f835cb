"""Engines: which driver, which pragmas, and how a transaction begins."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError

from captionlint.core.errors import StoreError, UsageError
from captionlint.core.extras import adding

WRITES: Final = "captionlint_writes"
"""The execution option of a transaction that will write."""
REPEATABLE: Final = "captionlint_repeatable"
"""The execution option of a writing transaction that may be lost in a power cut, since it can be done again."""
_PATIENCE: Final = 30
"""Seconds that a server may take to answer a connection, and that a transaction waits for another one there."""
_ALIVE: Final = {
    "connect_timeout": _PATIENCE,
    "tcp_user_timeout": _PATIENCE * 1000,
    "keepalives": 1,
    "keepalives_idle": _PATIENCE,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}
"""libpq's parameters that end the wait for a host that no longer answers. TCP itself may wait for hours.

They do not limit how long a statement may run: the host of a busy server still answers.
"""
_TURN: Final = 4_272_193  # any number, as long as all Captionlints take the same one


def file_engine(file: Path | URL, *, busy_timeout: float) -> Engine:
    """An engine on one SQLite file; `busy_timeout` in seconds."""
    url = file if isinstance(file, URL) else URL.create("sqlite", database=str(file))
    # A thread gets the connection again that it had: `elsewhere` asks what others wrote since this one last looked.
    engine = create_engine(url, pool_use_lifo=True)

    def connected(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own habit of beginning transactions would make a reader of every writer until its first
        # change; two such writers can only fail. `_begin` below begins them instead.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {int(busy_timeout * 1000)}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA cache_size = -65536")
        connection.execute("PRAGMA temp_store = MEMORY")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    # FULL: once a commit has returned, not even a power cut takes a review back. NORMAL spares the disk; a commit
    # with FULL brings what was committed before it to the disk too.
    connection.exec_driver_sql(f"PRAGMA synchronous = {'NORMAL' if options.get(REPEATABLE) else 'FULL'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(WRITES) else "BEGIN")


def take_turn(connection: Connection) -> None:
    """Waits until no other transaction writes, on a server for `_PATIENCE` seconds at most.

    On SQLite ``BEGIN IMMEDIATE`` has done so already.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT set_config('lock_timeout', :s, true)"), {"s": f"{_PATIENCE}s"})
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _TURN})


def empty_log(engine: Engine) -> None:
    """Brings what lies in the -wal of an SQLite file into the file, as far as no other connection needs the log."""
    with closing(engine.raw_connection()) as raw:
        cursor = raw.cursor()
        (patience,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {patience}")


def server_engine(url: str) -> Engine:
    """An engine on a PostgreSQL server; raises `UsageError` for a URL of anything else, or that is none."""
    try:
        parsed = _parsed(url)
    except (ArgumentError, ValueError) as error:  # not shown as it is: it may hold a password
        raise UsageError(
            "A store's address reads like postgresql://USER:PASSWORD@HOST:5432/DATABASE, with %40 for an @ in the "
            "password."
        ) from error
    if parsed.get_backend_name() != "postgresql":
        raise UsageError(f"A store is an SQLite file or a postgresql:// URL, not {parsed.get_backend_name()}://.")
    try:
        given = {name: value for name, value in _ALIVE.items() if name not in parsed.query}
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, connect_args=given)
    except ModuleNotFoundError as error:
        raise StoreError(f"PostgreSQL needs a driver: {adding('postgresql')}.") from error


def without_password(address: str) -> str:
    """A server's address as messages and settings may hold it: without the password, wherever that stands in it."""
    try:
        url = _parsed(address)
    except (ArgumentError, ValueError):
        return f"{address.partition('://')[0]}://"
    place = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return place.difference_update_query([name for name in url.query if "password" in name]).render_as_string()


def _parsed(address: str) -> URL:
    url = make_url(address)
    if "@" in (url.host or ""):  # which takes what follows an @ in the password for a part of the host
        raise ValueError("the host holds an @")
    return url
