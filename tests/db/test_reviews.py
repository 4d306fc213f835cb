from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from stores import FakeScorer, photo, row, rows

from captionlint.core.errors import StoreError, UsageError
from captionlint.core.review import Review, Span
from captionlint.db.operations import ignored_words, items, queue, reviews, scorers, undo
from captionlint.db.prelabel.local import prelabel
from captionlint.db.rows.filters import Filters

CAPTION = "a xcat on a xsofa 😀"
CAT, SOFA = Span(2, 6, origin="prediction"), Span(12, 17, origin="prediction")


@pytest.fixture
def item_id(store, tmp_path):
    items.add(store, [row(photo(tmp_path), CAPTION, id="one")])
    prelabel(store, FakeScorer())
    return items.find(store, source_id="one")


def spans_of(store, item_id):
    return items.get(store, item_id=item_id).reviews[-1].review.spans


def test_accepting_keeps_all_marks(store, item_id):
    assert items.get(store, item_id=item_id).marks == (CAT, SOFA)
    made = reviews.accept(store, item_id=item_id, annotator="ana", seconds=2.5)
    assert (made.status, made.made.review.seconds) == ("accepted", 2.5)
    assert spans_of(store, item_id) == (CAT, SOFA)


def test_correcting_tells_where_each_mark_came_from(store, item_id):
    left = [Span(2, 6, "object", "dog"), Span(10, 17, "relation"), Span(18, 19)]
    made = reviews.correct(
        store, item_id=item_id, annotator="ana", spans=left, corrected_caption="a dog under a sofa 😀"
    )
    assert made.made.review.spans == (
        Span(2, 6, "object", "dog", "prediction"),
        Span(10, 17, "relation", None, "changed"),
        Span(18, 19, "other", None, "manual"),
    )
    assert made.made.review.corrected_caption == "a dog under a sofa 😀"
    assert made.status == "corrected"


def test_a_mark_that_was_taken_away_stays_as_removed(store, item_id):
    reviews.correct(store, item_id=item_id, annotator="ana", spans=[SOFA])
    assert spans_of(store, item_id) == (Span(2, 6, origin="prediction", removed=True), SOFA)


@pytest.mark.parametrize("span", [Span(0, 99), Span(5, 5), Span(-1, 3), Span(0, 1, "colour")])
def test_marks_that_no_caption_can_have_are_refused(store, item_id, span):
    with pytest.raises(UsageError):
        reviews.correct(store, item_id=item_id, annotator="ana", spans=[span])
    assert items.get(store, item_id=item_id).status == "pending"


def test_blind_items_show_no_marks_and_take_none_for_granted(store, item_id):
    queue.set_blind_share(store, share=1.0)
    item = items.get(store, item_id=item_id)
    assert (item.blind, item.marks) == (True, ())
    made = reviews.correct(store, item_id=item_id, annotator="ana", spans=[Span(2, 6)])
    assert made.made.blind
    assert made.made.review.spans == (Span(2, 6, origin="manual"),)
    with pytest.raises(UsageError, match="between 0 and 1"):
        queue.set_blind_share(store, share=1.5)


def test_words_that_are_never_marked(store, item_id):
    assert ignored_words.ignore(store, word="XCat") == ("xcat",)
    assert items.get(store, item_id=item_id).marks == (SOFA,)
    assert ignored_words.heed(store, word="xcat") == ()
    assert items.get(store, item_id=item_id).marks == (CAT, SOFA)
    assert dict(ignored_words.words(store))["a"] == 2


def test_two_annotators_keep_their_own_answers(store, item_id):
    reviews.accept(store, item_id=item_id, annotator="ana")
    made = reviews.skip(store, item_id=item_id, annotator="ben")
    assert made.status == "accepted"  # a skip takes no decision back
    assert reviews.reject(store, item_id=item_id, annotator="ben").status == "rejected"
    own = items.get(store, item_id=item_id, annotator="ana").reviews
    assert [r.review.status for r in own] == ["accepted"]
    assert len(reviews.standing(store, item_id=item_id)) == 2


