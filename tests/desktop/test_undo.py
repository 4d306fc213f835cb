"""Undo in the window: a decision that is taken back gives its draft back, and what was done comes back in its order."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from db.operations import reviews


@pytest.fixture
def window(open_window, fill):
    return open_window(fill())


def press(qtbot, window, key, modifier=Qt.KeyboardModifier.NoModifier):
    """A key that leads to another item, or to this one again."""
    with qtbot.waitSignal(window.loop.landed):
        QTest.keyClick(window.screen_review.stage.caption, key, modifier)


def undo(qtbot, window):
    press(qtbot, window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def redo(qtbot, window):
    press(qtbot, window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)


def shape(window):
    """Another wording, a kind and a replacement; gives what the draft says then."""
    window.review.set_kind("count")
    window.review.reword(window.review.text + " fast")
    window.review.set_focus(2)
    window.review.set_replacement("cat")
    return said(window)


def said(window):
    return window.review.text, [(s.start, s.end, s.kind, s.replacement) for s in window.review.spans]


WAYS = {"accept": Qt.Key.Key_Return, "reject": Qt.Key.Key_R, "skip": Qt.Key.Key_S}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("restarts", [False, True])
def test_undo_of_a_decision_brings_the_draft_back(qtbot, window, open_window, ask, way, restarts):
    item, plain = window.review.item.item_id, said(window)
    draft = shape(window)
    press(qtbot, window, WAYS[way])
    assert window.review.item.item_id != item
    if restarts:
        window.close()
        window = open_window(window.project.path)
    undo(qtbot, window)
    assert (window.review.item.item_id, window.review.item.status) == (item, "pending")
    assert said(window) == draft
    assert ask(window.project.path, reviews.standing, item_id=item) == ()
    redo(qtbot, window)
    status = {"accept": "corrected", "reject": "rejected", "skip": "skipped"}[way]
    assert window.review.item.status == status
    assert not window.review.is_changed, "the draft is decided again"
    undo(qtbot, window)
    assert said(window) == draft
    window.review.undo()
    assert said(window) == plain, "the draft itself is one step before its decision"


def test_without_the_drafts_file_the_draft_comes_from_the_review(qtbot, window, open_window, home):
    shape(window)
    item, text = window.review.item.item_id, window.review.text
    press(qtbot, window, Qt.Key.Key_Return)
    window.close()
    (kept,) = home.rglob("drafts/*.json")
    kept.unlink()
    again = open_window(window.project.path)
    undo(qtbot, again)
    assert (again.review.item.item_id, again.review.text) == (item, text)
    assert {(s.kind, s.replacement) for s in again.review.spans} >= {("count", None), ("other", "cat")}


def test_undo_of_a_plain_accept_leaves_the_marks_to_the_threshold(qtbot, window):
    before = said(window)
    press(qtbot, window, Qt.Key.Key_Return)
    undo(qtbot, window)
    assert said(window) == before
    assert not window.review.is_changed
    window.review.set_threshold(10.0)
    assert len(window.review.spans) == len(window.review.words), "no mark is fixed"


def test_a_look_at_a_decided_item_does_not_lose_its_draft(qtbot, window):
    item = window.review.item.item_id
    draft = shape(window)
    press(qtbot, window, Qt.Key.Key_R)
    with qtbot.waitSignal(window.loop.landed):
        window.loop.go(item)
    assert window.review.item.status == "rejected"
    undo(qtbot, window)
    assert said(window) == draft
