from contextlib import contextmanager

import pytest
from sqlalchemy import event
from stores import FakeScorer, photo, row, rows

from captionlint.core.errors import StoreError, UsageError
from captionlint.core.review import Span
from captionlint.db.operations import ignored_words, items, queue, queue_rows, reviews, scorers
from captionlint.db.prelabel.local import prelabel
from captionlint.db.rows import paging, parts, ranking
from captionlint.db.rows.filters import Filters


@pytest.fixture
def full(store, tmp_path):
    items.add(store, rows(tmp_path, 20))
    prelabel(store, FakeScorer(), limit=16)
    return store


def ids(entries):
    return [entry.item_id for entry in entries]


def test_the_most_suspicious_come_first_and_the_unscored_last(full):
    entries = queue.page(full)
    scores = [e.f_clip_score for e in entries]
    assert scores[:16] == sorted(scores[:16])
    assert scores[0] < 0
    assert scores[16:] == [None] * 4


def test_the_least_certain_come_first(full):
    margins = [e.margin for e in queue.page(full, order="uncertain")]
    assert margins[:16] == sorted(margins[:16])


@pytest.mark.parametrize("order", ["suspicious", "uncertain", "instructive", "random", "file"])
def test_pages_join_into_the_whole_queue_both_ways(full, order):
    whole = queue.item_ids(full, order=order)
    assert sorted(whole) == list(items.ids(full))
    seen, after = [], None
    while page := queue.page(full, order=order, after=after, limit=3):
        seen += ids(page)
        after = seen[-1]
    assert tuple(seen) == whole
    assert queue.following(full, order=order, after=whole[4]).item_id == whole[5]
    assert queue.preceding(full, order=order, before=whole[5]).item_id == whole[4]
    assert queue.following(full, order=order, after=whole[-1]) is None
    assert ids(queue.entries(full, item_ids=whole[:3])) == list(whole[:3])


@pytest.mark.parametrize("order", ["suspicious", "uncertain", "instructive", "random", "file"])
def test_the_next_marked_item_is_found_past_unmarked_and_blind_ones(full, order):
    queue.set_blind_share(full, share=0.3)
    reviews.accept(full, item_id=2, annotator="ana")
    pending = Filters(status=("pending",))
    whole = queue.page(full, order=order, filters=pending)
    marked = [e.item_id for e in whole if e.f_clip_score is not None and e.f_clip_score < 0 and not e.blind]
    assert 2 < len(marked) < 8, "some marked items are blind"
    seen, after = [], None
    while entry := queue.following_marked(full, order=order, filters=pending, after=after):
        seen.append(entry.item_id)
        after = entry.item_id
    assert seen == marked


def test_the_next_marked_item_is_one_query_however_far_ahead_it_is(full):
    for item_id in list(items.ids(full))[:15]:
        reviews.accept(full, item_id=item_id, annotator="ana")
    for after in (None, 1, 15):
        with counted(full) as statements:
            found = queue.following_marked(full, order="file", filters=Filters(status=("pending",)), after=after)
        assert found.item_id == 16
        assert len([s for s in statements if "item.caption" in s]) == 1


@contextmanager
def counted(store):
    """The statements that are run meanwhile."""
    statements = []

    def take(_connection, _cursor, statement, *_):
        statements.append(statement)

    event.listen(store._reader, "before_cursor_execute", take)
    yield statements
    event.remove(store._reader, "before_cursor_execute", take)


def test_random_order_is_the_same_every_time_and_not_file_order(full):
    assert queue.item_ids(full, order="random") == queue.item_ids(full, order="random")
    assert queue.item_ids(full, order="random") != queue.item_ids(full, order="file")


def test_the_queue_goes_on_from_an_item_that_was_just_decided(full):
    pending = Filters(status=("pending",))
    first, second = queue.page(full, filters=pending, limit=2)
    reviews.accept(full, item_id=first.item_id, annotator="ana")
    assert queue.following(full, filters=pending, after=first.item_id) == second
    assert queue.count(full, filters=pending) == 19


