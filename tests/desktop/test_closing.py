"""Closing a window: nothing decided is lost, nothing blocks, and it may be asked for twice."""

import sqlite3
import sys
import threading
from contextlib import closing
from functools import partial

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QMessageBox, QPushButton
from stores import rows

from captionlint.db.operations import reviews
from captionlint.db.store import Store
from captionlint.desktop.app.app import Program
from captionlint.desktop.background import project
from tests.bench.closing import Plan, run


class Writer:
    """Another program that writes to a store."""

    def __init__(self, path):
        self.connection = sqlite3.connect(path, isolation_level=None, timeout=60)

    def lock(self):
        self.connection.execute("BEGIN IMMEDIATE")

    def release(self):
        self.connection.rollback()


@pytest.fixture
def db(fill):
    return fill()


@pytest.fixture
def window(open_window, db):
    return open_window(db)


@pytest.fixture
def writer(db):
    made = Writer(db)
    with closing(made.connection):
        yield made


def standing(ask, db, item_id):
    return [r.review.status for r in ask(db, reviews.standing, item_id=item_id)]


def saving(window):
    return window.findChild(QLabel, "saving")


def test_a_closed_window_that_still_asks_for_a_page_closes_again(window):
    ended = []
    window.closed.connect(lambda: ended.append(True))
    assert window.close()
    window.queue.refresh([window.review.item.item_id])
    assert window.project.worker.idle, "the page is refused"
    assert window.close()
    assert ended == [True]


def test_closing_while_another_program_writes_says_so_and_blocks_nothing(qtbot, window, writer, db, ask):
    item = window.review.item.item_id
    writer.lock()
    window.loop.decide("reject")
    assert not window.close()
    assert window.isVisible()
    assert saving(window).isVisible()
    assert saving(window).text().startswith("Saving …")
    assert not window.centralWidget().isEnabled(), "nothing more is decided here"
    assert not window.menuBar().isEnabled()
    assert not window.findChildren(QPushButton, "close_without_saving"), "the wait for a lock has an end"
    assert not window.close(), "a second time"
    ticks = []
    QTimer.singleShot(0, lambda: ticks.append(True))
    qtbot.waitUntil(lambda: bool(ticks))
    assert window.isVisible()
    assert standing(ask, db, item) == []
    with qtbot.waitSignal(window.closed):
        writer.release()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert standing(ask, db, item) == ["rejected"]
    assert window.close()


def test_a_lock_that_never_goes_keeps_the_window_open_with_the_item(qtbot, open_window, db, writer, ask, monkeypatch):
    monkeypatch.setattr(project.Store, "open", partial(Store.open, busy_timeout=0.5))
    window = open_window(db)
    item = window.review.item.item_id
    window.loop.ahead = None
    writer.lock()
    with qtbot.waitSignal(window.stayed):
        window.loop.decide("reject")
        assert not window.close()
    assert window.isVisible()
    assert window.centralWidget().isEnabled()
    assert window.menuBar().isEnabled()
    qtbot.waitUntil(lambda: saving(window) is None)
    assert window.review.item.item_id == item
    box = window.findChild(QMessageBox, "problem")
    assert box.isEnabled()
    assert box.text() == "The decision was not saved"
    writer.release()
    box.close()
    qtbot.waitUntil(lambda: window.queue.line(item) is not None)
    with qtbot.waitSignal(window.loop.landed):
        window.loop.decide("reject")
    assert standing(ask, db, item) == ["rejected"], "the window goes on"


