"""What a person or a run repeats costs the same in a store of 2,000 items and in one of 20,000."""

import pytest
from growth import Cost, measured
from stores import FakeScorer, rows

from db.operations import items, scorers, vocabulary
from db.prelabel import prelabel
from db.store import Store

SIZES = (2_000, 20_000)
WAITING = 200


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


def same(sized, work):
    """Asserts that ten times the items cost no more statements, and no more than some steps more."""
    small, large = sized.compare(work)
    assert small.statements
    assert large.statements <= small.statements, (small, large)
    assert large.steps <= 1.2 * small.steps + 500, (small, large)


def test_a_batch_of_prelabelling_costs_the_same(sized):
    def batches(store, cost):
        seen = []
        prelabel(store, FakeScorer(), batch_size=10, limit=100, on_progress=lambda _: seen.append(cost.now()))
        return seen[-1] - seen[0]  # behind the count of what is left, which is made once

    same(sized, batches)


def test_asking_which_scorer_is_shown_costs_the_same(sized):
    same(sized, lambda store, _: scorers.current(store))


def test_never_marking_a_rare_word_costs_the_same(sized):
    same(sized, lambda store, _: vocabulary.ignore(store, word="x777"))