def test_filters(full):
    one, two, three = list(items.ids(full))[:3]
    reviews.correct(full, item_id=one, annotator="ana", spans=[Span(2, 5, "attribute")])
    reviews.accept(full, item_id=two, annotator="ben")
    reviews.skip(full, item_id=three, annotator="ana")

    def found(**conditions):
        return ids(queue.page(full, order="file", filters=Filters(**conditions)))

    assert found(status=("corrected", "accepted")) == [one, two]
    assert found(annotator="ana") == [one, three]
    assert found(annotator="ana", status=("skipped",)) == [three]
    assert len(found(annotator="ana", status=("pending",))) == 18
    assert found(kind="attribute") == [one]
    assert found(kind="action") == []
    assert found(word="X3") == [4]
    assert found(word="x1") == [2]
    assert found(text="x1 dog") == ids(queue.page(full, order="file", filters=Filters(text="dog x1")))
    assert set(found(text="x1")) == {2, 12, 14, 16, 18, 20}
    assert found(text='"; DROP * NEAR(') == []
    assert len(found(predicted=False)) == 4
    assert len(found(score=(-100, -0.01))) == 8
    assert found(score=(-100, -0.01), status=("accepted",)) == [two]
    assert found(blind=True) == []
    queue.set_blind_share(full, share=0.5)
    assert 0 < len(found(blind=True)) < 20
    assert len(found(blind=True)) + len(found(blind=False)) == 20


def test_full_text_over_other_scripts_and_accents(store, tmp_path):
    a = photo(tmp_path)
    items.add(store, [row(a, "一只狗在沙发上"), row(a, "Un Café noir"), row(a, "100% sure_thing")])

    def found(**conditions):
        return ids(queue.page(store, order="file", filters=Filters(**conditions)))

    assert found(text="狗") == [1]
    assert found(text="CAFÉ") == [2]
    assert found(word="caf") == []
    assert found(text="%") == [3]


def test_full_text_follows_an_update(store, tmp_path):
    a = photo(tmp_path)
    items.add(store, [row(a, "a cat", id="7")])
    items.add(store, [row(a, "a dog", id="7")], update=True)
    assert queue.count(store, filters=Filters(text="cat")) == 0
    assert queue.count(store, filters=Filters(text="dog")) == 1


def test_another_scorer_orders_anew(full):
    other = FakeScorer("fake-2")
    other.result = lambda caption: FakeScorer("fake-2").result(caption.replace("red", "xred"))
    before = queue.page(full)
    prelabel(full, FakeScorer("fake-2"), limit=4, show=True)
    assert scorers.current(full).version == "fake-2"
    assert [e.f_clip_score is not None for e in queue.page(full)].count(True) == 4
    scorers.choose(full, version="fake-1")
    assert queue.page(full) == before


def test_each_annotator_has_a_place(full):
    assert queue.position(full, annotator="ana") is None
    queue.remember(full, annotator="ana", item_id=3)
    queue.remember(full, annotator="ben", item_id=5)
    assert queue.position(full, annotator="ana") == 3


def test_what_is_not_there_is_said(full):
    with pytest.raises(UsageError, match="suspicious"):
        queue.page(full, order="alphabetical")
    with pytest.raises(StoreError, match="no item 999"):
        queue.page(full, after=999)


def test_words_that_are_never_marked_are_not_counted_as_flagged(full):
    before = queue_rows.distribution(full)
    words, captions = before.flagged(-0.01)
    assert words == captions == 8  # half of sixteen captions hold one xN
    ignored_words.ignore(full, word="x1")
    ignored_words.ignore(full, word="dog")
    after = queue_rows.distribution(full)
    assert after.flagged(-0.01) == (7, 7)
    assert after.flagged(1.0)[0] == before.flagged(1.0)[0] - 16 - 1
    ignored_words.heed(full, word="x1")
    assert queue_rows.distribution(full).flagged(-0.01) == (8, 8)