def test_a_store_that_never_answers_can_be_left_without_saving_and_drafts_stay(qtbot, open_window, db, ask):
    window, gate = open_window(db), threading.Event()
    window.closing.patience = 1
    first = window.review.item.item_id
    window.project.ask(lambda _: gate.wait(60), must=True)
    try:
        window.review.set_kind("count")
        window.loop.decide("accept")
        assert not window.close()
        qtbot.waitUntil(lambda: window.findChild(QPushButton, "close_without_saving") is not None)
        button = window.findChild(QPushButton, "close_without_saving")
        assert button.isVisible()
        said, title = saving(window), button.text()
        assert said.rect().width() >= said.sizeHint().width()
        keys_of = window.actions_by_name["import"].shortcuts()
        QTest.keySequence(window, keys_of[0])
        assert not window.findChildren(QDialog), "what the window holds is disabled"
        with qtbot.waitSignal(window.closed):
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert not window.isVisible()
        assert title == "Close without saving"
    finally:
        gate.set()
    assert standing(ask, db, first) == []
    again = open_window(db)
    again.loop.go(first)
    qtbot.waitUntil(lambda: again.review.item.item_id == first)
    assert [span.kind for span in again.review.draft.fixed] == ["count"]


def test_closing_does_not_wait_for_what_is_only_read(qtbot, window):
    gate = threading.Event()
    window.project.ask(lambda _: gate.wait(60))
    window.queue.refresh([window.review.item.item_id])
    try:
        assert window.close()
    finally:
        gate.set()
    assert window.close()


def test_closing_ends_the_dialogues_over_the_window_and_their_jobs(qtbot, window, tmp_path):
    dialogue = window.dialogues.import_(str(tmp_path / "photos"))
    dialogue.start.click()
    child = dialogue.running._child
    assert child.alive
    assert window.close()
    assert not child.alive
    assert not dialogue.isVisible()


@pytest.fixture
def program(qapp, settings):
    made = Program(qapp, settings)
    made.language.choose("en")
    yield made
    made.language.choose("en")


def opened(qtbot, program, path):
    window = program.open(str(path))
    qtbot.waitUntil(lambda: window.queue.is_loaded and window.review.item is not None)
    return window


def test_quitting_closes_the_other_windows_while_one_is_saving(qtbot, program, db, fill, tmp_path, writer):
    first = opened(qtbot, program, db)
    second = opened(qtbot, program, fill(rows(tmp_path / "photos", 2), name="other.db"))
    writer.lock()
    first.loop.decide("reject")
    program.quit()
    qtbot.waitUntil(lambda: not second.isVisible())
    assert program.windows == [first]
    program.quit()
    writer.release()
    qtbot.waitUntil(lambda: not first.isVisible())
    assert program.windows == []


def test_another_language_comes_when_the_window_has_saved(qtbot, program, db, writer, ask):
    window = opened(qtbot, program, db)
    item = window.review.item.item_id
    writer.lock()
    window.loop.decide("reject")
    program.speak("de")
    assert program.windows == [window]
    writer.release()
    qtbot.waitUntil(lambda: program.windows not in ([window], []))
    (anew,) = program.windows
    assert anew.menuBar().actions()[0].text() == "&Bestand"
    assert standing(ask, db, item) == ["rejected"]
    qtbot.waitUntil(lambda: not window.isVisible())
    qtbot.waitUntil(anew.close)
    assert program.windows == []


def test_quitting_while_the_language_changes_opens_no_new_window(qtbot, program, db, writer):
    window = opened(qtbot, program, db)
    writer.lock()
    window.loop.decide("reject")
    program.speak("de")
    program.quit()
    writer.release()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert program.windows == []


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
@pytest.mark.parametrize(
    "plan",
    [
        Plan(1, decisions=2, early=False, after=0, doing="import", over="about", hurry=True, lock=0, end="SIGTERM"),
        Plan(
            2, decisions=1, early=False, after=0, doing="threshold", over="problem", hurry=True, lock=0.5, end="twice"
        ),
        Plan(3, decisions=0, early=True, after=0, doing="nothing", over="nothing", hurry=False, lock=0, end="quit"),
    ],
    ids=lambda plan: plan.end,
)
def test_a_process_that_is_to_end_does_so_and_loses_no_acknowledged_decision(db, home, plan):
    ended = run(plan, db, home, seconds=60)
    assert ended.problems == ()
    assert ended.acknowledged == (0 if plan.early else plan.decisions + plan.hurry)
