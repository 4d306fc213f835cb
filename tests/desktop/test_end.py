"""The end of the queue: what it says, what it offers, and that the keyboard is enough for all of it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from captionlint.db.operations.stats import Statuses
from captionlint.desktop.review.model.empty_state import Ending, ending


def press(window, keys):
    """Presses a key wherever the keyboard is."""
    combination = QKeySequence(keys)[0]
    QTest.keyClick(window.focusWidget() or window, combination.key(), combination.keyboardModifiers())


def decide(qtbot, window, *keys):
    for key in keys:
        with qtbot.waitSignal(window.loop.landed):
            press(window, key)


@pytest.fixture
def window(open_window, fill):
    return open_window(fill())


@pytest.fixture
def end(window):
    return window.screen_review.stage.end


def offered(end):
    """The buttons by where they stand."""
    shown = sorted((b.y(), b.text()) for b in end.buttons.values() if b.isVisible())
    return [text for _, text in shown]


def has_keyboard(end):
    return next((offer for offer, button in end.buttons.items() if button.hasFocus()), None)


def test_all_reviewed_leads_on_by_enter(qtbot, window, end):
    decide(qtbot, window, *["Return"] * 5, "R")
    qtbot.waitUntil(lambda: end.title.text() == "All reviewed")
    assert end.said.text().splitlines()[:2] == ["6 of 6 reviewed", "5 accepted, 1 rejected"]
    assert end.said.text().splitlines()[2].endswith(" an hour in this sitting")
    assert offered(end) == ["Summary", "Export …", "Begin again from the front"]
    assert not window.screen_review.stage.picture.isVisible()
    assert has_keyboard(end) == "summary"
    press(window, "Return")
    assert window.screens.currentWidget() is window.summary
    press(window, "Alt+1")
    assert has_keyboard(end) == "summary"
    press(window, "Down")
    assert has_keyboard(end) == "export"
    press(window, "Return")
    dialogue = window.findChild(type(window.dialogues.export()))
    assert dialogue is not None
    dialogue.close()


def test_review_keys_do_nothing_at_the_end_and_previous_and_undo_lead_back(qtbot, window, end, ask):
    decide(qtbot, window, *["Return"] * 6)
    last = window.loop._left
    assert not any(window.actions_by_name[name].isEnabled() for name in ("accept", "toggle", "edit", "heat"))
    decide(qtbot, window, "P")
    assert window.review.item.item_id == last
    assert window.screen_review.stage.caption.hasFocus()
    decide(qtbot, window, "Return")
    assert window.review.item is None, "nothing comes behind it"
    decide(qtbot, window, "Ctrl+Z")
    assert (window.review.item.item_id, window.review.item.status) == (last, "pending")


def test_they_are_looked_at_again_one_after_the_other(qtbot, window, end):
    decide(qtbot, window, *["Return"] * 6)
    qtbot.waitUntil(end.buttons["again"].isVisible)
    assert has_keyboard(end) == "summary"
    with qtbot.waitSignal(window.loop.landed):
        qtbot.mouseClick(end.buttons["again"], Qt.MouseButton.LeftButton)
    seen = []
    for key in ("Return", "S", "R", "Return", "Return", "Return"):
        seen.append(window.review.item.item_id)
        decide(qtbot, window, key)
    assert len(set(seen)) == 6
    assert window.review.item is None
    qtbot.waitUntil(lambda: "4 accepted, 1 rejected, 1 skipped" in end.said.text())


def test_the_skipped_ones_come_again_and_then_it_is_over(qtbot, window, end):
    decide(qtbot, window, "S", "Return", "S", "Return", "Return", "Return")
    qtbot.waitUntil(lambda: end.title.text() == "Nothing is left to review")
    assert end.said.text().splitlines()[:2] == ["4 of 6 reviewed", "4 accepted, 2 skipped"]
    assert has_keyboard(end) == "skipped"
    press(window, "Space")
    qtbot.waitUntil(lambda: window.review.item is not None)
    assert window.screen_review.side.search.text() == "status:skipped"
    decide(qtbot, window, "Return", "Return")
    assert window.review.item is None
    qtbot.waitUntil(lambda: end.title.text() == "All reviewed")
    assert offered(end) == ["Summary", "Export …", "Begin again from the front", "Clear the search"]


def test_a_search_that_finds_nothing_is_cleared(qtbot, window, end):
    decide(qtbot, window, *["Return"] * 6)
    press(window, "/")
    qtbot.keyClicks(window.screen_review.side.search, "zebra")
    with qtbot.waitSignal(window.queue.loaded):
        press(window, "Return")
    qtbot.waitUntil(lambda: end.said.text() == "No item passes “zebra”.")
    assert has_keyboard(end) == "clear"
    press(window, "Return")
    qtbot.waitUntil(lambda: end.title.text() == "All reviewed")


def test_a_search_that_hides_others_says_how_many_and_is_cleared(qtbot, window, end):
    search = window.screen_review.side.search
    press(window, "/")
    qtbot.keyClicks(search, "x1")
    with qtbot.waitSignal(window.queue.loaded):
        press(window, "Return")
    qtbot.waitUntil(lambda: "x1" in window.review.text)
    decide(qtbot, window, "Return")
    qtbot.waitUntil(lambda: end.title.text() == "Nothing is left to review in this search")
    qtbot.waitUntil(lambda: end.said.text() == "Undecided outside of “x1”: 5.")
    assert offered(end) == ["Clear the search", "Begin again from the front", "Summary", "Export …"]
    press(window, "Return")
    qtbot.waitUntil(lambda: window.review.item is not None)
    assert search.text() == ""
    assert window.review.item.status == "pending"


def test_while_the_last_decision_is_not_counted_nothing_is_claimed():
    by_status = {"pending": 1, "accepted": 5, "corrected": 0, "rejected": 0, "skipped": 0}
    counts = Statuses(by_status)
    assert ending(counts, search="", found=6, an_hour=None) == Ending("Counting …")