def test_a_word_that_is_never_marked_makes_no_item_suspicious(store, tmp_path):
    path = photo(tmp_path, "a.png")
    items.add(store, [row(path, "a xred dog", id="1"), row(path, "a dog", id="2"), row(path, "a xRED xcat", id="3")])
    prelabel(store, FakeScorer())
    before = {e.item_id: e.f_clip_score for e in queue.page(store)}
    ignored_words.ignore(store, word="xred")
    after = {e.item_id: e.f_clip_score for e in queue.page(store)}
    assert (after[1], after[2]) == (0, before[2])
    assert before[3] < after[3] < 0
    scorers.set_epsilon(store, epsilon=-1e-6)
    assert queue.entries(store, item_ids=[1])[0].f_clip_score == 0
    prelabel(store, FakeScorer(version="other"))
    scorers.choose(store, version="other")
    assert queue.entries(store, item_ids=[1])[0].f_clip_score == 0
    ignored_words.heed(store, word="xred")
    assert {e.item_id: e.f_clip_score for e in queue.page(store)} == before


def test_a_ranking_that_was_interrupted_is_finished(full, monkeypatch):
    monkeypatch.setattr(ranking, "PORTION", 3)
    wanted = {e.item_id: e.f_clip_score for e in queue.page(full)}
    scorers.set_epsilon(full, epsilon=-100.0)
    assert {e.f_clip_score for e in queue.page(full)} == {0.0, None}
    scorers.set_epsilon(full, epsilon=-0.01, finish=False)

    def stop(done, total):
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scorers.finish_ranking(full, on_progress=stop)
    assert {e.item_id: e.f_clip_score for e in queue.page(full)} != wanted
    scorers.finish_ranking(full)
    assert {e.item_id: e.f_clip_score for e in queue.page(full)} == wanted


def test_ids_read_in_parts_hold_no_item_twice_when_its_rank_changes_meanwhile(full, monkeypatch):
    monkeypatch.setattr(queue, "_PART", 2)
    whole = queue.item_ids(full)
    reading = queue.item_ids_in_parts(full)
    next(reading)
    with full.writing() as session:
        ranking.rank_items(session, [(whole[0], 1000.0, 1000.0)])
    assert parts.whole(reading) == whole, "the first one stands where it was"


@pytest.mark.parametrize("near", [3, 1000])
def test_pages_and_steps_give_the_whole_queue_in_its_order(full, monkeypatch, near):
    monkeypatch.setattr(paging, "NEAR", near)
    monkeypatch.setattr(paging, "_SOME", near)
    for number in (1, 4, 5, 6, 7, 8, 9):
        reviews.accept(full, item_id=number, annotator="ana")
    reviews.skip(full, item_id=12, annotator="ben")
    ways = (
        Filters(),
        Filters(status=("pending",)),
        Filters(status=("skipped", "rejected")),
        Filters(status=("pending",), annotator="ana"),
        Filters(annotator="ana"),
        Filters(text="do", status=("accepted",)),
        Filters(word="dog", text="number"),
        Filters(word="x3"),
        Filters(predicted=False),
        Filters(blind=False, score=(-1, 0)),
    )
    for order in ("suspicious", "uncertain", "instructive", "random", "file"):
        for filters in ways:
            whole = queue.item_ids(full, order=order, filters=filters)
            paged, after = [], None
            while page := queue.page(full, order=order, filters=filters, after=after, limit=2):
                paged += [entry.item_id for entry in page]
                after = paged[-1]
            assert tuple(paged) == whole, (order, filters)
            monkeypatch.setattr(queue, "_PART", 2)
            assert parts.whole(queue.item_ids_in_parts(full, order=order, filters=filters)) == whole, (order, filters)
            back = [queue.preceding(full, order=order, filters=filters, before=i) for i in whole[::-1]]
            assert [e.item_id for e in back if e] == list(whole[-2::-1]), (order, filters)
