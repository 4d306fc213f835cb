import pytest
from stores import FakeScorer, photo, row, rows

from captionlint.db.operations import items, predictions, queue, scorers, stats
from captionlint.db.prelabel.local import ON_THE_WEB, prelabel


def test_every_item_is_scored_once(store, tmp_path):
    items.add(store, rows(tmp_path, 10))
    scorer = FakeScorer()
    seen = []
    done = prelabel(store, scorer, batch_size=3, on_progress=seen.append)
    assert (done.done, done.failed, done.total) == (10, 0, 10)
    assert [p.done for p in seen] == [3, 6, 9, 10]
    assert stats.counts(store).predicted == 10
    again = FakeScorer()
    assert prelabel(store, again).total == 0
    assert again.seen == []


def test_captions_of_one_picture_come_together(store, tmp_path):
    a, b = photo(tmp_path, "a.png"), photo(tmp_path, "b.png", (0, 0, 1))
    items.add(store, [row(a, "first a"), row(b, "first b"), row(a, "second a"), row(b, "second b")])
    scorer = FakeScorer()
    prelabel(store, scorer, batch_size=2)
    assert scorer.seen == [["first a", "second a"], ["first b", "second b"]]


def test_failures_are_kept_with_reasons_and_tried_again_only_when_asked(store, tmp_path):
    items.add(store, [row(photo(tmp_path), "unscorable"), row(photo(tmp_path), "fine")])
    assert prelabel(store, FakeScorer()).failed == 1
    assert items.get(store, item_id=1).failure == "The caption has no words."
    assert predictions.count_failures(store) == 1
    assert prelabel(store, FakeScorer()).total == 0
    healed = FakeScorer()
    healed.result = lambda caption: FakeScorer().result(caption.replace("un", ""))
    assert prelabel(store, healed, retry_failed=True).done == 1
    # The healed scorer spoke of another caption than the item's, so nothing was kept.
    assert stats.counts(store).predicted == 1
    healed.result = lambda caption: predictions.Prediction("fake-1", caption, 0.1, ())
    prelabel(store, healed, retry_failed=True)
    assert (stats.counts(store).predicted, stats.counts(store).failed) == (2, 0)


def test_web_addresses_fail_in_place(store, tmp_path):
    a = photo(tmp_path)
    web = "https://example.org/a.jpg"
    items.add(store, [row(web, "one"), row(a, "two"), row(web, "three"), row(a, "four")])
    assert prelabel(store, FakeScorer(), batch_size=2).failed == 2
    assert items.get(store, item_id=3).failure == ON_THE_WEB
    assert items.get(store, item_id=4).prediction.caption == "four"


def test_an_interrupted_run_goes_on_where_it_stopped(store, tmp_path):
    items.add(store, rows(tmp_path, 10))

    def stop(progress):
        if progress.done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prelabel(store, FakeScorer(), batch_size=2, on_progress=stop)
    assert stats.counts(store).predicted == 4
    scorer = FakeScorer()
    assert prelabel(store, scorer).total == 6
    assert sum(map(len, scorer.seen)) == 6


def test_a_limit(store, tmp_path):
    items.add(store, rows(tmp_path, 10))
    assert prelabel(store, FakeScorer(), limit=3).done == 3
    assert prelabel(store, FakeScorer(), limit=30).done == 7


def test_a_trial_of_another_scorer_leaves_the_shown_one_until_it_has_scored_everything(store, tmp_path):
    items.add(store, [*rows(tmp_path, 9), row(photo(tmp_path), "unscorable", id="last")])
    prelabel(store, FakeScorer("first"), limit=2)
    assert scorers.current(store).version == "first", "the first one is shown from the start"
    prelabel(store, FakeScorer("first"))
    before = [(e.item_id, e.f_clip_score) for e in queue.page(store)]
    prelabel(store, FakeScorer("second", epsilon=-0.1), limit=5)
    assert scorers.current(store).version == "first"
    assert [(e.item_id, e.f_clip_score) for e in queue.page(store)] == before
    prelabel(store, FakeScorer("second"), show=False)
    assert scorers.current(store).version == "first"
    assert prelabel(store, FakeScorer("second")).total == 0
    assert scorers.current(store).version == "second", "a failure counts as done"


def test_a_scorer_is_shown_at_once_if_that_is_asked_for(store, tmp_path):
    items.add(store, rows(tmp_path, 6))
    prelabel(store, FakeScorer("first"))
    prelabel(store, FakeScorer("second"), limit=1, show=True)
    assert scorers.current(store).version == "second"


def test_an_interrupted_run_of_another_scorer_leaves_the_shown_one(store, tmp_path):
    items.add(store, rows(tmp_path, 6))
    prelabel(store, FakeScorer("first"))

    def stop(progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prelabel(store, FakeScorer("second"), batch_size=2, on_progress=stop)
    assert scorers.current(store).version == "first"


def test_a_known_scorer_keeps_its_epsilon(store, tmp_path):
    items.add(store, rows(tmp_path, 4))
    prelabel(store, FakeScorer(), limit=2)
    scorers.set_epsilon(store, epsilon=-100.0)
    prelabel(store, FakeScorer())
    assert scorers.current(store).epsilon == -100.0
    assert {e.f_clip_score for e in queue.page(store)} == {0.0}
    assert [scorers.counts(store, version=s.version).predictions for s in scorers.known(store)] == [4]
