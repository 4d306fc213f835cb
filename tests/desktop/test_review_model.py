"""The review screen's model, without a window."""

import pytest
from stores import FakeScorer

from captionlint.db.operations import items
from captionlint.desktop.review.model.review_model import ReviewModel


@pytest.fixture
def model(project, qtbot):
    """The second item: a x1 dog number 1 runs."""
    found = []
    project.ask(lambda store: items.get(store, item_id=2), found.append)
    qtbot.waitUntil(lambda: bool(found))
    made = ReviewModel()
    made.show(found[0])
    return made


def marked(model):
    return [model.text[s.start : s.end] for s in model.spans]


def test_the_first_mark_has_the_focus(model):
    assert model.word.text == "x1"
    assert marked(model) == ["x1"]
    assert not model.is_changed


def test_marks_kinds_and_replacements_can_be_taken_back_and_made_again(model):
    model.set_kind("object")
    model.set_replacement("red")
    model.set_focus(2)
    model.toggle()
    assert marked(model) == ["x1", "dog"]
    assert model.undo_title == "mark “dog”"
    for _ in range(3):
        assert model.undo()
    assert not model.is_changed
    assert not model.undo()
    for _ in range(3):
        assert model.redo()
    assert [(s.kind, s.replacement) for s in model.spans] == [("object", "red"), ("other", None)]


def test_a_mark_extends_over_its_neighbours_on_both_sides(model):
    model.extend(1)
    model.extend(-1)
    assert marked(model) == ["a x1 dog"]
    model.extend(-1)
    assert marked(model) == ["a x1 dog"]


def test_the_focus_goes_from_mark_to_mark_around_the_ends(model):
    model.set_focus(4)
    model.toggle()
    model.move_to_mark(1)
    assert model.word.text == "x1"
    model.move_to_mark(1)
    assert model.word.text == "1"
    model.set_focus(99)
    assert model.word.text == "runs"


def test_scores_of_another_wording_come_too_late(model):
    model.reword("a cat runs")
    assert [w.score for w in model.words] == [None, None, None]
    model.take_scores(FakeScorer().result("a dog runs"))
    assert model.words[0].score is None
    model.take_scores(FakeScorer().result("a cat runs"))
    assert model.words[0].score == 0.1


def test_typing_is_one_step(model):
    model.begin_edit()
    for text in ("a r dog number 1 runs", "a re dog number 1 runs", "a red dog number 1 runs"):
        model.reword_live(text)
    model.end_edit(keep=True)
    assert model.undo_title == "edit the caption"
    model.undo()
    assert model.text == "a x1 dog number 1 runs"
    assert not model.undo()


def test_an_edit_that_is_dropped_can_be_had_back_and_dropped_again(model):
    model.begin_edit()
    model.reword_live("gone")
    model.end_edit(keep=False)
    assert model.text == "a x1 dog number 1 runs"
    assert not model.is_changed
    assert model.undo_title == "drop the edit"
    model.undo()
    assert model.text == "gone"
    model.redo()
    assert model.text == "a x1 dog number 1 runs"
    for _ in range(2):
        assert model.undo()
    assert not model.is_changed
    assert not model.undo(), "undo goes through the edit, not past it"


def test_a_replacement_that_is_dropped_can_be_had_back(model):
    model.drop_replacement("red")
    assert [s.replacement for s in model.spans] == [None]
    model.undo()
    assert [s.replacement for s in model.spans] == ["red"]


def test_a_threshold_marks_anew_and_spares_the_ignored(model):
    model.set_threshold(0.2)
    assert len(marked(model)) == 6
    model.set_threshold(0.2, frozenset({"dog"}))
    assert "dog" not in marked(model)
    model.set_threshold(-1.0)
    assert marked(model) == []


def test_without_an_item_nothing_happens(model):
    model.show(None)
    for act in (model.toggle, model.undo, lambda: model.extend(1), lambda: model.move_to_mark(1)):
        act()
    assert model.word is None
    assert model.spans == ()
