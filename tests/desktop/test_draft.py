"""What an annotator makes of an item: pure values, no window."""

from datetime import UTC, datetime

from captionlint.core.review import Review, Span
from captionlint.db.records import StoredItem, StoredReview
from captionlint.desktop.review.model import draft as d

CAPTION = "a red dog on a blue mat"
RED, DOG, BLUE = (2, 5), (6, 9), (15, 19)


def item(*marks, blind=False, review=None):
    reviews = (StoredReview(1, "u", 1, "correct", False, review),) if review else ()
    spans = tuple(Span(*m, origin="prediction") for m in marks)
    return StoredItem(1, "i", "p.png", None, CAPTION, (), "pending", blind, marks=spans, reviews=reviews)


def extents(draft):
    return [(s.start, s.end) for s in draft.spans]


def test_toggling_twice_changes_nothing():
    begun = d.begin(item(RED))
    once = d.toggle(begun, *RED)
    assert extents(once) == []
    assert d.is_changed(once, begun)
    assert not d.is_changed(d.toggle(once, *RED), begun)


def test_a_new_threshold_moves_only_what_nobody_touched():
    draft = d.toggle(d.begin(item(RED)), *DOG)
    moved = d.with_base(draft, [Span(*BLUE, origin="prediction")])
    assert extents(moved) == [DOG, BLUE]
    untouched = d.with_base(d.toggle(moved, *BLUE), [Span(*BLUE, origin="prediction")])
    assert extents(untouched) == [DOG]


def test_the_threshold_alone_is_no_change():
    begun = d.begin(item(RED))
    assert not d.is_changed(d.with_base(begun, [Span(*BLUE)]), begun)


def test_a_mark_swallows_its_neighbour_and_keeps_its_kind():
    draft = d.mark(d.set_kind(d.begin(item(RED)), *RED, "attribute"), RED[0], DOG[1])
    assert [(s.start, s.end, s.kind) for s in draft.spans] == [(2, 9, "attribute")]


def test_blind_items_show_no_marks_under_any_threshold():
    draft = d.begin(item(RED, blind=True))
    assert d.with_base(draft, [Span(*RED)]).spans == ()


def test_a_review_comes_back_as_it_was_decided():
    review = Review(
        "corrected", (Span(*DOG, "object", "cat"), Span(*RED, removed=True)), None, "ana", datetime.now(UTC)
    )
    draft = d.begin(item(RED, review=review))
    assert [(s.start, s.end, s.kind, s.replacement) for s in draft.spans] == [(*DOG, "object", "cat")]


def test_another_wording_marks_what_it_replaced():
    draft = d.reword(d.set_kind(d.begin(item(RED)), *DOG, "object"), "a red cat on a mat")
    spans = [(s.start, s.end, s.kind, s.replacement) for s in d.decided(draft)]
    assert spans == [(*RED, "other", None), (*DOG, "object", "cat"), (*BLUE, "other", "")]


def test_marks_are_shown_where_the_new_wording_has_them():
    draft = d.reword(d.begin(item(BLUE)), "the very red dog on a blue mat")
    assert [draft.text[s.start : s.end] for s in draft.shown_spans] == ["blue"]
    assert d.in_original(draft, *[draft.text.index("dog"), draft.text.index("dog") + 3]) == DOG
    assert d.in_original(draft, 4, 8) is None
