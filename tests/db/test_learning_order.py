"""The active order on a store."""

from stores import FakeScorer, photo, row

from db.operations import items, reviews
from db.operations.learning_order import most_instructive
from db.prelabel import prelabel
from db.store import Store


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
