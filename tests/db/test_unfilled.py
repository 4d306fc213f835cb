"""A store that was made and stayed empty goes again; one that somebody uses, or that is none, stays."""

import os
import sqlite3
from contextlib import closing

import pytest
from stores import rows

from core.errors import StoreError
from db import versions
from db.operations import items
from db.operations.settings import change
from db.store import Store
from db.unfilled import remove_if_unfilled


def test_an_empty_store_goes_with_all_its_files(tmp_path):
    path = tmp_path / "empty store [1]?#.db"
    Store.open(path).close()
    remove_if_unfilled(path)
    assert list(tmp_path.iterdir()) == []
    remove_if_unfilled(path)
    assert list(tmp_path.iterdir()) == []


def test_a_store_with_an_item_stays(tmp_path):
    path = tmp_path / "review.db"
    with Store.open(path) as store:
        items.add(store, rows(tmp_path, 1))
    remove_if_unfilled(path)
    with Store.open(path) as store:
        assert items.count(store) == 1


@pytest.mark.parametrize("given", [{"never_mark": ["photo"]}, {"blind_share": 0.1}])
def test_a_store_that_somebody_set_meanwhile_stays(tmp_path, given):
    path = tmp_path / "review.db"
    with Store.open(path) as store:
        change(store, **given)
    remove_if_unfilled(path)
    assert path.exists()


def test_what_is_no_store_stays(tmp_path):
    (tmp_path / "notes.txt").write_text("mine " * 500, encoding="utf-8")
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE bookmark (id)")
    for path in list(tmp_path.iterdir()):
        remove_if_unfilled(path)
        assert path.stat().st_size


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the child is forked")
def test_a_store_that_another_process_has_open_stays(tmp_path):
    path = tmp_path / "review.db"
    with Store.open(path):
        child = os.fork()
        if child == 0:
            remove_if_unfilled(path)
            os._exit(0)
        os.waitpid(child, 0)
        assert path.exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows deletes no open file")
@pytest.mark.parametrize("anew", [False, True])
@pytest.mark.parametrize("made", [False, True])
def test_who_opens_it_while_it_goes_is_told(tmp_path, monkeypatch, made, anew):
    path = tmp_path / "review.db"
    if made:
        Store.open(path).close()

    def late(engine, **named):
        backup = versions.prepare(engine, **named)
        path.unlink()
        if anew:  # by yet another process
            path.touch()
        return backup

    monkeypatch.setattr("db.store.versions", type("Late", (), {"prepare": staticmethod(late)}))
    with pytest.raises(
        StoreError, match=r"review\.db was deleted or moved away while it was open: run the command again"
    ):
        Store.open(path)


def test_a_store_may_be_made_by_way_of_a_link(tmp_path):
    link = tmp_path / "link.db"
    try:
        link.symlink_to(tmp_path / "review.db")
    except OSError:
        pytest.skip("no links can be made here")
    Store.open(link).close()
    assert (tmp_path / "review.db").stat().st_size
