import tracemalloc

import pytest
from stores import FakeScorer, row, rows

from captionlint.core.errors import StoreError, UsageError
from captionlint.core.review import Span
from captionlint.db.operations import ignored_words, items, queue, reviews, scorers, stats, undo
from captionlint.db.operations import split as dealing
from captionlint.db.operations.merge import merge
from captionlint.db.operations.split import split
from captionlint.db.prelabel.local import prelabel
from captionlint.db.store import Store


@pytest.fixture
def home(store, tmp_path):
    items.add(store, rows(tmp_path, 60, captions_per_photo=3))
    prelabel(store, FakeScorer())
    queue.set_blind_share(store, share=0.3)
    ignored_words.ignore(store, word="of")
    return store


@pytest.fixture
def parts(home, tmp_path):
    return split(home, annotators=["ana", "ben"], folder=tmp_path / "out", overlap=0.1)


def contents(store):
    return {(e.image, e.caption): e for e in queue.page(store, limit=1000)}


def review_everything(path, annotator, decide=reviews.accept):
    with Store.open(path) as store:
        for item_id in items.ids(store):
            decide(store, item_id=item_id, annotator=annotator)


def test_everything_is_dealt_out_with_a_shared_part(home, parts, tmp_path):
    ana, ben = parts
    assert (ana.shared, ben.shared) == (6, 6)
    assert (ana.items, ben.items) == (33, 33)
    with Store.open(ana.path) as one, Store.open(ben.path) as two:
        mine, yours = contents(one), contents(two)
        assert mine.keys() | yours.keys() == contents(home).keys()
        assert len(mine.keys() & yours.keys()) == 6
        # All captions of a picture go the same way.
        only = {image for image, _ in mine.keys() - yours.keys()}
        assert not only & {image for image, _ in yours}
        # Marks, order, blind items and the list of words go along.
        entry = queue.page(one)[0]
        there = items.get(home, item_id=items.find(home, source_id=entry.source_id))
        here = items.get(one, item_id=entry.item_id)
        assert (here.prediction, here.marks, here.blind) == (there.prediction, there.marks, there.blind)
        assert entry.f_clip_score is not None
        assert scorers.current(one).version == "fake-1"
        assert ignored_words.ignored(one) == ("of",)


def test_the_same_store_is_always_dealt_the_same_way(home, parts, tmp_path):
    again = split(home, annotators=["ana", "ben"], folder=tmp_path / "again", overlap=0.1)
    for one, two in zip(parts, again, strict=True):
        with Store.open(one.path) as a, Store.open(two.path) as b:
            assert contents(a).keys() == contents(b).keys()


def test_what_is_decided_already_is_not_dealt_out(home, tmp_path):
    for item_id in list(items.ids(home))[:30]:
        reviews.accept(home, item_id=item_id, annotator="eve")
    (part,) = split(home, annotators=["ana"], folder=tmp_path / "out")
    assert part.items == 30


def test_reviews_come_home_once_and_side_by_side(home, parts):
    ana, ben = parts
    review_everything(ana.path, "ana")
    review_everything(ben.path, "ben", reviews.reject)
    with Store.open(ana.path) as one, Store.open(ben.path) as two:
        assert merge(home, other=one).reviews == 33
        assert merge(home, other=two).reviews == 33
        for other in (one, two):
            again = merge(home, other=other)
            assert (again.reviews, again.known, again.strangers) == (0, 33, 0)
    both = [i for i in items.ids(home) if len(reviews.standing(home, item_id=i)) == 2]
    assert len(both) == 6
    assert stats.counts(home).reviewed == 60
    assert undo.undoable(home, annotator="ana") is None  # what came from elsewhere is not undone here


def test_what_was_taken_back_or_decided_anew_since_comes_home_too(home, parts):
    with Store.open(parts[0].path) as part:
        one, two = list(items.ids(part))[:2]
        reviews.accept(part, item_id=one, annotator="ana")
        reviews.accept(part, item_id=two, annotator="ana")
        merge(home, other=part)
        undo.undo(part, annotator="ana")
        reviews.correct(part, item_id=one, annotator="ana", spans=[Span(0, 1)])
        assert merge(home, other=part).reviews == 2
        ids = [items.find(home, source_id=items.get(part, item_id=i).source_id) for i in (one, two)]
    assert [items.get(home, item_id=i).status for i in ids] == ["corrected", "pending"]


def test_a_newer_answer_here_is_not_overwritten(home, parts):
    with Store.open(parts[0].path) as part:
        (entry,) = queue.page(part, limit=1)
        reviews.accept(part, item_id=entry.item_id, annotator="ana")
        item_id = items.find(home, source_id=entry.source_id)
        reviews.reject(home, item_id=item_id, annotator="ana")
        assert merge(home, other=part).reviews == 0
    assert items.get(home, item_id=item_id).status == "rejected"


