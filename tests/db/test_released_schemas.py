"""Stores that released programs wrote: each opens in this one with all that it held, and its backup in the old one."""

import json
import shutil
from pathlib import Path

import pytest
from contents import contents

from captionlint.db import migrations
from captionlint.db.engine import migrate
from captionlint.db.engine.inspect import examine
from captionlint.db.operations import items, reviews
from captionlint.db.store import Store

FIXTURES = Path(__file__).parent / "fixtures"
FUTURE = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "9999", "{last}"
def upgrade():
    op.add_column("setting", sa.Column("note", sa.Text()))
"""


@pytest.fixture(params=migrations.REVISIONS)
def released(request, tmp_path):
    """A copy of a store of that schema, and what it held."""
    shutil.copy(FIXTURES / f"{request.param}.db", tmp_path / "review.db")
    return tmp_path / "review.db", json.loads((FIXTURES / f"{request.param}.json").read_text(encoding="utf-8"))


def test_every_schema_has_a_store():
    assert {p.stem for p in FIXTURES.glob("*.db")} == set(migrations.REVISIONS)


def test_it_opens_with_all_that_it_held(released):
    path, expected = released
    schema = examine(str(path)).schema
    with Store.open(path) as store:
        assert contents(store) == expected
        assert (store.backup is None) == (schema == migrations.REVISIONS[-1])
        reviews.accept(store, item_id=next(iter(items.ids(store))), annotator="ana")
    assert [s for s in examine(str(path)).problems if "not where the store says" not in s] == []


def test_a_newer_program_migrates_it_and_the_backup_opens_in_this_one(released, tmp_path, monkeypatch):
    path, expected = released
    folder = tmp_path / "migrations"
    shutil.copytree(Path(migrations.__file__).parent, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "9999_future.py").write_text(FUTURE.format(last=migrations.REVISIONS[-1]))
    with monkeypatch.context() as future:
        future.setattr(migrate, "_SCRIPTS", folder)
        future.setattr(migrate, "REVISIONS", (*migrations.REVISIONS, "9999"))
        with Store.open(path) as store:
            backup = store.backup
            assert backup is not None
            assert contents(store) == expected
    assert "newer Captionlint" in examine(str(path)).problems[0]
    with Store.open(backup, create=False) as store:
        assert contents(store) == expected
