"""Work off the window's thread: what is refused, what is dropped, and that no wait is without an end."""

import threading

import pytest

from captionlint.desktop.background.worker import Background


@pytest.fixture
def pool(qapp):
    made = Background(name="test")
    yield made
    made.stop(seconds=10)


@pytest.fixture
def gate(pool):
    """The pool is at work until this is set."""
    opened, begun = threading.Event(), threading.Event()

    def wait():
        begun.set()
        assert opened.wait(60)

    pool.ask(wait, lambda _: None)
    assert begun.wait(60)
    yield opened
    opened.set()


def test_a_job_asked_for_after_the_stop_is_refused_and_nobody_waits_for_it(pool):
    told = []
    pool.stop(seconds=10)
    pool.ask(lambda: told.append("ran"), told.append, failed=told.append, must=True)
    assert pool.settle(60)
    assert pool.idle
    assert not pool.owes
    assert told == []


def test_the_stop_waits_for_no_job_drops_its_answer_and_ends_behind_it(qtbot, pool, gate):
    told, ended = [], []
    pool.ask(lambda: told.append("ran"), told.append, failed=told.append, must=True)
    pool.stop(lambda: ended.append(threading.current_thread().name))
    assert ended == [], "a job is running"
    gate.set()
    qtbot.waitUntil(lambda: bool(ended))
    assert ended == ["test-0"]
    assert told == []


def test_settling_ends_after_its_time_and_hands_over_what_is_there(pool, gate):
    told = []
    pool.ask(lambda: 1, told.append, must=True)
    assert not pool.settle(0.01)
    assert (told, pool.owes) == ([], True)
    gate.set()
    assert pool.settle(60)
    assert (told, pool.owes) == ([1], False)


def test_settling_waits_for_no_job_that_need_not_be_done(pool, gate):
    assert pool.settle(60), "the gate is closed"


def test_at_the_end_only_what_must_be_done_is_done(qtbot, pool, gate):
    told = []
    pool.ask(lambda: "read", told.append)
    pool.ask(lambda: "old value", told.append, topic="value")
    pool.ask(lambda: "change", told.append, must=True)
    pool.ask(lambda: "next change", told.append, must=True)
    pool.finish()
    pool.ask(lambda: "late read", told.append)
    pool.ask(lambda: "late change", told.append, must=True)
    with qtbot.waitSignal(pool.settled):
        gate.set()
    assert told == ["change", "next change", "late change"]
    pool.resume()
    pool.ask(lambda: "read again", told.append)
    qtbot.waitUntil(lambda: told[-1] == "read again")


def test_what_must_be_done_and_fails_is_settled_too(qtbot, pool):
    told = []
    with qtbot.waitSignal(pool.settled):
        pool.ask(lambda: 1 / 0, told.append, failed=lambda error: told.append(type(error)), must=True)
    assert told == [ZeroDivisionError]


def test_what_must_be_done_replaces_nothing(pool):
    with pytest.raises(ValueError, match="topic"):
        pool.ask(lambda: None, print, must=True, topic="value")
