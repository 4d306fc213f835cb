"""Undo in the window: a decision that is taken back gives its draft back, and what was done comes back in its order."""

import sqlite3
from contextlib import closing

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox

from captionlint.db.operations import ignored_words, items, reviews, scorers


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


def test_undo_brings_back_no_draft_of_another_decision(qtbot, window):
    item, plain = window.review.item.item_id, said(window)
    draft = shape(window)
    press(qtbot, window, Qt.Key.Key_R)
    with qtbot.waitSignal(window.loop.landed):
        window.loop.go(item)
    assert window.review.item.status == "rejected"
    press(qtbot, window, Qt.Key.Key_Return)
    undo(qtbot, window)
    assert (window.review.item.item_id, window.review.item.status) == (item, "rejected")
    assert said(window) == plain, "the plain accept had no draft"
    assert not window.review.is_changed
    undo(qtbot, window)
    assert (window.review.item.item_id, window.review.item.status) == (item, "pending")
    assert said(window) == draft, "the draft of the rejection"


CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def strike(window, key, modifier=Qt.KeyboardModifier.NoModifier):
    """A key after which the same item stays."""
    QTest.keyClick(window.screen_review.stage.caption, key, modifier)


def settle(qtbot, window):
    qtbot.waitUntil(lambda: window.project.worker.idle)
    qtbot.wait(1)
    qtbot.waitUntil(lambda: window.project.worker.idle)


def state(window, ask):
    """What the store holds: the words that are never marked, the threshold, and the decided items."""
    path = window.project.path
    decided = [i for i in ask(path, lambda store: list(items.ids(store))) if ask(path, reviews.standing, item_id=i)]
    return ask(path, ignored_words.ignored), ask(path, scorers.current).epsilon, decided


def test_what_was_done_is_taken_back_in_its_order(qtbot, window, ask):
    qtbot.waitUntil(lambda: window.threshold.distribution is not None)
    first, states, titles = window.review.item.item_id, [state(window, ask)], []

    def done(act):
        act()
        window.threshold.settle()
        settle(qtbot, window)
        states.append(state(window, ask))
        titles.append(window.actions_by_name["undo"].text())

    done(lambda: strike(window, Qt.Key.Key_Return))
    word = window.review.word.text
    done(lambda: strike(window, Qt.Key.Key_I))
    done(lambda: window.screen_review.inspector.slider.setValue(600))
    done(lambda: strike(window, Qt.Key.Key_S))
    done(lambda: window.threshold.heed(word))
    assert titles == [
        "Undo accept", f"Undo never mark “{word}”", "Undo threshold", "Undo skip", f"Undo mark “{word}” again"
    ]  # fmt: skip
    assert len({str(s) for s in states}) > 4, "each of them changed the store"
    for expected in reversed(states[:-1]):
        strike(window, Qt.Key.Key_Z, CONTROL)
        settle(qtbot, window)
        assert state(window, ask) == expected
    assert (window.review.item.item_id, window.actions_by_name["undo"].isEnabled()) == (first, False)
    for expected in states[1:]:
        strike(window, Qt.Key.Key_Z, CONTROL | SHIFT)
        settle(qtbot, window)
        assert state(window, ask) == expected
    assert not window.actions_by_name["redo"].isEnabled()


def test_undo_at_once_means_the_word_and_not_the_decision_before(qtbot, window, ask):
    strike(window, Qt.Key.Key_Return)
    settle(qtbot, window)
    before = state(window, ask)
    strike(window, Qt.Key.Key_I)
    strike(window, Qt.Key.Key_Z, CONTROL)
    settle(qtbot, window)
    assert state(window, ask) == before
    assert len(before[2]) == 1


def test_movements_of_the_slider_that_follow_each_other_are_one_step(qtbot, window, ask):
    qtbot.waitUntil(lambda: window.threshold.distribution is not None)
    before = state(window, ask)
    for place in (300, 500, 700):
        window.screen_review.inspector.slider.setValue(place)
        window.threshold.keep()
        settle(qtbot, window)
    strike(window, Qt.Key.Key_Z, CONTROL)
    settle(qtbot, window)
    assert state(window, ask) == before
    assert window.threshold.epsilon == before[1]
    assert window.loop.history.last is None


