"""Whatever was used beside the item, its keys act on the item; who goes by Tab keeps the control."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from captionlint.db.operations import reviews


@pytest.fixture
def window(qtbot, open_window, fill):
    made = open_window(fill())
    qtbot.waitUntil(lambda: made.threshold.distribution is not None)
    made.screen_review.inspector.show_suggestions([("green", 1.0), ("blue", 0.5)])
    return made


def drag_slider(qtbot, window):
    slider = window.screen_review.inspector.slider
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(8, slider.height() // 2))
    qtbot.mouseMove(slider, QPoint(60, slider.height() // 2))
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(60, slider.height() // 2))


def choose_order(qtbot, window):
    order = window.screen_review.side.order
    qtbot.mouseClick(order, Qt.MouseButton.LeftButton)
    view = order.view()
    qtbot.waitUntil(view.isVisible)
    with qtbot.waitSignal(window.queue.loaded):
        QTest.keyClick(view, Qt.Key.Key_Down)
        QTest.keyClick(view, Qt.Key.Key_Return)


def leave_order_unchosen(qtbot, window):
    order = window.screen_review.side.order
    qtbot.mouseClick(order, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(order.view().isVisible)
    QTest.keyClick(order.view(), Qt.Key.Key_Escape)


def click_list(qtbot, window):
    view = window.screen_review.side.list
    place = view.visualRect(window.queue.index(1)).center()
    with qtbot.waitSignal(window.loop.landed):
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def click_kind(qtbot, window):
    qtbot.mouseClick(window.screen_review.inspector.kinds["action"], Qt.MouseButton.LeftButton)


def click_suggestion(qtbot, window):
    qtbot.mouseClick(window.screen_review.inspector.suggestions[1], Qt.MouseButton.LeftButton)


def search(qtbot, window):
    line = window.screen_review.side.search
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(line, "dog")
    with qtbot.waitSignal(window.queue.loaded):
        QTest.keyClick(line, Qt.Key.Key_Return)


def close_list_of_words(qtbot, window):
    qtbot.mouseClick(window.screen_review.inspector.never, Qt.MouseButton.LeftButton)
    dialogue = next(w for w in QApplication.topLevelWidgets() if type(w).__name__ == "IgnoredDialog")
    qtbot.waitUntil(dialogue.isActiveWindow)
    dialogue.close()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)


USES = [
    drag_slider, choose_order, leave_order_unchosen, click_list, click_kind, click_suggestion, search,
    close_list_of_words,
]  # fmt: skip


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("before", ["item", "search"])
def test_after_a_control_was_used_by_mouse_keys_act_on_the_item(qtbot, window, ask, use, before):
    if before == "search":
        window.screen_review.side.search.setFocus(Qt.FocusReason.MouseFocusReason)
    use(qtbot, window)
    window.activateWindow()  # after a list that was open: there is no window manager here
    caption = window.screen_review.stage.caption
    qtbot.waitUntil(caption.hasFocus)
    qtbot.waitUntil(lambda: window.project.worker.idle)
    item, position = window.review.item.item_id, window.threshold.position
    focus = window.review.focus
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Right)
    assert window.review.focus == focus + 1
    with qtbot.waitSignal(window.loop.decided):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_R)
    assert window.threshold.position == position
    (standing,) = ask(window.project.path, reviews.standing, item_id=item)
    assert standing.review.status == "rejected"


@pytest.mark.parametrize("control", ["slider", "order", "list", "kind"])
def test_a_control_that_tab_led_to_leaves_the_items_keys_to_the_item(qtbot, window, ask, control):
    screen = window.screen_review
    widgets = {
        "slider": screen.inspector.slider, "order": screen.side.order, "list": screen.side.list,
        "kind": screen.inspector.kinds["action"],
    }  # fmt: skip
    widget, item, order = widgets[control], window.review.item.item_id, screen.side.order.currentIndex()
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(window.loop.decided):
        QTest.keyClick(widget, Qt.Key.Key_S)
    (standing,) = ask(window.project.path, reviews.standing, item_id=item)
    assert standing.review.status == "skipped"
    assert screen.side.order.currentIndex() == order, "S chooses no order"


def test_an_item_key_works_from_every_control_that_is_no_text_field(qtbot, window):
    window.toast.show_message("Something was done")
    done = []
    window.actions_by_name["zoom_in"].triggered.connect(lambda: done.append(True))
    controls = [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() is not Qt.FocusPolicy.NoFocus
        and not isinstance(widget, (QLineEdit, QPlainTextEdit))
    ]
    assert {window.toast.undo, *window.header.findChildren(QPushButton)} <= set(controls)
    deaf = []
    for control in controls:
        control.setFocus(Qt.FocusReason.TabFocusReason)
        before = len(done)
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Plus)
        if len(done) != before + 1:
            deaf.append((type(control).__name__, control.objectName(), type(control.parent()).__name__))
    assert deaf == []


def test_keys_of_the_item_do_nothing_on_a_header_button_over_another_screen(window):
    window.show_screen("queue")
    item = window.review.item
    button = window.header.findChildren(QPushButton)[0]
    button.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(button, Qt.Key.Key_1)
    assert not window.review.is_changed
    QTest.keyClick(button, Qt.Key.Key_S)
    assert window.review.item is item


def test_a_slider_that_tab_led_to_is_moved_with_the_arrows(window):
    slider = window.screen_review.inspector.slider
    slider.setFocus(Qt.FocusReason.TabFocusReason)
    position, focus = slider.value(), window.review.focus
    for _ in range(3):
        QTest.keyClick(slider, Qt.Key.Key_Left)
    assert slider.value() < position
    assert (slider.hasFocus(), window.review.focus) == (True, focus)


def test_a_held_key_on_a_control_decides_one_item(qtbot, window):
    slider, decided = window.screen_review.inspector.slider, []
    window.loop.decided.connect(decided.append)
    window.screen_review.stage.take_keyboard = lambda: None  # the keyboard stays for all repetitions
    slider.setFocus(Qt.FocusReason.TabFocusReason)
    for number in range(5):
        QTest.simulateEvent(slider, True, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "", number > 0)
        qtbot.waitUntil(lambda: window.project.worker.idle)
    qtbot.waitUntil(lambda: bool(decided))
    assert len(decided) == 1


def test_a_slider_used_while_a_caption_is_edited_leaves_the_editor_open(qtbot, window):
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_E)
    editor = window.screen_review.stage.editor
    qtbot.keyClicks(editor, "ish")
    drag_slider(qtbot, window)
    qtbot.wait(1)
    assert editor.hasFocus()
    assert window.screen_review.stage.is_editing
