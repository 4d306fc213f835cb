"""What the mouse does: words, menus, the queue, the slider, the wheel."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QMenu
from stores import photo, row

from captionlint.db.operations import reviews, scorers
from captionlint.desktop.queue.model import ITEM_ID


@pytest.fixture
def window(open_window, fill):
    return open_window(fill())


def point_of(window, index):
    return window.screen_review.stage.caption.word_rect(index).center().toPoint()


def marked(window):
    return [window.review.text[s.start : s.end] for s in window.review.spans]


def test_a_click_focuses_a_word_and_a_double_click_marks_it(qtbot, window):
    caption = window.screen_review.stage.caption
    qtbot.mouseClick(caption.viewport(), Qt.MouseButton.LeftButton, pos=point_of(window, 2))
    assert window.review.word.text == "dog"
    qtbot.mouseDClick(caption.viewport(), Qt.MouseButton.LeftButton, pos=point_of(window, 2))
    assert "dog" in marked(window)


def test_a_click_on_a_key_of_the_line_does_what_the_key_does(qtbot, window):
    line = window.screen_review.stage.keys
    first = window.review.item.item_id
    window.grab()
    with qtbot.waitSignal(window.loop.landed):
        qtbot.mouseClick(line, Qt.MouseButton.LeftButton, pos=line.place_of("accept").center().toPoint())
    assert window.review.item.item_id != first
    assert window.screen_review.stage.caption.hasFocus()
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton, pos=line.place_of("edit").center().toPoint())
    assert window.screen_review.stage.is_editing
    window.grab()
    assert line.place_of("accept") is None, "other keys stand there while a caption is edited"


def test_hovering_shows_the_attribution(qtbot, window):
    caption = window.screen_review.stage.caption
    qtbot.mouseMove(caption.viewport(), point_of(window, 2))
    qtbot.waitUntil(lambda: "dog" in caption.viewport().toolTip())
    assert "+0.1" in caption.viewport().toolTip()


def test_a_right_click_offers_kinds_and_replacements(qtbot, window):
    caption = window.screen_review.stage.caption
    window.assistant._words = ()  # no model is loaded for this
    window.assistant.suggestions = (("red & blue", 1.0),)
    spot = point_of(window, 1)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, spot, caption.viewport().mapToGlobal(spot))
    QApplication.sendEvent(caption.viewport(), event)
    (menu,) = window.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)[-1:]
    titles = {a.text(): a for a in menu.actions()}
    assert "red && blue" in titles
    kinds = next(a.menu() for a in menu.actions() if a.menu() is not None)
    next(a for a in kinds.actions() if a.text() == "Count").trigger()
    titles["red && blue"].trigger()
    assert [(s.kind, s.replacement) for s in window.review.spans] == [("count", "red & blue")]
    menu.close()


def test_the_inspector_sets_kind_and_replacement(qtbot, window):
    inspector = window.screen_review.inspector
    qtbot.mouseClick(inspector.kinds["action"], Qt.MouseButton.LeftButton)
    assert [s.kind for s in window.review.spans] == ["action"]
    assert inspector.kinds["action"].isChecked()
    inspector.show_suggestions([("green", 1.0), ("blue", 0.4)])
    qtbot.mouseClick(inspector.suggestions[1], Qt.MouseButton.LeftButton)
    assert [s.replacement for s in window.review.spans] == ["blue"]
    assert window.screen_review.stage.caption.hasFocus()


def test_choosing_in_the_queue_leaves_no_decision_behind_and_keeps_the_draft(qtbot, window, ask):
    first = window.review.item.item_id
    window.review.set_kind("count")
    view = window.screen_review.side.list
    index = window.queue.index(2)
    with qtbot.waitSignal(window.loop.landed):
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())
    assert window.review.item.item_id == index.data(ITEM_ID) != first
    assert ask(window.project.path, reviews.revisions, item_id=first) == ()
    with qtbot.waitSignal(window.loop.landed):
        window.loop.go(first)
    assert [s.kind for s in window.review.spans] == ["count"]
    assert window.review.undo_title == "resumed draft"


def test_the_slider_marks_while_it_moves_and_keeps_where_it_rests(qtbot, window, ask):
    slider = window.screen_review.inspector.slider
    qtbot.waitUntil(lambda: window.threshold.distribution is not None)
    with qtbot.waitSignal(window.threshold.kept):
        slider.setValue(slider.maximum() - 300)
        assert marked(window)
    assert window.threshold.flagged == (3, 3)
    assert ask(window.project.path, scorers.current).epsilon == pytest.approx(window.threshold.epsilon)


def test_a_decision_is_made_under_the_threshold_that_is_shown(qtbot, window, ask):
    item = window.review.item.item_id
    qtbot.waitUntil(lambda: window.threshold.distribution is not None)
    window.screen_review.inspector.slider.setValue(0)
    assert marked(window) == []
    with qtbot.waitSignal(window.loop.decided):
        window.actions_by_name["accept"].trigger()
    (standing,) = ask(window.project.path, reviews.standing, item_id=item)
    assert standing.review.spans == ()


def test_the_wheel_zooms_to_the_pointer_and_a_drag_pans(qtbot, window):
    picture = window.screen_review.stage.picture
    qtbot.waitUntil(lambda: picture.picture is not None and picture.picture.full is not None)
    at = QPointF(picture.width() / 2 + 30, picture.height() / 2)
    before = (at.x() - picture.box.rect[0]) / picture.box.rect[2]
    for _ in range(3):
        QApplication.sendEvent(
            picture,
            QWheelEvent(at, picture.mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
                        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False),
        )  # fmt: skip
    assert (at.x() - picture.box.rect[0]) / picture.box.rect[2] == pytest.approx(before, abs=0.01)
    x = picture.box.x
    qtbot.mousePress(picture, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    qtbot.mouseMove(picture, QPoint(60, 100))
    qtbot.mouseRelease(picture, Qt.MouseButton.LeftButton, pos=QPoint(60, 100))
    assert picture.box.x > x


def test_words_that_are_never_marked_are_shown_and_edited(qtbot, window):
    window._show_ignored()
    dialogue = next(w for w in QApplication.topLevelWidgets() if type(w).__name__ == "IgnoredDialog")
    qtbot.waitUntil(dialogue.isActiveWindow)
    dialogue.new.setFocus()
    with qtbot.waitSignal(window.threshold.kept):
        dialogue.new.setText("Dog")
        qtbot.keyClick(dialogue.new, Qt.Key.Key_Return)
    assert [dialogue.words.item(i).text() for i in range(dialogue.words.count())] == ["dog"]
    dialogue.words.setCurrentRow(0)
    with qtbot.waitSignal(window.threshold.kept):
        dialogue._remove()
    assert dialogue.words.count() == 0
    dialogue.close()


def test_the_board_shows_states_and_opens_an_item(qtbot, window):
    window.actions_by_name["screen_queue"].trigger()
    assert window.board.isVisible()
    with qtbot.waitSignal(window.queue.loaded):
        window.board.states["status:accepted"].click()
    assert window.queue.rowCount() == 0
    with qtbot.waitSignal(window.queue.loaded):
        window.board.states[""].click()
    with qtbot.waitSignal(window.loop.landed):
        window.board.list.activated.emit(window.queue.index(3))
    assert window.screen_review.isVisible()
    assert window.review.item.item_id == window.queue.index(3).data(ITEM_ID)


def test_a_missing_picture_says_so_and_the_item_can_be_decided(qtbot, open_window, fill, tmp_path):
    path = photo(tmp_path, "gone.png")
    db = fill([row(path, "a x1 dog", id="one"), row(path, "a x2 cat", id="two")], name="gone.db")
    (tmp_path / "gone.png").unlink()
    window = open_window(db)
    picture = window.screen_review.stage.picture
    qtbot.waitUntil(lambda: picture.picture is not None)
    assert "gone.png does not exist" in picture.accessibleDescription()
    with qtbot.waitSignal(window.loop.decided):
        window.actions_by_name["reject"].trigger()
