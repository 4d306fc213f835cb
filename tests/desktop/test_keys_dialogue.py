"""Changing keys in the window: taken at once, remembered, second keys too, and clashes refused."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from captionlint.db.operations import reviews
from captionlint.desktop.dialogs.shortcuts import KeysDialogue
from captionlint.desktop.keymap import Keymap


@pytest.fixture
def window(open_window, fill):
    return open_window(fill())


def test_a_key_is_changed_works_at_once_and_is_remembered(qtbot, window, settings, ask):
    window.menus.bind.trigger()
    dialogue = window.findChild(KeysDialogue)
    dialogue.edits["reject"][0].setKeySequence(QKeySequence("X"))
    dialogue.edits["reject"][1].setKeySequence(QKeySequence("F8"))
    assert dialogue.problem.text() == ""
    dialogue.save.click()
    assert settings.keymap.keys("reject") == ("X", "F8")
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.screen_review.stage.take_keyboard()
    for key in (Qt.Key.Key_X, Qt.Key.Key_F8):
        item = window.review.item.item_id
        with qtbot.waitSignal(window.loop.landed):
            QTest.keyClick(window.screen_review.stage.caption, key)
        (standing,) = ask(window.project.path, reviews.standing, item_id=item)
        assert standing.review.status == "rejected"
    here = window.review.item.item_id
    QTest.keyClick(window.screen_review.stage.caption, Qt.Key.Key_R)
    assert ask(window.project.path, reviews.revisions, item_id=here) == (), "the old key is free"
    assert ("X", "reject") in window.screen_review.stage.keys._caps


def test_a_key_that_two_actions_would_have_is_named_and_refused(window, settings):
    dialogue = window.dialogues.keys()
    dialogue.edits["accept"][0].setKeySequence(QKeySequence("S"))
    assert dialogue.problem.text() == "S is on: Accept as shown, Skip."
    assert not dialogue.save.isEnabled()
    dialogue.edits["skip"][0].clear()
    assert dialogue.problem.text() == ""
    assert dialogue.save.isEnabled()
    dialogue.reject()
    assert settings.keymap.own == {}, "what is cancelled is not kept"


def test_all_keys_go_back_to_how_they_were(window, settings):
    settings.keymap = settings.keymap.bind("accept", ("A",))
    dialogue = window.dialogues.keys()
    assert dialogue.keymap.keys("accept") == ("A",)
    dialogue.reset.click()
    assert dialogue.keymap.own == {}
    dialogue.save.click()
    assert settings.keymap.own == {}


def test_the_hint_on_the_picture_names_the_key_in_use(window, settings):
    dialogue = window.dialogues.keys()
    dialogue.edits["heat"][0].setKeySequence(QKeySequence("Y"))
    dialogue.save.click()
    assert window.screen_review.stage.picture.hint.startswith("Y  where is")


def test_the_field_in_use_can_be_cleared_by_the_mouse(qtbot, window):
    dialogue = window.dialogues.keys()
    qtbot.waitUntil(dialogue.isActiveWindow)
    first, other = dialogue.edits["accept"][0], dialogue.edits["skip"][0]
    other.setFocus()
    assert other.isClearButtonEnabled()
    first.setFocus()
    assert first.isClearButtonEnabled()
    assert not other.isClearButtonEnabled()
    qtbot.mouseClick(first.findChild(QToolButton), Qt.MouseButton.LeftButton)
    assert dialogue.keymap.keys("accept") == Keymap().keys("accept")[1:]
    dialogue.reject()
