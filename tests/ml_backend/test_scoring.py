"""The thread that holds the model: everything that is submitted comes back, whatever the model does."""

import threading
from pathlib import Path

import pytest
from stores import FakeScorer

from captionlint.core.prediction import Failure
from captionlint.ml_backend.predict import model_thread
from captionlint.ml_backend.predict.model_thread import Job, ScoringThread


class Fragile(FakeScorer):
    """Breaks on captions with "break", as no scorer should."""

    def result(self, caption):
        if "break" in caption:
            raise RuntimeError("out of memory")
        return super().result(caption)


@pytest.fixture
def thread():
    """Runs a thread on a scorer; `ask` submits captions, and `wait` returns the results by caption."""
    running = []

    def start(scorer):
        results, changed = {}, threading.Condition()

        def scored(some):
            with changed:
                results.update({job.caption: result for job, result in some})
                changed.notify_all()

        one = ScoringThread(lambda: scorer, on_ready=lambda _: None, on_scored=scored)
        running.append(one)

        def ask(captions):
            one.submit([Job(Path("a.png"), caption) for caption in captions])

        def wait(count):
            with changed:
                assert changed.wait_for(lambda: len(results) >= count, timeout=60)
            return results

        one.start()
        return ask, wait

    yield start
    for one in running:
        one.stop()


def test_many_requests_come_back_whole_and_in_full_batches(thread, monkeypatch):
    monkeypatch.setattr(model_thread, "TURN", 0.0)
    scorer = FakeScorer()
    ask, wait = thread(scorer)
    for first in range(0, 1000, 25):
        ask([f"xdog {number}" for number in range(first, first + 25)])
    results = wait(1000)
    assert all(result.caption == caption for caption, result in results.items())
    assert sorted(caption for batch in scorer.seen for caption in batch) == sorted(results)
    assert max(map(len, scorer.seen)) == 32


def test_a_model_that_breaks_fails_what_it_was_at_and_goes_on(thread):
    ask, wait = thread(Fragile())
    ask(["a xdog", "break", "a cat"])
    assert all(isinstance(result, Failure) for caption, result in wait(3).items() if caption == "break")
    ask(["a dog later"])
    assert not isinstance(wait(4)["a dog later"], Failure)


def test_a_model_that_cannot_be_loaded_fails_all(thread):
    def broken():
        raise RuntimeError("no such device")

    results, done = [], threading.Event()

    def scored(some):
        results.extend(some)
        done.set()

    one = ScoringThread(broken, on_ready=lambda _: None, on_scored=scored)
    one.submit([Job(Path("a.png"), "a dog"), Job(Path("a.png"), "a cat")])
    one.start()
    assert done.wait(60)
    one.stop()
    assert [(job.caption, isinstance(result, Failure)) for job, result in results] == [("a dog", True), ("a cat", True)]


def test_what_fails_before_it_began_fails_a_batch_and_not_all_that_waits():
    told = [RuntimeError("the store is away")]

    def scorer_now(scorer):
        if told:
            raise told.pop()
        return scorer

    results, done = [], threading.Event()

    def scored(some):
        results.extend(result for _, result in some)
        if len(results) == 100:
            done.set()

    one = ScoringThread(FakeScorer, on_ready=lambda _: None, on_scored=scored, scorer_now=scorer_now)
    one.submit([Job(Path("a.png"), f"a dog {number}") for number in range(100)])
    one.start()
    assert done.wait(60)
    one.stop()
    assert sum(isinstance(result, Failure) for result in results) == 32
