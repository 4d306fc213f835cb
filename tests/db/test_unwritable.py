"""Stores that may be read and not written to, as the commands that only read see them."""

import json
import shutil
import subprocess

import pytest
from stores import FakeScorer, rows

from captionlint.core.errors import StoreError
from captionlint.db.engine import migrate
from captionlint.db.engine.read_only import Unwritable
from captionlint.db.operations import items, reviews
from captionlint.db.prelabel.local import prelabel
from captionlint.db.store import Store


def fill(path, folder):
    with Store.open(path) as store:
        items.add(store, rows(folder, 6))
        prelabel(store, FakeScorer())
        for item_id in range(1, 4):
            reviews.accept(store, item_id=item_id, annotator="ana")


@pytest.fixture
def disk(small_disk, tmp_path):
    """A disk with a store, to be made read-only by `lock`."""
    fill(tmp_path / "review.db", tmp_path / "photos")
    shutil.copy(tmp_path / "review.db", small_disk)
    return small_disk


def lock(disk):
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True, timeout=300)


def test_what_only_reads_needs_no_right_to_write(disk, tmp_path, captionlint):
    lock(disk)
    db = disk / "review.db"
    assert json.loads(captionlint("stats", "--db", db, "--json").out)["reviewed"] == 3
    assert json.loads(captionlint("settings", "--db", db, "--json").out)["scorers"][0]["predictions"] == 6
    assert captionlint("export", "--db", db, "--format", "words", tmp_path / "out.jsonl").code == 0
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 3
    assert captionlint("split", "--db", db, "--annotators", "ana,ben", tmp_path / "parts").code == 0
    with Store.open(tmp_path / "home.db") as home:
        items.add(home, rows(tmp_path / "photos", 6))
    assert "3 reviews added" in captionlint("merge", db, "--db", tmp_path / "home.db").out
    assert [path.name for path in disk.iterdir()] == ["review.db"]


@pytest.mark.parametrize(
    "asked",
    [["settings", "--never-mark", "dog"], ["prelabel", "--model", "demo"], ["merge", "review.db"], ["calibrate"]],
)
def test_what_writes_says_that_it_cannot(disk, captionlint, monkeypatch, asked):
    lock(disk)
    monkeypatch.chdir(disk)
    ran = captionlint(*asked, "--db", "review.db")
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (1, "", 1)
    assert "is read-only: make the file and its folder writable" in ran.err


def test_changes_that_only_the_log_has_are_read_or_missed_aloud(small_disk, tmp_path, captionlint):
    fill(tmp_path / "review.db", tmp_path / "photos")
    with Store.open(tmp_path / "review.db") as store:
        reviews.accept(store, item_id=4, annotator="ana")
        for end in ("", "-wal", "-shm"):
            shutil.copy(tmp_path / f"review.db{end}", small_disk)
    lock(small_disk)
    db = small_disk / "review.db"
    assert json.loads(captionlint("stats", "--db", db, "--json").out)["reviewed"] == 4
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True, timeout=300)
    (small_disk / "review.db-shm").unlink()
    lock(small_disk)
    ran = captionlint("stats", "--db", db)
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (1, "", 1)
    assert "its last changes lie in review.db-wal" in ran.err


def test_a_change_while_it_is_read_is_noticed(tmp_path):
    path = tmp_path / "review.db"
    fill(path, tmp_path)
    found = Unwritable(path, name="review.db")
    found.check()
    with Store.open(path) as store:
        reviews.accept(store, item_id=5, annotator="ana")
        with pytest.raises(StoreError, match="changed while it was read"):
            found.check()
    with pytest.raises(StoreError, match="changed while it was read"):
        found.check()


def test_an_older_store_has_to_be_written_once(disk, captionlint, monkeypatch):
    lock(disk)
    monkeypatch.setattr(migrate, "REVISIONS", (*migrate.REVISIONS, "9999"))
    ran = captionlint("stats", "--db", disk / "review.db")
    assert (ran.code, ran.out) == (1, "")
    assert "made by an older Captionlint and is read-only" in ran.err
