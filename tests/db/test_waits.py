"""Waiting for another program has an end. Each wait runs in a thread: an endless one must fail, not hang."""

import sqlite3
import threading
from contextlib import closing

import pytest

from captionlint.core.errors import StoreError
from captionlint.db.engine import backups, connection
from captionlint.db.engine.errors import translated
from captionlint.db.store import Store


def outcome(work, seconds=20):
    """What came of the work, or the error that it raised; fails if it does not come back."""
    came = []

    def run():
        try:
            came.append(work())
        except Exception as error:
            came.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    assert not thread.is_alive(), "it waits without an end"
    return came[0]


def test_a_backup_of_a_locked_file_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(backups, "PATIENCE", 0.1, raising=False)
    path = tmp_path / "review.db"
    Store.open(path).close()
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        found = outcome(lambda: backups.back_up(path, "label"))
        other.rollback()
    assert isinstance(found, sqlite3.OperationalError)
    with pytest.raises(StoreError, match="stayed locked by another program"), translated(str(path), path):
        raise found
    assert not list(tmp_path.glob("*.part"))


def test_a_change_on_a_server_waits_for_another_with_an_end(database, monkeypatch):
    import psycopg

    monkeypatch.setattr(connection, "_PATIENCE", 1, raising=False)
    with Store.open(database) as store, psycopg.connect(database) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [connection._TURN])

        def change():
            with store.writing():
                return "changed"

        found = outcome(change)
        other.rollback()
        assert isinstance(found, StoreError)
        assert "stayed locked by another program" in str(found)
        assert outcome(change) == "changed"


@pytest.mark.parametrize(("asked", "given"), [("", 30), ("?connect_timeout=7", 7)])
def test_a_server_that_does_not_answer_is_waited_for_with_an_end(monkeypatch, asked, given):
    psycopg = pytest.importorskip("psycopg")
    seen = {}

    def connect(*_, **options):
        seen.update(options)
        raise psycopg.OperationalError("no")

    monkeypatch.setattr(psycopg, "connect", connect)
    monkeypatch.setattr(psycopg.Connection, "connect", connect)
    with pytest.raises(StoreError, match="database server refused"):
        Store.open(f"postgresql://ana@127.0.0.1:1/none{asked}")
    assert int(seen["connect_timeout"]) == given
    assert (int(seen["tcp_user_timeout"]), int(seen["keepalives"])) == (30_000, 1), "nor is one that vanishes later"
