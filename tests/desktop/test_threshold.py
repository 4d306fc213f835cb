"""The threshold in the window while the store is busy: what is shown is what the store gets, and no error is lost."""

import sqlite3
import threading
from contextlib import closing

import pytest
from PySide6.QtWidgets import QMessageBox
from stores import FakeScorer

from captionlint.db.operations import scorers
from captionlint.db.prelabel.local import prelabel
from captionlint.db.store import Store

A, B = 300, 700
"""Places of the slider."""


@pytest.fixture
def window(qtbot, open_window, fill):
    made = open_window(fill())
    qtbot.waitUntil(lambda: made.threshold.distribution is not None)
    settle(qtbot, made)
    return made


@pytest.fixture
def hold():
    """Lets the store's worker wait, as for a slow disk; gives what ends it."""
    gates = []

    def begin(window):
        gates.append(threading.Event())
        window.project.ask(lambda _, gate=gates[-1]: gate.wait(60))
        return gates[-1]

    yield begin
    for gate in gates:
        gate.set()


def settle(qtbot, window):
    qtbot.waitUntil(lambda: window.project.worker.idle)
    qtbot.wait(1)
    qtbot.waitUntil(lambda: window.project.worker.idle)


def keep(window, place):
    """The slider rests here; the threshold of this place."""
    window.screen_review.inspector.slider.setValue(place)
    window.threshold.keep()
    return window.threshold.epsilon


def refuse(path, condition):
    with closing(sqlite3.connect(path)) as other, other:
        other.execute(
            f"CREATE TRIGGER refused BEFORE UPDATE OF epsilon ON scorer WHEN {condition} "
            "BEGIN SELECT RAISE(ABORT, 'no room'); END"
        )


def stored(path, ask):
    return ask(path, scorers.current).epsilon


def test_the_threshold_before_is_kept_again_while_the_store_is_busy(qtbot, window, hold, ask):
    before = keep(window, A)
    settle(qtbot, window)
    held = hold(window)
    assert keep(window, B) != before
    assert keep(window, A) == before
    held.set()
    settle(qtbot, window)
    assert window.threshold.epsilon == before == stored(window.project.path, ask)


def test_a_threshold_that_was_read_before_does_not_replace_the_one_that_is_kept(qtbot, window, hold, ask):
    held = hold(window)
    window.threshold.load()
    wanted = keep(window, B)
    held.set()
    settle(qtbot, window)
    assert window.threshold.epsilon == wanted == stored(window.project.path, ask)


def test_the_error_of_a_threshold_is_told_when_a_newer_one_was_asked_for(qtbot, window, hold, ask):
    held = hold(window)
    first = keep(window, A)
    refuse(window.project.path, f"abs(new.epsilon - {first!r}) < 1e-12")
    entry = window.loop.history.last
    window.review.set_kind("count")  # what follows is a step of its own
    second = keep(window, B)
    with qtbot.waitSignal(window.threshold.failed):
        held.set()
    window.findChild(QMessageBox, "problem").close()
    settle(qtbot, window)
    assert window.threshold.epsilon == second == stored(window.project.path, ask)
    window.loop.undo()  # the newer threshold
    window.loop.undo()  # the kind
    assert window.loop.history.last is not entry, "it was not kept"
    settle(qtbot, window)


def test_the_thresholds_of_two_scorers_are_both_kept(qtbot, window, hold, ask):
    path = window.project.path
    first_version = window.threshold.scorer.version
    first = keep(window, A)
    settle(qtbot, window)
    with Store.open(path) as store:
        prelabel(store, FakeScorer("fake-2"))
    assert ask(path, scorers.current).version == "fake-2"
    with qtbot.waitSignal(window.threshold.changed):
        window.threshold.load()
    qtbot.waitUntil(lambda: window.threshold.scorer.version == "fake-2")
    settle(qtbot, window)
    held = hold(window)
    window.loop.undo()  # the first scorer's threshold
    second = keep(window, B)
    held.set()
    settle(qtbot, window)
    known = {s.version: s.epsilon for s in ask(path, scorers.known)}
    assert known["fake-2"] == second == window.threshold.epsilon
    assert known[first_version] != first