def test_undo_and_redo_reach_across_items(store, tmp_path):
    items.add(store, rows(tmp_path, 3))
    one, two, three = items.ids(store)
    reviews.accept(store, item_id=one, annotator="ana")
    reviews.reject(store, item_id=two, annotator="ana")
    reviews.skip(store, item_id=three, annotator="ben")  # not ana's to undo
    assert undo.undoable(store, annotator="ana").item_id == two
    undone = undo.undo(store, annotator="ana")
    assert (undone.item_id, undone.status, undone.about.action) == (two, "pending", "reject")
    assert undo.undo(store, annotator="ana").item_id == one
    assert undo.undo(store, annotator="ana") is None
    assert undo.redoable(store, annotator="ana").item_id == one
    assert undo.redo(store, annotator="ana").status == "accepted"
    assert undo.redo(store, annotator="ana").status == "rejected"
    assert undo.redo(store, annotator="ana") is None
    assert undo.undo(store, annotator="ana").item_id == two  # what was redone can be undone again
    assert undo.redo(store, annotator="ana").item_id == two
    assert items.get(store, item_id=two).status == "rejected"


def test_undo_goes_back_to_the_decision_before(store, item_id):
    reviews.correct(store, item_id=item_id, annotator="ana", spans=[CAT], corrected_caption="a dog")
    reviews.accept(store, item_id=item_id, annotator="ana")
    undo.undo(store, annotator="ana")
    (standing,) = reviews.standing(store, item_id=item_id)
    assert standing.review.corrected_caption == "a dog"
    assert len(reviews.revisions(store, item_id=item_id)) == 3  # nothing is deleted


def test_undo_does_not_reach_behind_new_content(store, item_id, tmp_path):
    reviews.correct(store, item_id=item_id, annotator="ana", spans=[SOFA])
    undo.undo(store, annotator="ana")
    items.add(store, [row(tmp_path / "a.png", "cow", id="one")], update=True)
    assert undo.redo(store, annotator="ana") is None  # its marks are those of a longer caption
    assert undo.undo(store, annotator="ana") is None
    reviews.accept(store, item_id=item_id, annotator="ana")
    assert undo.undo(store, annotator="ana").status == "pending"
    assert spans_now(store, item_id) == ()


def spans_now(store, item_id):
    return tuple(s for r in items.get(store, item_id=item_id).reviews for s in r.review.spans)


def test_texts_that_no_store_can_keep_are_refused(store, item_id):
    for how in (
        {"annotator": "an\0a"},
        {"corrected_caption": "half \ud83d of an emoji"},
        {"spans": [Span(2, 6, replacement="\0")]},
    ):
        with pytest.raises(UsageError, match="NUL"):
            reviews.correct(store, item_id=item_id, **({"annotator": "ana", "spans": []} | how))
    assert queue.count(store, filters=Filters(text="\0\ud83d")) == 1  # nothing left to look for


def test_after_a_new_decision_there_is_nothing_to_redo(store, tmp_path):
    items.add(store, rows(tmp_path, 2))
    one, two = items.ids(store)
    reviews.accept(store, item_id=one, annotator="ana")
    undo.undo(store, annotator="ana")
    reviews.accept(store, item_id=two, annotator="ana")
    assert undo.redo(store, annotator="ana") is None
    assert undo.redoable(store, annotator="ana") is None


def test_reviews_made_elsewhere_are_adopted_once(store, item_id):
    review = Review("corrected", (Span(2, 6, removed=True, origin="prediction"),), None, "LS", datetime.now(UTC))
    assert reviews.adopt(store, item_id=item_id, review=review, uid="annotation-4").status == "corrected"
    assert reviews.adopt(store, item_id=item_id, review=review, uid="annotation-4") is None


def test_a_suggested_caption_puts_the_replacements_in():
    assert reviews.suggestion("a cat on a sofa", spans=[Span(2, 5, replacement="dog")]) == "a dog on a sofa"
    assert reviews.suggestion("a cat", spans=[Span(2, 5)]) is None


def test_what_is_not_there_is_said(store, item_id):
    for call in (reviews.accept, reviews.skip):
        with pytest.raises(StoreError, match="no item 99"):
            call(store, item_id=99, annotator="ana")
    with pytest.raises(StoreError, match="needs a name"):
        reviews.accept(store, item_id=item_id, annotator=" ")
    with pytest.raises(StoreError, match="it knows: fake-1"):
        scorers.choose(store, version="nobody")


def test_another_epsilon_marks_other_words_without_inference(store, item_id):
    assert scorers.set_epsilon(store, epsilon=-100.0).epsilon == -100.0
    assert items.get(store, item_id=item_id).marks == ()
    assert queue.page(store)[0].f_clip_score == 0.0


def test_many_at_once_in_threads(store, tmp_path):
    items.add(store, rows(tmp_path, 12))
    with ThreadPoolExecutor(4) as pool:
        made = pool.map(lambda i: reviews.accept(store, item_id=i, annotator=f"annotator {i % 3}"), items.ids(store))
        assert len({decision.made.uid for decision in made}) == 12
    assert queue.count(store, filters=Filters(status=("accepted",))) == 12
