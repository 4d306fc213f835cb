"""Captions that are hard on a layout: emoji, right to left, 3,000 words, markup."""

import time
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from stores import photo, row

from captionlint.core.text.words import split_pieces
from captionlint.db.operations import reviews
from captionlint.desktop.review.model.draft import words_of
from captionlint.desktop.review.view.caption_layout import PAD, CaptionLayout

HEBREW = "כלב xאדום רץ עם 2 חתולים"
EMOJI = "a 🚫 x👩‍👩‍👧 dog 🇫🇷 e\u0301te xnear it"


@pytest.fixture
def show(open_window, fill, tmp_path):
    """Opens a store of one caption."""

    def call(caption, *more):
        path = photo(tmp_path)
        return open_window(fill([row(path, c, id=str(n)) for n, c in enumerate((caption, *more))], name="hard.db"))

    return call


def layout(caption, width=600):
    return CaptionLayout(caption, words_of(caption), font=QFont("DejaVu Sans", 20), width=width, below=20)


def test_boxes_stand_over_their_words_in_reading_order(qapp):
    laid = layout(EMOJI)
    assert [b.word for b in laid.boxes] == list(range(len(words_of(EMOJI))))
    lefts = [b.rect.left() for b in laid.boxes if b.line == 0]
    assert lefts == sorted(lefts)
    assert laid.word_at(laid.boxes[3].rect.center()) == 3


def test_right_to_left_runs_from_the_right_and_numbers_stay_whole(qapp):
    laid = layout(HEBREW)
    rights = [b.rect.right() for b in laid.boxes if b.line == 0]
    assert rights[0] == max(rights)
    assert rights == sorted(rights, reverse=True)
    for box in laid.boxes:
        assert 0 < box.rect.width() < 300


@pytest.mark.parametrize("caption", ["שלום x2 a dog 12 runs עולם x3", "كلب x1 يركض", "a כלב b dog", "x1 كلب"])
def test_where_directions_change_each_word_has_a_place_of_its_own(qapp, caption):
    laid = layout(caption, width=900)
    assert [box.word for box in laid.boxes] == list(range(len(words_of(caption))))
    for box, word in zip(laid.boxes, words_of(caption), strict=True):
        alone = layout(word.text, width=900).boxes[0]
        assert abs(box.rect.width() - alone.rect.width()) < 8, word.text
        assert laid.word_at(box.rect.center()) == box.word
    inner = sorted((box.rect.left() + PAD, box.rect.right() - PAD) for box in laid.boxes)
    assert all(one[1] <= other[0] + 1 for one, other in pairwise(inner))


def test_a_word_longer_than_a_line_has_a_box_on_each(qapp):
    laid = layout("a " + "x" * 300 + " b", width=300)
    assert len([b for b in laid.boxes if b.word == 1]) > 3
    assert max(b.rect.right() for b in laid.boxes) <= 300 + 20


def test_left_is_forward_in_a_right_to_left_caption(qtbot, show):
    window = show(HEBREW)
    window.review.set_focus(0)
    qtbot.keyClick(window.screen_review.stage.caption, Qt.Key.Key_Left)
    assert window.review.focus == 1
    qtbot.keyClick(window.screen_review.stage.caption, Qt.Key.Key_Right)
    assert window.review.focus == 0


@pytest.mark.parametrize("caption", [EMOJI, HEBREW, "a\xa0red\u2028x1 dog\r\nthere", "<b>x1</b> <img src='http://x/'>"])
def test_marks_are_kept_in_code_points(qtbot, show, ask, caption):
    window = show(caption)
    words = [p for p in split_pieces(caption) if p.is_word]
    window.review.set_focus(len(words) - 1)
    if window.review.span_of(window.review.word) is None:
        qtbot.keyClick(window.screen_review.stage.caption, Qt.Key.Key_Space)
    item = window.review.item.item_id
    with qtbot.waitSignal(window.loop.decided):
        qtbot.keyClick(window.screen_review.stage.caption, Qt.Key.Key_Return)
    (standing,) = ask(window.project.path, reviews.standing, item_id=item)
    last = standing.review.spans[-1]
    assert caption[last.start : last.end] == words[-1].text
    assert standing.review.corrected_caption is None


def test_an_editor_that_changes_nothing_keeps_every_character(qtbot, show, ask):
    caption = "a\xa0red 🚫\u2028x1 dog\r\nthere"
    window = show(caption)
    item = window.review.item.item_id
    qtbot.keyClick(window.screen_review.stage.caption, Qt.Key.Key_E)
    editor = window.screen_review.stage.editor
    qtbot.keyClick(editor, Qt.Key.Key_Backspace)
    qtbot.keyClicks(editor, "2")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    with qtbot.waitSignal(window.loop.decided):
        qtbot.keyClick(window.screen_review.stage.caption, Qt.Key.Key_Return)
    (standing,) = ask(window.project.path, reviews.standing, item_id=item)
    assert standing.review.corrected_caption == caption.replace("x1", "x2")


def test_three_thousand_words_repaint_as_fast_as_three(qtbot, show):
    window = show(" ".join(f"w{n}" if n % 7 else f"x{n}" for n in range(3000)))
    caption = window.screen_review.stage.caption
    window.review.set_focus(2999)
    assert caption.verticalScrollBar().value() > 0
    times = []
    for number in range(20):
        window.review.set_focus(2000 + number)
        started = time.perf_counter()
        caption.viewport().repaint()
        times.append(time.perf_counter() - started)
    assert sorted(times)[10] < 0.016 * 4  # on a quiet machine a quarter of it
    qtbot.keyClick(caption, Qt.Key.Key_Space)
    assert window.review.span_of(window.review.word) is not None


def test_a_long_caption_is_laid_out_once_and_stays_clear_of_its_scroll_bar(qtbot, show):
    window = show(" ".join(f"w{n}" for n in range(3000)))
    caption = window.screen_review.stage.caption
    qtbot.waitUntil(lambda: caption.verticalScrollBar().isVisible())
    laid = caption.laid
    left = caption.word_rect(0).left() - laid.first_box(0).rect.left()
    assert max(box.rect.right() for box in laid.boxes) + left <= caption.viewport().width()
    window.resize(window.width(), window.height() - 60)
    assert caption.laid is laid, "another height makes no other lines"
    window.resize(window.width() + 100, window.height())
    qtbot.waitUntil(lambda: caption.laid is not laid)


def test_a_screen_reader_is_told_the_word_in_focus(show):
    window = show("a x1 dog")
    name = window.screen_review.stage.caption.accessibleName()
    assert name.startswith("Word 2 of 3, x1, flagged, −0.")
