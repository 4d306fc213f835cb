"""The queue is ordered anew while the annotator goes on: after never-mark, a new threshold, and on opening."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from captionlint.db.operations import ignored_words, queue, reviews, scorers
from captionlint.db.rows import ranking
from captionlint.desktop.background import project
from captionlint.desktop.dialogs.ignored_words import IgnoredDialog
from captionlint.desktop.queue.model import ITEM_ID


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Every item is ranked by a job of its own."""
    monkeypatch.setattr(ranking, "PORTION", 1)
    monkeypatch.setattr(project, "_AT_ONCE", 0.0)


def wanted_order(ask, path):
    """The queue as it stands in the store; nothing is left to rank there."""
    assert ask(path, lambda store: list(scorers.rank_in_parts(store))) == [0]
    return ask(path, queue.item_ids)


def test_a_decision_does_not_wait_until_never_mark_has_ranked(qtbot, open_window, fill, ask):
    window = open_window(fill())
    path, told = window.project.path, []
    window.loop.decided.connect(lambda decision: told.append(decision.item_id))
    window.threshold.kept.connect(lambda: told.append("kept"))
    item = window.review.item.item_id
    window.threshold.ignore("dog")
    with qtbot.waitSignals([window.threshold.kept, window.queue.loaded, window.loop.decided]):
        QTest.keyClick(window.screen_review.stage.caption, Qt.Key.Key_Return)
    assert told == [item, "kept"]
    assert [window.queue.index(row).data(ITEM_ID) for row in range(6)] == list(wanted_order(ask, path))
    assert ask(path, reviews.standing, item_id=item)


def test_never_mark_and_a_threshold_at_once_leave_the_right_order(qtbot, open_window, fill, ask):
    window = open_window(fill())
    qtbot.waitUntil(lambda: window.threshold.distribution is not None)
    window.threshold.ignore("dog")
    window.threshold.move(window.threshold.position - 100)
    window.threshold.keep()
    window.threshold.ignore("x3")
    with qtbot.waitSignals([window.threshold.kept, window.queue.loaded]):
        window.threshold.heed("dog")
    assert window.threshold.ignored == ("x3",)
    order = wanted_order(ask, window.project.path)
    assert [window.queue.index(row).data(ITEM_ID) for row in range(6)] == list(order)
    assert window.threshold.scorer.epsilon == window.threshold.epsilon


def test_what_a_killed_program_left_unranked_is_ranked_on_opening(qtbot, open_window, fill, ask):
    path = fill()
    before = ask(path, queue.item_ids)
    first = ask(path, queue.page)[0].caption.split()
    ask(path, ignored_words.ignore, word=next(word for word in first if word.startswith("x")), finish=False)
    window = open_window(path, wait=False)
    with qtbot.waitSignals([window.threshold.kept, window.queue.loaded]):
        window.show()
        window.start()
    order = wanted_order(ask, path)
    assert order != before
    qtbot.waitUntil(lambda: window.queue.row_of(before[0]) == order.index(before[0]))


def test_a_window_that_is_closed_while_it_ranks_loses_nothing(qtbot, open_window, fill, ask):
    window = open_window(fill())
    path = window.project.path
    window.threshold.ignore("dog")
    window.close()
    assert ask(path, ignored_words.ignored) == ("dog",)
    ask(path, scorers.finish_ranking)
    assert len(wanted_order(ask, path)) == 6


@pytest.mark.parametrize("how", ["key", "dialog"])
def test_the_next_item_stays_the_next_one_however_a_word_is_ignored(qtbot, open_window, fill, ask, how):
    window = open_window(fill())
    path = window.project.path
    order = ask(path, queue.item_ids)
    with qtbot.waitSignal(window.loop.landed):
        window.loop.go(order[2])
    word = next(w.text for w in window.review.words if w.text.startswith("x"))
    window.review.set_focus([w.text for w in window.review.words].index(word))
    with qtbot.waitSignals([window.threshold.kept, window.queue.loaded]):
        if how == "dialog":
            dialog = IgnoredDialog(window.threshold, window)
            dialog.new.setText(word)
            dialog._add()
        else:
            QTest.keyClick(window.screen_review.stage.caption, Qt.Key.Key_I)
    assert ask(path, queue.item_ids).index(order[2]) > 2
    with qtbot.waitSignal(window.loop.landed):
        window.loop.next()
    assert window.review.item.item_id == order[3]
