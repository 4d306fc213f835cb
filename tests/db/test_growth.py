"""What a person or a run repeats costs the same in a store of 2,000 items and in one of 20,000."""

from dataclasses import replace

import pytest
from growth import Cost, measured
from stores import FakeScorer, rows

from captionlint.db.operations import (
    active_learning,
    ignored_words,
    items,
    queue,
    queue_rows,
    reviews,
    scorers,
)
from captionlint.db.operations import (
    undo as history,
)
from captionlint.db.prelabel.local import prelabel
from captionlint.db.rows.filters import Filters
from captionlint.db.store import Store

SIZES = (2_000, 20_000)
WAITING = 200
PENDING = Filters(status=("pending",))


class Sized:
    """The same store in two sizes: all items but the last `WAITING` are scored."""

    def __init__(self, folder):
        self.stores = []
        for size in SIZES:
            place = folder / str(size)
            place.mkdir()
            store = Store.open(place / "review.db")
            items.add(store, rows(place, size, captions_per_photo=10))
            prelabel(store, FakeScorer(), batch_size=1000, limit=size - WAITING)
            self.stores.append(store)

    def compare(self, work):
        """The cost of `work` on the small store and on the large one; of a part of it, if `work` returns that cost."""
        found = []
        for store in self.stores:
            with measured() as cost:
                part = work(store, cost)
            found.append(part if isinstance(part, Cost) else cost)
        return found


@pytest.fixture(scope="module")
def sized(tmp_path_factory):
    made = Sized(tmp_path_factory.mktemp("growth"))
    yield made
    for store in made.stores:
        store.close()


def same(sized, work, *, most=1.2):
    """Asserts that ten times the items cost no more statements, and at most `most` times the steps."""
    small, large = sized.compare(work)
    assert small.statements
    assert large.statements <= small.statements, (small, large)
    assert large.steps <= most * small.steps + 500, (small, large)


def test_a_batch_of_prelabelling_costs_the_same(sized):
    def batches(store, cost):
        seen = []
        prelabel(store, FakeScorer(), batch_size=10, limit=100, on_progress=lambda _: seen.append(cost.now()))
        return seen[-1] - seen[0]  # behind the count of what is left, which is made once

    same(sized, batches)


def test_asking_which_scorer_is_shown_costs_the_same(sized):
    same(sized, lambda store, _: scorers.current(store))


def test_never_marking_a_rare_word_costs_the_same(sized):
    same(sized, lambda store, _: ignored_words.ignore(store, word="x777"))


@pytest.mark.parametrize("order", ["suspicious", "uncertain", "instructive", "random", "file"])
def test_a_decision_and_the_next_item_cost_the_same(sized, order):
    def decide(store, cost):
        here = queue.following(store, order=order, filters=PENDING)
        cost.forget()
        reviews.accept(store, item_id=here.item_id, annotator="ana", seconds=1.0)
        after = queue.following(store, order=order, filters=PENDING, after=here.item_id)
        items.get(store, item_id=after.item_id, annotator="ana")
        history.undoable(store, annotator="ana"), history.redoable(store, annotator="ana")
        queue.remember(store, annotator="ana", item_id=after.item_id)
        queue_rows.read(store, item_ids=[here.item_id])

    same(sized, decide)


@pytest.mark.parametrize("order", ["suspicious", "uncertain", "instructive", "random", "file"])
def test_a_page_of_the_queue_costs_the_same_wherever_it_is(sized, order):
    def pages(store, cost):
        ids = queue.item_ids(store, order=order)
        cost.forget()
        for here in (None, ids[len(ids) // 2], ids[-100]):
            queue.page(store, order=order, after=here, limit=64)
            queue.page(store, order=order, filters=PENDING, after=here, limit=64)
        queue.preceding(store, order=order, before=ids[len(ids) // 2])
        queue.preceding(store, order=order, filters=PENDING, before=ids[len(ids) // 2])

    same(sized, pages)


def test_undo_and_redo_cost_the_same(sized):
    def undo(store, _):
        reviews.reject(store, item_id=7, annotator="ben")
        history.undo(store, annotator="ben")
        history.redo(store, annotator="ben")
        history.undo(store, annotator="ben")

    same(sized, undo)


def test_a_search_that_finds_one_item_costs_the_same(sized):
    def search(store, cost):
        last = f"x{items.count(store) - 1}"
        cost.forget()
        for filters in (Filters(text=last), Filters(word=last), Filters(text=last, status=("pending",))):
            assert len(queue.item_ids(store, filters=filters)) == 1
            queue.count(store, filters=filters)
            queue.page(store, filters=filters)

    same(sized, search)


@pytest.mark.parametrize("order", ["suspicious", "uncertain", "random", "file"])
def test_the_next_item_of_a_search_for_a_frequent_word_costs_the_same(sized, order):
    def search(store, cost):
        middle = queue.item_ids(store, order=order)[items.count(store) // 2]
        cost.forget()
        for filters in (Filters(text="do"), Filters(word="dog", status=("pending",)), Filters(text="number runs")):
            queue.page(store, order=order, filters=filters, limit=64)
            assert queue.following(store, order=order, filters=filters, after=middle)

    same(sized, search, most=1.5)  # the full text's index is a level deeper


@pytest.mark.parametrize("order", ["suspicious", "uncertain", "random", "file"])
def test_the_next_item_of_a_filter_costs_the_same(sized, order):
    ways = (
        Filters(annotator="ana", status=("pending",)),
        Filters(score=(-9, 0.0)),
        Filters(predicted=True),
        Filters(blind=False, status=("pending", "skipped")),
    )

    def narrow(store, _):
        for filters in ways:
            assert queue.following(store, order=order, filters=filters)
        assert queue.following_marked(store, order=order, filters=PENDING)

    same(sized, narrow)


def test_a_batch_of_an_import_costs_the_same(sized, tmp_path):
    def batch(store, _):
        folder = tmp_path / f"{items.count(store)}"
        folder.mkdir()
        items.add(store, [replace(given, id=f"new-{given.id}") for given in rows(folder, 100)])
        items.add(store, [replace(given, id=None) for given in rows(folder, 50)])

    same(sized, batch)


def test_a_part_of_a_threshold_costs_the_same(sized):
    def part(store, cost):
        now = scorers.current(store).epsilon
        scorers.set_epsilon(store, epsilon=now - 0.001, finish=False)
        parts = scorers.rank_in_parts(store)
        next(parts)
        cost.forget()
        next(parts)
        parts.close()
        done = cost.now()
        scorers.finish_ranking(store)
        return done

    same(sized, part)


def test_a_part_of_never_marking_a_frequent_word_costs_the_same(sized):
    def part(store, cost):
        ignored_words.ignore(store, word="dog", finish=False)
        parts = scorers.rank_in_parts(store)
        next(parts)
        cost.forget()
        next(parts)
        parts.close()
        done = cost.now()
        scorers.finish_ranking(store)
        ignored_words.heed(store, word="dog")
        return done

    same(sized, part)


def test_choosing_what_teaches_most_costs_the_same(sized):
    same(sized, lambda store, _: active_learning.most_instructive(store))


@pytest.mark.parametrize("work", [queue_rows.distribution_in_parts, ignored_words.words_in_parts])
def test_a_part_of_reading_everything_costs_the_same(sized, work):
    def part(store, cost):
        parts = work(store)
        cost.forget()
        next(parts)
        parts.close()

    same(sized, part)
