"""What must not happen by accident in the window: a held key, a double click, a key behind a dialogue or a menu."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox
from stores import rows

from captionlint.core.errors import StoreError
from captionlint.db.operations import items, reviews
from captionlint.desktop.keymap import COMMANDS


@pytest.fixture
def window(qtbot, open_window, fill):
    made = open_window(fill())
    settle(qtbot, made)
    return made


def settle(qtbot, window):
    """Waits until the store has answered and the next item, if there is one, was read ahead."""
    qtbot.waitUntil(lambda: window.project.worker.idle)
    QApplication.processEvents()
    qtbot.waitUntil(lambda: window.project.worker.idle)


def hold(qtbot, window, keys, *, repetitions=6):
    """Presses a key and keeps it down, wherever the keyboard is; the store answers between two repetitions."""
    combination = QKeySequence(keys)[0]
    key, modifiers = combination.key(), combination.keyboardModifiers()
    for number in range(repetitions):
        QTest.simulateEvent(window.focusWidget(), True, key, modifiers, "", number > 0)
        settle(qtbot, window)


def decisions(window, ask):
    """How many revisions are in the store."""
    path = window.project.path
    return sum(len(ask(path, reviews.revisions, item_id=i)) for i in ask(path, items.ids))


@pytest.mark.parametrize("keys", ["Return", "Enter", "R", "Del", "S", "Ctrl+PgDown"])
def test_a_held_decision_key_decides_one_item(qtbot, window, ask, keys):
    hold(qtbot, window, keys)
    assert decisions(window, ask) == 1


def test_a_held_decision_key_of_the_users_own_decides_one_item(qtbot, window, ask):
    keymap = window.settings.keymap.bind("accept", ("A",)).bind("reject", ("Right",)).bind("next_word", ())
    window.rebind(keymap)
    hold(qtbot, window, "A")
    hold(qtbot, window, "Right")
    assert decisions(window, ask) == 2


def test_held_undo_takes_back_one_decision(qtbot, window, ask):
    for _ in range(3):
        hold(qtbot, window, "Return", repetitions=1)
    hold(qtbot, window, "Ctrl+Z")
    assert decisions(window, ask) == 4, "three decisions, one taken back"


def test_a_held_key_goes_on_to_the_next_word_and_item(qtbot, window):
    hold(qtbot, window, "Home", repetitions=1)
    first = window.review.focus
    hold(qtbot, window, "Right", repetitions=3)
    assert window.review.focus == first + 3
    row = window.queue.row_of(window.review.item.item_id)
    hold(qtbot, window, "N", repetitions=3)
    assert window.queue.row_of(window.review.item.item_id) == row + 3


def test_only_moving_and_zooming_repeat():
    assert {c.name for c in COMMANDS if c.repeats} == {
        "next_word", "previous_word", "next_mark", "previous_mark", "extend_right", "extend_left",
        "next", "previous", "next_suspicious", "zoom_in", "zoom_out",
    }  # fmt: skip


def test_enter_that_is_held_over_the_last_item_takes_no_offer(qtbot, open_window, fill, tmp_path):
    window = open_window(fill(rows(tmp_path / "photos", 1), name="one.db"))
    settle(qtbot, window)
    taken = []
    window.screen_review.stage.end.asked.connect(taken.append)
    hold(qtbot, window, "Return")
    assert window.review.item is None
    qtbot.waitUntil(lambda: window.focusWidget() is window.screen_review.stage.end.buttons["summary"])
    QTest.simulateEvent(window.focusWidget(), True, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "", True)
    assert taken == []
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert taken == ["summary"], "a fresh press"


def test_enter_that_is_held_while_a_decision_fails_leaves_the_reason_to_be_read(qtbot, window):
    window.loop.not_kept.emit(StoreError("There is no room."))
    box = window.findChild(QMessageBox, "problem")
    qtbot.waitUntil(box.isActiveWindow)
    close = box.button(QMessageBox.StandardButton.Close)
    QTest.simulateEvent(close, True, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "", True)
    assert box.isVisible()
    QTest.keyClick(close, Qt.Key.Key_Return)
    assert not box.isVisible()


def test_a_double_click_on_accept_decides_one_item(qtbot, window, ask):
    line = window.screen_review.stage.keys
    window.grab()
    place = line.place_of("accept").center().toPoint()
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton, pos=place)
    settle(qtbot, window)
    qtbot.mouseDClick(line, Qt.MouseButton.LeftButton, pos=place)  # its second half alone
    settle(qtbot, window)
    assert decisions(window, ask) == 1


@pytest.mark.parametrize("keys", ["Return", "R", "S"])
def test_a_decision_key_behind_a_dialogue_or_a_menu_decides_nothing(qtbot, window, ask, keys):
    combination = QKeySequence(keys)[0]
    dialogue = window.dialogues.about()
    qtbot.waitUntil(dialogue.isActiveWindow)
    QTest.keyClick(dialogue.focusWidget() or dialogue, combination.key())
    dialogue.close()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    menu = window.menus.store
    menu.popup(window.mapToGlobal(window.rect().center()))
    QTest.keyClick(menu, combination.key())
    menu.close()
    settle(qtbot, window)
    assert decisions(window, ask) == 0


def type_into_the_caption(qtbot, window):
    """Opens the editor and types; gives the caption as it reads then."""
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_E)
    qtbot.keyClicks(window.screen_review.stage.editor, "ish")
    return window.screen_review.stage.editor.toPlainText()


def type_a_replacement(qtbot, window, text):
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_W)
    qtbot.keyClicks(window.screen_review.inspector.replacement, text)


def test_a_caption_that_is_being_edited_is_kept_when_the_window_closes(qtbot, window, open_window):
    item = window.review.item.item_id
    text = type_into_the_caption(qtbot, window)
    assert window.close()
    again = open_window(window.project.path)
    assert (again.review.item.item_id, again.review.text) == (item, text)


def test_a_replacement_that_is_being_typed_is_kept_when_the_window_closes(qtbot, window, open_window):
    type_a_replacement(qtbot, window, "blue")
    assert window.close()
    again = open_window(window.project.path)
    assert [s.replacement for s in again.review.spans] == ["blue"]


def test_another_item_leaves_a_caption_that_is_being_edited_as_a_draft(qtbot, window):
    item = window.review.item.item_id
    text = type_into_the_caption(qtbot, window)
    side = window.screen_review.side.list
    with qtbot.waitSignal(window.loop.landed):
        place = side.visualRect(window.queue.index(2)).center()
        qtbot.mouseClick(side.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.review.item.item_id != item
    with qtbot.waitSignal(window.loop.landed):
        window.loop.go(item)
    assert window.review.text == text


def test_a_decision_by_menu_takes_a_replacement_that_is_being_typed(qtbot, window, ask):
    item = window.review.item.item_id
    type_a_replacement(qtbot, window, "blue")
    with qtbot.waitSignal(window.loop.decided):
        window.actions_by_name["accept"].trigger()
    (standing,) = ask(window.project.path, reviews.standing, item_id=item)
    assert [s.replacement for s in standing.review.spans] == ["blue"]


def test_a_click_on_another_word_keeps_a_replacement_that_is_being_typed(qtbot, window):
    caption = window.screen_review.stage.caption
    type_a_replacement(qtbot, window, "blue")
    place = caption.word_rect(3).center().toPoint()
    qtbot.mouseClick(caption.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.review.focus == 3
    assert [s.replacement for s in window.review.spans] == ["blue"]


def test_undo_by_menu_while_a_caption_is_edited_takes_back_the_edit_and_no_decision(qtbot, window, ask):
    hold(qtbot, window, "Return", repetitions=1)
    before = window.review.text
    text = type_into_the_caption(qtbot, window)
    window.actions_by_name["undo"].trigger()
    assert not window.screen_review.stage.is_editing
    assert window.review.text == before
    window.actions_by_name["redo"].trigger()
    assert window.review.text == text
    settle(qtbot, window)
    assert decisions(window, ask) == 1
