"""The desktop and a pre-label run on one file: no lock error may reach a user."""

import os
import subprocess
import sys

import pytest
from stores import FakeScorer, rows

from captionlint.db.operations import items, queue, reviews, stats
from captionlint.db.prelabel.local import prelabel
from captionlint.db.store import Store

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the children are forked")
ITEMS = 200


def in_child(work, path):
    child = os.fork()
    if child == 0:
        try:
            with Store.open(path) as store:
                work(store)
            os._exit(0)
        except BaseException as error:
            sys.stderr.write(f"{error!r}\n")
            os._exit(1)
    return child


def review_all(store):
    for item_id in items.ids(store):
        queue.following(store, after=item_id)
        reviews.accept(store, item_id=item_id, annotator=f"annotator-{os.getpid()}")


def test_one_reviews_and_two_prelabel(tmp_path):
    path = tmp_path / "review.db"
    with Store.open(path) as store:
        items.add(store, rows(tmp_path, ITEMS))
    children = [in_child(lambda store: prelabel(store, FakeScorer(), batch_size=1), path) for _ in range(2)]
    children.append(in_child(review_all, path))
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
    with Store.open(path) as store:
        counts = stats.counts(store)
    assert (counts.items, counts.predicted, counts.reviewed) == (ITEMS, ITEMS, ITEMS)


def test_many_open_a_new_file_at_once(tmp_path):
    path = tmp_path / "review.db"
    list(rows(tmp_path, 20))
    children = [in_child(lambda store: items.add(store, rows(tmp_path, 20)), path) for _ in range(4)]
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    with Store.open(path) as store:
        assert items.count(store) == 20


def test_a_store_that_is_opened_twice_keeps_its_decisions(tmp_path):
    """SQLite's locks are the process's: opening the same file again may not let go of them."""
    path = tmp_path / "review.db"
    with Store.open(path) as store:
        items.add(store, rows(tmp_path, 2))

    def open_twice(store):
        with Store.open(path):
            pass
        # Whoever closes a file last deletes its -wal file. Not a fork: that one would believe in this one's locks.
        another = "import sys, db.store; db.store.Store.open(sys.argv[1]).close()"
        subprocess.run([sys.executable, "-c", another, path], check=True, timeout=300)
        reviews.accept(store, item_id=1, annotator="ana")
        os._exit(0)  # as if killed

    assert os.waitpid(in_child(open_twice, path), 0)[1] == 0
    with Store.open(path) as store:
        assert len(reviews.standing(store, item_id=1)) == 1
