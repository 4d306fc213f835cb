import shutil
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect
from stores import rows

from captionlint.core.errors import StoreError
from captionlint.db import migrations
from captionlint.db.engine import backups, migrate
from captionlint.db.engine.connection import WRITES, server_engine
from captionlint.db.operations import items
from captionlint.db.schema import Base
from captionlint.db.store import Store

FOLDER = Path(migrations.__file__).parent
SECOND = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0002", "0001"
def upgrade():
    op.add_column("setting", sa.Column("note", sa.Text()))
    {more}
"""


def schema_of(path):
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT type, name, tbl_name FROM sqlite_master").fetchall()
        columns = {n: connection.execute(f"PRAGMA table_info({n})").fetchall() for t, n, _ in rows if t == "table"}
    connection.close()
    return sorted(rows), columns


def migrated(engine):
    """An empty database brought up by the migrations alone."""
    from alembic import command
    from alembic.config import Config

    with engine.execution_options(**{WRITES: True}).begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(FOLDER))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def test_migrations_make_the_same_schema_as_a_new_store(tmp_path):
    from captionlint.db.engine.connection import file_engine

    with Store.open(tmp_path / "new.db"):
        pass
    engine = file_engine(tmp_path / "migrated.db", busy_timeout=1)
    migrated(engine)
    with engine.connect() as connection:
        ours = [
            d
            for d in compare_metadata(MigrationContext.configure(connection), Base.metadata)
            if "caption_text" not in str(d)
        ]
    engine.dispose()
    assert ours == []
    assert schema_of(tmp_path / "migrated.db") == schema_of(tmp_path / "new.db")


def test_migrations_run_on_postgresql(database):
    engine = server_engine(database)
    migrated(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        assert set(inspect(connection).get_table_names()) >= set(Base.metadata.tables)
    engine.dispose()


def test_the_revisions_are_the_files():
    files = sorted(p.name.split("_")[0] for p in (FOLDER / "versions").glob("[0-9]*.py"))
    assert files == list(migrations.REVISIONS)


@pytest.fixture
def second_revision(tmp_path, monkeypatch):
    """A program of the future, with a second revision."""
    folder = tmp_path / "migrations"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrate, "_SCRIPTS", folder)
    monkeypatch.setattr(migrate, "REVISIONS", ("0001", "0002"))
    return folder / "versions" / "0002_second.py"


def test_an_older_store_is_copied_and_then_migrated(tmp_path, second_revision):
    path = tmp_path / "review.db"
    with Store.open(path) as store:
        items.add(store, rows(tmp_path, 3))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.close()
    second_revision.write_text(SECOND.format(more="pass"))
    with Store.open(path) as store:
        assert store.backup == tmp_path / "review.db.0001.backup"
        assert items.count(store) == 3
    assert any(column[1] == "note" for column in schema_of(path)[1]["setting"])
    assert not any(column[1] == "note" for column in schema_of(store.backup)[1]["setting"])
    with Store.open(path) as store:
        assert store.backup is None  # nothing to do the second time


def test_a_copy_that_fails_leaves_no_half_of_a_backup(tmp_path, monkeypatch):
    path = tmp_path / "review.db"
    Store.open(path).close()
    monkeypatch.setattr(Path, "replace", lambda self, target: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(OSError, match="No space"):
        backups.back_up(path, "manual")
    assert [p.name for p in tmp_path.iterdir()] == ["review.db"]


def test_a_migration_that_fails_changes_nothing(tmp_path, second_revision):
    path = tmp_path / "review.db"
    Store.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.close()
    before = schema_of(path)
    second_revision.write_text(SECOND.format(more='op.execute("SELECT no_such_thing")'))
    with pytest.raises(StoreError):
        Store.open(path)
    assert schema_of(path) == before
