"""Kills a process while it imports, pre-labels and reviews. CAPTIONLINT_KILLS says how often (12 by default)."""

import os
import random
import signal
import sqlite3
import sys
import time

import pytest
from stores import FakeScorer, rows

from captionlint.core.review import Span
from captionlint.db.operations import items, reviews, undo
from captionlint.db.prelabel.local import prelabel
from captionlint.db.store import Store

KILLS = int(os.environ.get("CAPTIONLINT_KILLS", "12"))
ITEMS = 300

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the children are forked")


def do_import(path, folder, acknowledge):
    with Store.open(path) as store:
        items.add(store, rows(folder, ITEMS))


def do_prelabel(path, folder, acknowledge):
    with Store.open(path) as store:
        prelabel(store, FakeScorer(), batch_size=2)


def do_review(path, folder, acknowledge):
    lots = random.Random(os.getpid())
    with Store.open(path) as store:
        known = list(items.ids(store))
        while known:
            item_id = lots.choice(known)
            choice = lots.randrange(4)
            if choice == 0:
                made = reviews.accept(store, item_id=item_id, annotator="ana")
            elif choice == 1:
                made = reviews.correct(
                    store, item_id=item_id, annotator="ana", spans=[Span(0, 1, "object", "the")], corrected_caption="x"
                )
            elif choice == 2:
                made = undo.undo(store, annotator="ana")
            else:
                made = undo.redo(store, annotator="ana")
            if made:
                acknowledge(made.made)


def kill_after(seconds, work, *arguments):
    """Runs `work` in a child, kills it, and returns the uids and span counts of the reviews that it acknowledged."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(read_end)
            work(*arguments, lambda made: os.write(write_end, f"{made.uid} {len(made.review.spans)}\n".encode()))
            os._exit(0)
        except BaseException as error:
            sys.stderr.write(f"{work.__name__}: {error!r}\n")
            os._exit(1)
    os.close(write_end)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    with os.fdopen(read_end) as pipe:
        said = [line.split() for line in pipe.read().splitlines()]
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return {uid: int(spans) for uid, spans in (pair for pair in said if len(pair) == 2)}


def check(path, acknowledged):
    """Integrity, and every acknowledged review with all its spans."""
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        found = dict(
            connection.execute(
                "SELECT uid, count(span.id) FROM revision LEFT JOIN span ON revision_id = revision.id GROUP BY uid"
            )
        )
    connection.close()
    assert {uid: found.get(uid) for uid in acknowledged} == acknowledged


def test_kill_at_any_moment(tmp_path, monkeypatch):
    monkeypatch.setattr(items, "_BATCH", 10)
    path = tmp_path / "review.db"
    list(rows(tmp_path, ITEMS))  # the pictures
    lots = random.Random(5)
    acknowledged = {}
    with Store.open(path) as store:
        items.add(store, rows(tmp_path, 20))  # something to review from the first kill on
    for number in range(KILLS):
        work = (do_import, do_prelabel, do_review)[number % 3]
        acknowledged |= kill_after(lots.uniform(0.005, 0.35), work, path, tmp_path)
        check(path, acknowledged)
    for seconds in range(1, 6):  # a busy machine may have been too slow to acknowledge anything
        acknowledged = acknowledged or kill_after(seconds, do_review, path, tmp_path)
    with Store.open(path) as store:
        items.add(store, rows(tmp_path, ITEMS))
        prelabel(store, FakeScorer())
        assert items.count(store) == ITEMS
    check(path, acknowledged)
    with sqlite3.connect(path) as connection:
        counts = connection.execute("SELECT count(*), count(DISTINCT item_id) FROM prediction").fetchone()
        connection.execute("INSERT INTO caption_text(caption_text) VALUES ('integrity-check')")
        standing = connection.execute(
            "SELECT count(*) FROM standing WHERE revision_id != "
            "(SELECT max(id) FROM revision r WHERE r.item_id = standing.item_id)"
        ).fetchone()
    connection.close()
    assert acknowledged
    assert counts == (ITEMS, ITEMS)
    assert standing == (0,)