def test_the_newest_decision_counts_whichever_came_home_last(home, parts):
    both = {e.source_id for e in queue.page(home, limit=1000)}
    opened = [Store.open(part.path) for part in parts]
    for store in opened:
        both &= {e.source_id for e in queue.page(store, limit=1000)}
    (shared, *_) = sorted(both)
    for store, decide, annotator in zip(opened, (reviews.reject, reviews.accept), ("ana", "ben"), strict=True):
        decide(store, item_id=items.find(store, source_id=shared), annotator=annotator)
    for store in reversed(opened):
        merge(home, other=store)
        store.close()
    item = items.get(home, item_id=items.find(home, source_id=shared))
    assert item.status == "accepted"
    assert [r.review.annotator for r in item.reviews] == ["ana", "ben"]


def test_a_split_that_fails_leaves_nothing(home, tmp_path, monkeypatch):
    from captionlint.db.operations import split as module

    whole = module._copy_items

    def break_off(store, part, *rest):
        if "ben" in part.name:
            raise OSError(28, "No space left on device")
        whole(store, part, *rest)

    monkeypatch.setattr(module, "_copy_items", break_off)
    with pytest.raises(OSError, match="No space"):
        split(home, annotators=["ana", "ben"], folder=tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []
    monkeypatch.undo()
    assert len(split(home, annotators=["ana", "ben"], folder=tmp_path / "out")) == 2


def test_items_are_found_by_picture_and_caption(home, tmp_path):
    with Store.open(tmp_path / "other.db") as other:
        given = list(rows(tmp_path, 60, captions_per_photo=3))[:2]
        from dataclasses import replace

        items.add(other, [replace(given[0], id="another name"), replace(given[1], caption="never seen")])
        for item_id in items.ids(other):
            reviews.accept(other, item_id=item_id, annotator="ana")
        merged = merge(home, other=other)
    assert (merged.reviews, merged.strangers) == (1, 1)
    assert items.get(home, item_id=1).status == "accepted"


def test_names_that_make_no_files_are_refused(home, tmp_path, parts):
    with pytest.raises(UsageError, match="differ"):
        split(home, annotators=["ana", "Ana"], folder=tmp_path / "x")
    with pytest.raises(UsageError, match="differ"):
        split(home, annotators=["../.."], folder=tmp_path / "x")
    with pytest.raises(UsageError, match="differ"):
        split(home, annotators=[], folder=tmp_path / "x")
    with pytest.raises(UsageError, match="between 0 and 1"):
        split(home, annotators=["ana"], folder=tmp_path / "x", overlap=2)
    with pytest.raises(StoreError, match="exists already"):
        split(home, annotators=["ana"], folder=tmp_path / "out")
    assert not (tmp_path / "x").exists()


def test_agreement_is_measured_on_the_shared_part(home, parts):
    for part in parts:
        with Store.open(part.path) as store:
            for item_id in items.ids(store):
                item = items.get(store, item_id=item_id)
                wrong = [w for w in item.prediction.words if w.text.startswith("x") or w.text == "dog"]
                spans = [Span(w.start, w.end) for w in wrong if part.annotator == "ana" or w.text != "dog"]
                reviews.correct(store, item_id=item_id, annotator=part.annotator, spans=spans)
            merge(home, other=store)
    (pair,) = stats.agreement(home)
    assert (pair.annotators, pair.items, pair.words) == (("ana", "ben"), 6, 36)
    # By hand: of 36 words both mark a, only ana marks the 6 dogs.
    both = round(_marked_by_both(home))
    agreed, by_ana, by_ben = 1 - 6 / 36, (both + 6) / 36, both / 36
    chance = by_ana * by_ben + (1 - by_ana) * (1 - by_ben)
    assert pair.kappa == pytest.approx((agreed - chance) / (1 - chance))
    assert stats.overall((pair,)) == (pair.kappa, 6)


def _marked_by_both(store):
    found = 0
    for item_id in items.ids(store):
        standing = reviews.standing(store, item_id=item_id)
        if len(standing) == 2:
            marks = [{(s.start, s.end) for s in r.review.spans if not s.removed} for r in standing]
            found += len(marks[0] & marks[1])
    return found


def test_a_store_is_dealt_as_it_always_was(tmp_path):
    captions = [row(f"https://example.org/{n // 3}.jpg", f"caption {n}", id=str(n)) for n in range(36)]
    with Store.open(tmp_path / "home.db") as store:
        items.add(store, captions)
        parts = split(store, annotators=["ana", "ben", "eve"], folder=tmp_path / "out", overlap=0.15)
    dealt = []
    for part in parts:
        with Store.open(part.path) as store:
            dealt.append([int(items.get(store, item_id=i).source_id) // 3 for i in items.ids(store)][::3])
    assert dealt == [[2, 3, 5, 6, 8, 9], [0, 2, 4, 8, 11], [1, 2, 7, 8, 10]]


def test_dealing_out_takes_little_memory_for_each_item(tmp_path):
    peaks = []
    for number in (6_000, 26_000):
        with Store.open(tmp_path / f"{number}.db") as store:
            items.add(store, (row(f"https://example.org/{n}.jpg", "a dog", id=str(n)) for n in range(number)))
            with store.reading() as session:
                dealing._deal(session, 2, 0.1)  # what is compiled and cached once is no part of the growth
                tracemalloc.start()
                dealing._deal(session, 2, 0.1)
                peaks.append(tracemalloc.get_traced_memory()[1])
                tracemalloc.stop()
    assert (peaks[1] - peaks[0]) / 20_000 < 100
