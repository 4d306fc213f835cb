"""How far the work is: kept up to date by the decisions themselves, without counting the store again."""

import pytest
from growth import statements
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from captionlint.db.operations import stats


@pytest.fixture
def window(open_window, fill):
    return open_window(fill())


def test_progress_follows_decisions_and_undo(qtbot, window, ask):
    qtbot.waitUntil(lambda: window.progress.counts is not None)
    caption = window.screen_review.stage.caption
    acts = (
        lambda: QTest.keyClick(caption, Qt.Key.Key_Return),
        lambda: QTest.keyClick(caption, Qt.Key.Key_R),
        window.loop.undo,
        window.loop.redo,
        window.loop.undo,
        lambda: window.loop.decide("skip"),
    )
    for act in acts:
        with qtbot.waitSignal(window.loop.decided):
            act()
        assert window.progress.counts == ask(window.project.path, stats.statuses)
    assert (window.progress.done, window.progress.total) == (2, 6)


def test_no_decision_counts_the_store(qtbot, window):
    qtbot.waitUntil(lambda: window.progress.counts is not None and window.project.worker.idle)
    with statements() as sent:
        for _ in range(2):
            with qtbot.waitSignal(window.loop.landed):
                QTest.keyClick(window.screen_review.stage.caption, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: window.project.worker.idle and window.loop.ahead is not None)
    assert any("INSERT INTO revision" in said for said in sent)
    assert [said for said in sent if "count(" in said.lower()] == []
