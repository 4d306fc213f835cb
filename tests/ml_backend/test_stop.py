"""Ending the backend: whoever waits is told so at once, nothing more is taken, and no thread is waited for for ever."""

import threading
import time
from pathlib import Path

import pytest
from label_studio_requests import task
from stores import FakeScorer, photo

from captionlint.core.errors import ModelError
from captionlint.core.formats.label_studio.names import OWN
from captionlint.ml_backend.label_studio.tasks import task_of
from captionlint.ml_backend.predict import model_thread
from captionlint.ml_backend.predict.model_thread import Job, ScoringThread
from captionlint.ml_backend.reviews import webhooks

ENOUGH = 30
"""Seconds that a thread gets to come back, of the 90 that a request may take."""


@pytest.fixture
def held():
    """An event that holds something up until the test is over."""
    event = threading.Event()
    yield event
    event.set()


def started(work):
    """A thread that does the work, and the list that gets what came of it."""
    came = []

    def run():
        try:
            came.append(work())
        except Exception as error:
            came.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, came


def asked(backend, number=1):
    """Asks for a task's marks in a thread of its own."""
    return started(lambda: backend.service.answer([task_of(task(number, f"a xdog {number}"), OWN)], OWN))


def until(condition):
    for _ in range(ENOUGH * 100):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to be")


def test_stop_ends_requests_that_wait_for_an_image(start, held, monkeypatch):
    backend = start()
    backend.service.marking(timeout=ENOUGH)
    fetching = threading.Event()

    def find(*_, **__):
        fetching.set()
        held.wait(60)

    monkeypatch.setattr(backend.service.homes._pictures, "find", find)
    threads = [asked(backend, number) for number in range(20)]  # of which 8 are being fetched, the others queue
    assert fetching.wait(ENOUGH)
    until(lambda: len(backend.service._in_flight._open) == 20)
    backend.service.stop()
    for thread, came in threads:
        thread.join(ENOUGH)
        assert not thread.is_alive()
        assert "result" not in came[0][0]  # so that Label Studio asks again


def test_stop_ends_requests_that_wait_for_the_model(start, held, monkeypatch):
    class Slow(FakeScorer):
        def result(self, caption):
            held.wait(60)
            return super().result(caption)

    monkeypatch.setattr(model_thread, "PATIENCE", 0.1)
    backend = start(Slow())
    backend.service.marking(timeout=ENOUGH)
    picture = Path(photo(backend.store.path.parent))
    thread, came = started(
        lambda: backend.service.score(picture, "a xdog", until=time.monotonic() + backend.service.deadline)
    )
    until(lambda: backend.service._in_flight._open)
    backend.service.stop()
    thread.join(ENOUGH)
    assert (thread.is_alive(), came) == (False, [None])


def test_what_comes_after_stop_is_refused_at_once(start):
    backend = start()
    backend.service.marking(timeout=ENOUGH)
    backend.service.stop()
    thread, came = asked(backend)
    thread.join(ENOUGH)
    assert not thread.is_alive()
    assert "result" not in came[0][0]
    assert backend.service.score(Path("a.png"), "a xdog", until=time.monotonic() + 60) is None
    assert not backend.service._in_flight.scoring.submit([Job(Path("a.png"), "a dog")])


def test_stop_does_not_wait_for_a_model_that_is_being_loaded(held, monkeypatch):
    monkeypatch.setattr(model_thread, "PATIENCE", ENOUGH * 3)
    ready, finished = [], threading.Event()

    def load():
        held.wait(60)
        finished.set()
        return FakeScorer()

    one = ScoringThread(load, on_ready=ready.append, on_scored=lambda _: None)
    one.start()
    waiter, came = started(lambda: one.ready(timeout=ENOUGH * 3))
    stopper, _ = started(one.stop)
    for thread in (stopper, waiter):
        thread.join(ENOUGH)
        assert not thread.is_alive()
    assert isinstance(came[0], ModelError)
    held.set()
    assert finished.wait(ENOUGH)
    one._thread.join(ENOUGH)
    assert (ready, one.scorer) == ([], None)  # the store may be closed by now


def test_stop_of_a_thread_that_never_began(start):
    one = ScoringThread(FakeScorer, on_ready=lambda _: None, on_scored=lambda _: None)
    one.stop()
    with pytest.raises(ModelError, match="is ending"):
        one.ready(timeout=ENOUGH)


def test_stop_of_the_inbox_does_not_wait_for_learning(start, held, monkeypatch):
    learning = threading.Event()

    def learn(*_):
        learning.set()
        held.wait(60)
        return "learned"

    monkeypatch.setattr(webhooks, "learn", learn)
    monkeypatch.setattr(webhooks, "STOPPING", 0.1)
    backend = start()
    backend.service.marking(timeout=ENOUGH)
    assert backend.inbox.take(webhooks.TRAINING, {})
    assert learning.wait(ENOUGH)
    stopper, _ = started(backend.inbox.stop)
    stopper.join(ENOUGH)
    assert not stopper.is_alive()
    assert backend.ledger.counts()["waiting"] == 1  # the next start applies it
    held.set()
    backend.inbox._thread.join(ENOUGH)
