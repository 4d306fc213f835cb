"""Every action by its keys, in the real window on a real store."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from captionlint.db.operations import queue, reviews
from captionlint.desktop.keymap import COMMANDS, Keymap, shown


def press(window, keys):
    """Presses a key as it is written in the keymap, wherever the keyboard is."""
    target = window.focusWidget() or window
    combination = QKeySequence(keys)[0]
    QTest.keyClick(target, combination.key(), combination.keyboardModifiers())


def settle(qtbot, window, act):
    """Does something and waits until the next item is shown."""
    with qtbot.waitSignal(window.loop.landed):
        act()


@pytest.fixture
def window(open_window, fill):
    return open_window(fill())


def marked(window):
    return [window.review.text[s.start : s.end] for s in window.review.spans]


def test_every_action_but_the_stores_has_two_keys_one_of_them_without_letters():
    for command in (c for c in COMMANDS if c.section != "Store"):
        without = [k for k in command.keys if not any(p.isalpha() and len(p) == 1 for p in k.split("+"))]
        assert without, command.name
        assert len(command.keys) >= 2 or command.section == "Window", command.name
        assert all(QKeySequence(k).toString() for k in command.keys), command.name
        assert all(shown(k) for k in command.keys)


def test_no_two_actions_share_a_key():
    assert Keymap().clashes() == {}
    assert Keymap().bind("accept", ("R",)).clashes() == {"R": ["accept", "reject"]}


def test_keys_of_the_user_replace_the_tables():
    keymap = Keymap({"accept": ("A",), "no such action": ("B",)})
    assert keymap.keys("accept") == ("A",)
    assert keymap.own == {"accept": ("A",)}


@pytest.mark.parametrize("keys", ["Return", "Enter"])
def test_accept_commits_and_shows_the_next_item(qtbot, window, ask, keys):
    item = window.review.item.item_id
    settle(qtbot, window, lambda: press(window, keys))
    assert window.review.item.item_id != item
    (standing,) = ask(window.project.path, reviews.standing, item_id=item)
    assert (standing.review.status, standing.review.annotator) == ("accepted", "ana")
    assert [s.origin for s in standing.review.spans] == ["prediction"]
    assert standing.review.seconds > 0


@pytest.mark.parametrize(("keys", "status"), [("R", "rejected"), ("Del", "rejected"), ("S", "skipped")])
def test_reject_and_skip(qtbot, window, ask, keys, status):
    item = window.review.item.item_id
    settle(qtbot, window, lambda: press(window, keys))
    (standing,) = ask(window.project.path, reviews.standing, item_id=item)
    assert standing.review.status == status


def test_words_marks_and_kinds(qtbot, window, ask):
    item = window.review.item
    (wrong,) = marked(window)
    assert window.review.word.text == wrong
    press(window, "Right")
    assert window.review.word.text == "dog"
    press(window, "Space")
    assert marked(window) == [wrong, "dog"]
    press(window, "1")
    press(window, "Up")
    press(window, "Ctrl+2")
    assert [s.kind for s in window.review.spans] == ["attribute", "object"]
    press(window, "Down")
    press(window, "0")
    assert marked(window) == [wrong]
    press(window, "Left")
    press(window, "Shift+Left")
    assert marked(window) == [f"a {wrong}"]
    settle(qtbot, window, lambda: press(window, "Return"))
    (standing,) = ask(window.project.path, reviews.standing, item_id=item.item_id)
    (span,) = standing.review.spans
    assert (standing.review.status, span.kind, span.origin) == ("corrected", "attribute", "changed")
    assert item.caption[span.start : span.end] == f"a {wrong}"


def test_a_replacement_is_typed_and_review_keys_are_letters_there(qtbot, window, ask):
    item = window.review.item.item_id
    press(window, "W")
    line = window.screen_review.inspector.replacement
    assert line.hasFocus()
    qtbot.keyClicks(line, "res 1/?")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert window.screen_review.stage.caption.hasFocus()
    settle(qtbot, window, lambda: press(window, "Return"))
    (standing,) = ask(window.project.path, reviews.standing, item_id=item)
    assert [s.replacement for s in standing.review.spans] == ["res 1/?"]


def test_escape_drops_a_replacement_and_leaves_the_search_line(qtbot, window):
    press(window, "W")
    line = window.screen_review.inspector.replacement
    qtbot.keyClicks(line, "cat")
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert window.screen_review.stage.caption.hasFocus()
    assert (line.text(), [s.replacement for s in window.review.spans]) == ("", [None])
    press(window, "Ctrl+Z")
    assert [s.replacement for s in window.review.spans] == ["cat"]
    press(window, "Ctrl+Shift+Z")
    assert [s.replacement for s in window.review.spans] == [None]
    press(window, "/")
    search = window.screen_review.side.search
    qtbot.keyClicks(search, "dog")
    qtbot.keyClick(search, Qt.Key.Key_Escape)
    assert window.screen_review.stage.caption.hasFocus()
    assert search.text() == "dog"


def test_the_word_should_go(qtbot, window, ask):
    item = window.review.item.item_id
    press(window, "D")
    settle(qtbot, window, lambda: press(window, "Return"))
    (standing,) = ask(window.project.path, reviews.standing, item_id=item)
    assert [s.replacement for s in standing.review.spans] == [""]


def test_the_caption_is_edited_in_place(qtbot, window, ask):
    item = window.review.item
    press(window, "E")
    editor = window.screen_review.stage.editor
    assert editor.hasFocus()
    line = window.screen_review.stage.keys
    assert line.accessibleName().startswith("keep: Enter, drop: Esc")
    assert not editor.textCursor().hasSelection(), "a stray key takes nothing away"
    qtbot.keyClick(editor, Qt.Key.Key_Backspace, Qt.KeyboardModifier.ControlModifier)  # the word in focus
    qtbot.keyClicks(editor, "green")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    wrong = item.caption.split()[1]
    assert window.review.text == item.caption.replace(wrong, "green")
    assert line.accessibleName().startswith("accept: Enter")
    settle(qtbot, window, lambda: press(window, "Return"))
    (standing,) = ask(window.project.path, reviews.standing, item_id=item.item_id)
    assert standing.review.corrected_caption == item.caption.replace(wrong, "green")
    assert [s.replacement for s in standing.review.spans] == ["green"]


def test_escape_drops_an_edit_and_undo_brings_it_back(qtbot, window):
    before = window.review.text
    press(window, "F2")
    qtbot.keyClicks(window.screen_review.stage.editor, "green")
    edited = window.review.text
    assert edited != before
    qtbot.keyClick(window.screen_review.stage.editor, Qt.Key.Key_Escape)
    assert window.review.text == before
    assert not window.review.is_changed
    press(window, "Ctrl+Z")
    assert window.review.text == edited
    press(window, "Ctrl+Shift+Z")
    assert window.review.text == before


def test_a_stray_key_in_the_editor_adds_to_the_word_and_takes_nothing(qtbot, window):
    words = [word.text for word in window.review.words]
    press(window, "E")
    qtbot.keyClicks(window.screen_review.stage.editor, "q")
    words[window.review.focus] += "q"
    assert [word.text for word in window.review.words] == words


def test_undo_and_redo_reach_across_items_and_name_what_they_do(qtbot, window, ask):
    first = window.review.item.item_id
    settle(qtbot, window, lambda: press(window, "Return"))
    assert window.actions_by_name["undo"].text() == "Undo accept"
    press(window, "Space")
    assert window.actions_by_name["undo"].text().startswith("Undo unmark")
    press(window, "Ctrl+Z")
    assert window.review.item.item_id != first
    settle(qtbot, window, lambda: press(window, "Ctrl+Z"))
    assert window.review.item.item_id == first
    assert window.review.item.status == "pending"
    assert window.actions_by_name["redo"].text() == "Redo accept"
    settle(qtbot, window, lambda: press(window, "Ctrl+Shift+Z"))
    assert window.review.item.status == "accepted"
    actions = [r.action for r in ask(window.project.path, reviews.revisions, item_id=first)]
    assert actions == ["accept", "undo", "redo"]


def test_moving_without_deciding(qtbot, window, ask):
    first = window.review.item.item_id
    settle(qtbot, window, lambda: press(window, "N"))
    second = window.review.item.item_id
    settle(qtbot, window, lambda: press(window, "PgUp"))
    assert window.review.item.item_id == first
    settle(qtbot, window, lambda: press(window, "Shift+PgDown"))
    assert window.review.item.item_id == second
    assert ask(window.project.path, reviews.revisions, item_id=first) == ()


def test_the_search_line_takes_the_keyboard_and_gives_it_back(qtbot, window):
    press(window, "/")
    search = window.screen_review.side.search
    assert search.hasFocus()
    qtbot.keyClicks(search, "x1")
    with qtbot.waitSignal(window.queue.loaded):
        qtbot.keyClick(search, Qt.Key.Key_Return)
    assert window.queue.rowCount() == 1
    assert window.screen_review.stage.caption.hasFocus()


def test_a_search_that_means_nothing_says_so(qtbot, window):
    press(window, "/")
    qtbot.keyClicks(window.screen_review.side.search, "status:nice")
    qtbot.keyClick(window.screen_review.side.search, Qt.Key.Key_Return)
    assert "status: is one of" in window.screen_review.side.problem.text()


def test_never_mark_this_word(qtbot, window):
    wrong = window.review.word.text
    with qtbot.waitSignal(window.threshold.kept):
        press(window, "I")
    assert marked(window) == []
    assert window.threshold.ignored == (wrong,)


@pytest.mark.parametrize("key", ["Return", "N"])
def test_a_word_that_is_never_marked_does_not_lead_past_what_was_next(qtbot, window, ask, key):
    ids = ask(window.project.path, queue.item_ids)
    here = window.review.item.item_id
    with qtbot.waitSignals([window.threshold.kept, window.queue.loaded]):
        press(window, "I")
    qtbot.waitUntil(lambda: window.project.worker.idle and window.loop.ahead is not None)
    moved = ask(window.project.path, queue.item_ids)
    assert moved.index(here) > ids.index(here)
    with qtbot.waitSignal(window.loop.landed):
        press(window, key)
    assert window.review.item.item_id == ids[ids.index(here) + 1] != moved[(moved.index(here) + 1) % len(moved)]


def test_all_keys_come_and_go(qtbot, window):
    press(window, "?")
    assert window.overlay.isVisible()
    QTest.keyClick(window.overlay, Qt.Key.Key_Escape)
    assert not window.overlay.isVisible()
    assert window.screen_review.stage.caption.hasFocus()


def test_where_the_keys_do_not_fit_up_and_down_scroll_them(qtbot, window):
    overlay = window.overlay
    press(window, "?")
    assert overlay.hidden_below == 0, "a window of the usual size shows all of them"
    window.resize(600, 400)
    qtbot.waitUntil(lambda: overlay.hidden_below > 0)
    below = overlay.hidden_below
    QTest.keyClick(overlay, Qt.Key.Key_PageDown)
    assert 0 < overlay.hidden_below < below
    for _ in COMMANDS:
        QTest.keyClick(overlay, Qt.Key.Key_Down)
    assert overlay.hidden_below == 0
    assert overlay.isVisible()
    QTest.keyClick(overlay, Qt.Key.Key_Escape)
    assert not overlay.isVisible()


def test_zoom(window):
    picture = window.screen_review.stage.picture
    fitted = picture.box.shown
    press(window, "+")
    assert picture.box.shown > fitted
    press(window, "Z")
    assert picture.box.shown == pytest.approx(1 / picture.devicePixelRatioF())
    press(window, "F")
    assert picture.box.scale is None
