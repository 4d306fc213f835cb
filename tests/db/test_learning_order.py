"""The active order on a store."""

import pytest
from stores import FakeScorer, photo, row, rows

from captionlint.db.operations import active_learning, items, queue, reviews
from captionlint.db.operations.active_learning import arrange, most_instructive
from captionlint.db.prelabel.local import prelabel
from captionlint.db.rows.filters import Filters
from captionlint.db.store import Store


def test_it_serves_pending_items_of_new_words_and_pictures(tmp_path):
    captions = ["a xdog runs", "a xdog runs fast", "a xcat sleeps", "a xcow eats", "a plain tree"]
    with Store.open(tmp_path / "a.db") as store:
        assert most_instructive(store) == ()
        pictures = [photo(tmp_path, f"{n}.png", (n, 1, 1)) for n in (0, 0, 1, 2, 3)]
        items.add(store, [row(p, c, n) for n, (p, c) in enumerate(zip(pictures, captions, strict=True))])
        prelabel(store, FakeScorer())
        ids = list(items.ids(store))
        order = most_instructive(store)
        assert sorted(order) == ids
        assert abs(order.index(ids[0]) - order.index(ids[1])) > 1
        reviews.accept(store, item_id=ids[0], annotator="ana")
        after = most_instructive(store)
        assert ids[0] not in after
        assert after.index(ids[1]) > after.index(ids[2])
        assert len(most_instructive(store, count=2)) == 2


@pytest.fixture
def arranged(store, tmp_path, monkeypatch):
    """30 items, 26 of them scored; the order begins with eight, chosen anew when two are left."""
    monkeypatch.setattr(active_learning, "LESSONS", 8)
    items.add(store, rows(tmp_path, 30))
    prelabel(store, FakeScorer(), limit=26)
    arrange(store)
    return store


def ids(entries):
    return [entry.item_id for entry in entries]


def test_the_queue_begins_with_the_chosen_and_goes_on_by_uncertainty(arranged):
    order = queue.item_ids(arranged, order="instructive")
    chosen = most_instructive(arranged, count=8)
    assert order[:8] == chosen
    assert order[8:] == tuple(i for i in queue.item_ids(arranged, order="uncertain") if i not in chosen)


def test_pages_join_both_ways_with_and_without_filters(arranged):
    for filters in (Filters(), Filters(text="x1"), Filters(predicted=False)):
        whole = queue.item_ids(arranged, order="instructive", filters=filters)
        for limit in (1, 3, 5):
            seen, after = [], None
            while page := queue.page(arranged, order="instructive", filters=filters, after=after, limit=limit):
                seen += ids(page)
                after = seen[-1]
            assert tuple(seen) == whole
        back = whole[-1:]
        while found := queue.preceding(arranged, order="instructive", filters=filters, before=back[0]):
            back = (found.item_id, *back)
        assert back == whole


def test_what_was_decided_stays_in_front_until_new_ones_are_chosen(arranged):
    pending = Filters(status=("pending",))
    first = queue.item_ids(arranged, order="instructive")
    for item_id in first[:5]:
        reviews.accept(arranged, item_id=item_id, annotator="ana")
        arrange(arranged)
    assert queue.item_ids(arranged, order="instructive") == first
    reviews.accept(arranged, item_id=first[5], annotator="ana")
    arrange(arranged)
    anew = queue.item_ids(arranged, order="instructive")
    assert anew[:6] == first[:6]
    assert anew[6:14] == most_instructive(arranged, count=8)
    assert queue.following(arranged, order="instructive", filters=pending, after=first[5]).item_id == anew[6]


def test_another_scorer_chooses_anew(arranged):
    prelabel(arranged, FakeScorer("fake-2"), limit=3, show=True)
    arrange(arranged)
    chosen = most_instructive(arranged)
    assert len(chosen) == 3
    assert queue.item_ids(arranged, order="instructive")[:3] == chosen