def test_a_moving_slider_is_taken_back_too(qtbot, window, ask):
    qtbot.waitUntil(lambda: window.threshold.distribution is not None)
    before = state(window, ask)
    window.screen_review.inspector.slider.setValue(400)
    strike(window, Qt.Key.Key_Z, CONTROL)
    settle(qtbot, window)
    assert state(window, ask) == before


def test_a_message_names_what_was_done_and_offers_undo(qtbot, window, ask):
    before, word, spoken = state(window, ask), window.review.word.text, []
    window._say = spoken.append
    strike(window, Qt.Key.Key_I)
    assert window.toast.isVisible()
    assert window.toast.said.text() == f"Never marked in this data set: “{word}”"
    assert word in window.toast.undo.accessibleName()
    qtbot.mouseClick(window.toast.undo, Qt.MouseButton.LeftButton)
    assert not window.toast.isVisible()
    assert window.screen_review.stage.caption.hasFocus()
    settle(qtbot, window)
    assert state(window, ask) == before
    assert spoken == [f"Never marked in this data set: “{word}”", f"Took back: never mark “{word}”"]


@pytest.mark.parametrize("act", ["decision", "mark", "time"])
def test_the_message_goes_away_with_the_next_action_and_by_itself(qtbot, window, act):
    strike(window, Qt.Key.Key_I)
    settle(qtbot, window)
    assert window.toast.isVisible()
    if act == "time":
        window.toast._until.timeout.emit()
    else:
        strike(window, {"decision": Qt.Key.Key_Return, "mark": Qt.Key.Key_Space}[act])
    assert not window.toast.isVisible()
    settle(qtbot, window)


def test_what_cannot_be_taken_back_stays_to_be_taken_back(qtbot, window, ask):
    word = window.review.word.text
    strike(window, Qt.Key.Key_I)
    settle(qtbot, window)
    with closing(sqlite3.connect(window.project.path)) as other, other:
        other.execute("CREATE TRIGGER full BEFORE DELETE ON ignored_word BEGIN SELECT RAISE(ABORT, 'no room'); END")
    with qtbot.waitSignal(window.threshold.failed):
        strike(window, Qt.Key.Key_Z, CONTROL)
    box = window.findChild(QMessageBox, "problem")
    assert "no room" in box.informativeText()
    box.close()
    settle(qtbot, window)
    assert window.actions_by_name["undo"].text() == f"Undo never mark “{word}”"
    assert window.threshold.ignored == (word,)
    with closing(sqlite3.connect(window.project.path)) as other, other:
        other.execute("DROP TRIGGER full")
    window.actions_by_name["undo"].trigger()
    settle(qtbot, window)
    assert window.threshold.ignored == ask(window.project.path, ignored_words.ignored) == ()


def test_a_decision_that_was_not_kept_is_not_to_be_taken_back(qtbot, window):
    with closing(sqlite3.connect(window.project.path)) as other, other:
        other.execute("CREATE TRIGGER full BEFORE INSERT ON revision BEGIN SELECT RAISE(ABORT, 'no room'); END")
    with qtbot.waitSignal(window.loop.not_kept):
        strike(window, Qt.Key.Key_Return)
    assert window.loop.history.is_empty
    window.findChild(QMessageBox, "problem").close()


def test_decisions_of_an_earlier_session_come_after_those_of_this_one(qtbot, window, open_window, ask):
    press(qtbot, window, Qt.Key.Key_Return)
    window.close()
    again = open_window(window.project.path)
    strike(again, Qt.Key.Key_I)
    settle(qtbot, again)
    strike(again, Qt.Key.Key_Z, CONTROL)
    settle(qtbot, again)
    assert again.actions_by_name["undo"].text() == "Undo accept"
    undo(qtbot, again)
    assert state(again, ask)[2] == []
    redo(qtbot, again)
    assert len(state(again, ask)[2]) == 1
    assert again.actions_by_name["redo"].isEnabled()


