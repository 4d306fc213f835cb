import pytest
from stores import FakeScorer, photo, row

from captionlint.core.review import Span
from captionlint.db.operations import items, queue, reviews, stats
from captionlint.db.operations.merge import merge
from captionlint.db.prelabel.local import prelabel
from captionlint.db.store import Store


@pytest.fixture
def full(store, tmp_path):
    a = photo(tmp_path)
    items.add(store, [row(a, c) for c in ("a xcat sleeps", "a xdog runs", "a bird xsings", "a cow", "unscorable")])
    prelabel(store, FakeScorer())
    return store


def test_counts(full):
    reviews.accept(full, item_id=1, annotator="ana")
    reviews.skip(full, item_id=2, annotator="ana")
    reviews.reject(full, item_id=3, annotator="ana")
    counts = stats.counts(full)
    assert (counts.items, counts.predicted, counts.failed, counts.reviewed) == (5, 4, 1, 2)
    assert counts.by_status == {"pending": 2, "accepted": 1, "corrected": 0, "rejected": 1, "skipped": 1}
    assert (counts.scorer_version, counts.epsilon) == ("fake-1", -0.01)


def test_marks_are_measured_against_reviews(full):
    reviews.accept(full, item_id=1, annotator="ana", seconds=2)  # kept: xcat
    # removed: xdog; added by hand: runs (an action)
    reviews.correct(full, item_id=2, annotator="ana", spans=[Span(7, 11, "action")], seconds=4)
    # changed: "bird xsings" in place of xsings
    reviews.correct(full, item_id=3, annotator="ben", spans=[Span(2, 13, "object")], seconds=9)
    reviews.accept(full, item_id=4, annotator="ana")
    reviews.reject(full, item_id=4, annotator="ben", seconds=1)  # counts for nothing but its time
    quality = stats.quality(full)
    assert quality.words == stats.Hits(right=2, wrong=1, missed=2)
    assert quality.words.precision == pytest.approx(2 / 3)
    assert quality.words.recall == pytest.approx(1 / 2)
    assert quality.words.f1 == pytest.approx(4 / 7)
    assert quality.spans == stats.Hits(right=1, wrong=2, missed=2)
    assert quality.marks == {"kept": 1, "removed": 1, "added": 1, "changed": 1}
    assert quality.kinds["action"] == stats.Hits(right=0, missed=1)
    assert quality.kinds["object"] == stats.Hits(right=1, missed=1)
    assert quality.seconds == {"ana": [2, 4], "ben": [9, 1]}
    assert stats.typical_seconds([2, 4, 9]) == (4, 5)


def test_blind_items_count_for_recall_but_not_for_what_became_of_marks(full):
    queue.set_blind_share(full, share=1)
    reviews.correct(full, item_id=1, annotator="ana", spans=[Span(2, 6)])
    quality = stats.quality(full)
    assert quality.blind == stats.Hits(right=1)
    assert not quality.marks


def test_what_became_of_marks_is_told_of_the_scorer_that_made_them(full, tmp_path):
    reviews.accept(full, item_id=1, annotator="ana")
    prelabel(full, FakeScorer("fake-2"))
    quality = stats.quality(full)
    assert (quality.words, quality.marks, quality.other_marks) == (stats.Hits(right=1), {}, 1)
    reviews.accept(full, item_id=2, annotator="ana")
    quality = stats.quality(full)
    assert (quality.marks, quality.other_marks) == ({"kept": 1}, 1)
    with Store.open(tmp_path / "home.db") as home:
        captions = [items.get(full, item_id=item_id).caption for item_id in (1, 2)]
        items.add(home, [row(tmp_path / "a.png", caption) for caption in captions])
        for version in ("fake-1", "fake-2"):
            prelabel(home, FakeScorer(version))
        merge(home, other=full)
        quality = stats.quality(home)
    assert (quality.marks, quality.other_marks) == ({"kept": 1}, 1)


def test_without_reviews_there_are_no_ratios(full):
    quality = stats.quality(full)
    assert (quality.words.precision, quality.words.recall, quality.words.f1) == (None, None, None)
    assert stats.agreement(full) == ()
    assert stats.overall(()) == (None, 0)
    assert stats.typical_seconds([]) == (None, None)


def test_kappa_of_constant_labels_is_unknown(full):
    reviews.accept(full, item_id=4, annotator="ana")
    reviews.accept(full, item_id=4, annotator="ben")
    assert stats.agreement(full)[0].kappa is None