@pytest.mark.parametrize("other", ["word", "slider"])
@pytest.mark.parametrize("edit_first", [True, False])
def test_steps_of_the_draft_and_other_changes_are_taken_back_in_their_order(qtbot, window, ask, other, edit_first):
    qtbot.waitUntil(lambda: window.threshold.distribution is not None)
    word = window.review.word.text

    def edit():
        window.review.reword(window.review.text + " fast")

    def change():
        if other == "word":
            strike(window, Qt.Key.Key_I)
        else:
            window.screen_review.inspector.slider.setValue(600)
            window.threshold.settle()
        settle(qtbot, window)

    def now():
        return window.review.text, *state(window, ask)[:2]

    def titles():
        return [window.actions_by_name[name].text() for name in ("undo", "redo")]

    named = {edit: "edit the caption", change: f"never mark “{word}”" if other == "word" else "threshold"}
    first, second = (edit, change) if edit_first else (change, edit)
    states = [now()]
    for act in (first, second):
        act()
        states.append(now())
    assert titles() == [f"Undo {named[second]}", "Redo"]
    strike(window, Qt.Key.Key_Z, CONTROL)
    settle(qtbot, window)
    assert now() == states[1]
    assert titles() == [f"Undo {named[first]}", f"Redo {named[second]}"]
    strike(window, Qt.Key.Key_Z, CONTROL)
    settle(qtbot, window)
    assert now() == states[0]
    assert titles() == ["Undo", f"Redo {named[first]}"]
    for expected in states[1:]:
        strike(window, Qt.Key.Key_Z, CONTROL | SHIFT)
        settle(qtbot, window)
        assert now() == expected
    assert titles() == [f"Undo {named[second]}", "Redo"]


def test_a_slider_that_moves_again_after_an_edit_is_a_step_of_its_own(qtbot, window):
    qtbot.waitUntil(lambda: window.threshold.distribution is not None)
    window.screen_review.inspector.slider.setValue(300)
    window.threshold.keep()
    middle = window.threshold.epsilon
    strike(window, Qt.Key.Key_Space)
    window.screen_review.inspector.slider.setValue(600)
    strike(window, Qt.Key.Key_Z, CONTROL)
    assert (window.threshold.epsilon, window.review.undo_number > 0) == (middle, True)
    settle(qtbot, window)


def test_steps_of_an_item_that_is_not_shown_any_more_are_not_taken_back(qtbot, window, ask):
    strike(window, Qt.Key.Key_I)
    settle(qtbot, window)
    window.review.reword(window.review.text + " fast")
    with qtbot.waitSignal(window.loop.landed):
        window.loop.next()
    strike(window, Qt.Key.Key_Z, CONTROL)
    settle(qtbot, window)
    assert state(window, ask)[0] == ()


@pytest.fixture
def decide_elsewhere(window, ask):
    """Another program decides the last item by the same annotator."""

    def call():
        last = ask(window.project.path, lambda store: list(items.ids(store)))[-1]
        return ask(window.project.path, reviews.reject, item_id=last, annotator="ana").item_id

    return call


def test_undo_takes_back_no_decision_that_was_made_elsewhere(qtbot, window, ask, decide_elsewhere):
    first = window.review.item.item_id
    press(qtbot, window, Qt.Key.Key_Return)
    other = decide_elsewhere()
    with qtbot.waitSignal(window.loop.failed):
        strike(window, Qt.Key.Key_Z, CONTROL)
    box = window.findChild(QMessageBox, "problem")
    assert "not the one to take back next" in box.informativeText()
    box.close()
    settle(qtbot, window)
    assert state(window, ask)[2] == sorted([first, other])
    assert window.loop.history.is_empty, "it is neither to be taken back nor to be made again"
    assert window.actions_by_name["undo"].text() == "Undo rejection"
    assert not window.actions_by_name["redo"].isEnabled()
    for left in ([first], []):
        window.actions_by_name["undo"].trigger()
        settle(qtbot, window)
        assert state(window, ask)[2] == left, "those that the store knows come one by one"


def test_redo_makes_no_decision_again_when_another_was_made_elsewhere(qtbot, window, ask, decide_elsewhere):
    press(qtbot, window, Qt.Key.Key_Return)
    undo(qtbot, window)
    other = decide_elsewhere()
    with qtbot.waitSignal(window.loop.failed):
        strike(window, Qt.Key.Key_Z, CONTROL | SHIFT)
    window.findChild(QMessageBox, "problem").close()
    settle(qtbot, window)
    assert state(window, ask)[2] == [other]
    assert window.loop.history.is_empty


def test_a_decision_that_was_made_again_is_taken_back_again(qtbot, window, ask):
    press(qtbot, window, Qt.Key.Key_Return)
    press(qtbot, window, Qt.Key.Key_S)
    both = state(window, ask)[2]
    for _ in range(2):
        undo(qtbot, window)
        undo(qtbot, window)
        assert state(window, ask)[2] == []
        redo(qtbot, window)
        redo(qtbot, window)
        assert state(window, ask)[2] == both
