"""The review loop without a window: the next item at once, the decision behind it, and back if it was not kept."""

import sqlite3
import threading
from contextlib import closing

import pytest

from captionlint.db.operations import items, queue, reviews, scorers
from captionlint.db.rows.filters import Filters
from captionlint.desktop.review.model.review_loop import ReviewLoop
from captionlint.desktop.review.model.review_model import ReviewModel


@pytest.fixture
def loop(qtbot, project):
    """At the first item, the next one read ahead."""
    made = ReviewLoop(project, ReviewModel())
    with qtbot.waitSignal(made.landed):
        made.begin()
    qtbot.waitUntil(lambda: made.ahead is not None)
    return made


@pytest.fixture
def held(project):
    """The store's worker waits, as for a slow disk, until this is set."""
    gate = threading.Event()
    project.ask(lambda _: gate.wait(60))
    yield gate
    gate.set()


def sql(project, statement):
    with closing(sqlite3.connect(project.path)) as other, other:
        other.execute(statement)


def full_disk(project):
    sql(project, "CREATE TRIGGER full BEFORE INSERT ON revision BEGIN SELECT RAISE(ABORT, 'no room'); END")


def statuses(project, ask, *item_ids):
    return [[r.review.status for r in ask(project.path, reviews.standing, item_id=i)] for i in item_ids]


def test_the_next_item_is_shown_before_the_disk_has_the_decision(qtbot, project, loop, held, ask):
    first, second = loop.model.item.item_id, loop.ahead.item.item_id
    shown, kept = [], []
    loop.shown.connect(lambda item: shown.append(item.item_id))
    loop.committed.connect(kept.append)
    loop.decide("accept")
    assert loop.model.item.item_id == second
    assert (shown, kept) == ([second], [])
    assert statuses(project, ask, first) == [[]]
    with qtbot.waitSignal(loop.landed):
        held.set()
    assert statuses(project, ask, first) == [["accepted"]]
    assert (shown, len(kept)) == ([second], 1), "it is not shown a second time"
    assert ask(project.path, queue.position, annotator="ana") == second


def test_a_decision_that_is_not_kept_brings_its_item_back_as_it_was_left(qtbot, project, loop, ask):
    first = loop.model.item.item_id
    loop.model.set_kind("count")
    full_disk(project)
    with qtbot.waitSignal(loop.not_kept) as failed:
        loop.decide("accept")
        assert loop.model.item.item_id != first
    assert "no room" in str(failed.args[0])
    assert loop.model.item.item_id == first
    assert [span.kind for span in loop.model.spans] == ["count"]
    assert statuses(project, ask, first) == [[]]
    sql(project, "DROP TRIGGER full")
    with qtbot.waitSignal(loop.decided):
        loop.decide("accept")
    assert statuses(project, ask, first) == [["corrected"]]


def test_two_quick_decisions_reach_the_store_in_order(qtbot, project, loop, held, ask):
    first, second = loop.model.item.item_id, loop.ahead.item.item_id
    landed = []
    loop.landed.connect(landed.append)
    loop.decide("accept")
    loop.decide("reject")
    loop.decide("skip")  # the store has not said yet what comes: this key says nothing
    held.set()
    qtbot.waitUntil(lambda: len(landed) == 2)
    assert statuses(project, ask, first, second) == [["accepted"], ["rejected"]]
    assert loop.model.item.item_id not in (first, second)
    assert statuses(project, ask, loop.model.item.item_id) == [[]]


def test_a_jump_that_comes_late_does_not_cover_what_a_decision_showed_since(qtbot, project, loop, held, ask):
    first, second = loop.model.item.item_id, loop.ahead.item.item_id
    landed = []
    loop.landed.connect(landed.append)
    loop.previous()
    loop.decide("accept")
    held.set()
    qtbot.waitUntil(lambda: len(landed) == 2)
    assert loop.model.item.item_id == second
    assert statuses(project, ask, first, second) == [["accepted"], []]
    with qtbot.waitSignal(loop.landed):
        loop.previous()
    assert loop.model.item.item_id == first, "a jump asked for afterwards is not late"


def test_what_was_decided_behind_a_lost_decision_stands_and_the_lost_one_stays_before_the_eyes(
    qtbot, project, loop, held, ask
):
    first, second = loop.model.item.item_id, loop.ahead.item.item_id
    sql(
        project,
        f"CREATE TRIGGER full BEFORE INSERT ON revision WHEN NEW.item_id = {first} "
        "BEGIN SELECT RAISE(ABORT, 'no room'); END",
    )
    loop.decide("accept")
    loop.decide("reject")
    with qtbot.waitSignals([loop.not_kept, loop.landed]):
        held.set()
    assert loop.model.item.item_id == first
    assert statuses(project, ask, first, second) == [[], ["rejected"]]


def test_undo_behind_a_lost_decision_takes_back_no_other(qtbot, project, loop, ask):
    first = loop.model.item.item_id
    with qtbot.waitSignal(loop.landed):
        loop.decide("accept")
    qtbot.waitUntil(lambda: loop.ahead is not None)
    second = loop.model.item.item_id
    full_disk(project)
    with qtbot.waitSignals([loop.not_kept, loop.landed]):
        loop.decide("accept")
        loop.undo()
    assert statuses(project, ask, first, second) == [["accepted"], []]
    assert loop.model.item.item_id == second


def test_an_item_that_somebody_else_decided_meanwhile_is_passed_by(qtbot, project, loop, ask):
    second = loop.ahead.item.item_id
    ask(project.path, reviews.reject, item_id=second, annotator="ben")
    with qtbot.waitSignal(loop.landed):
        loop.decide("accept")
    assert loop.model.item.item_id != second
    assert loop.model.item.status == "pending"


def test_marks_that_moved_meanwhile_are_shown_also_under_the_hands(qtbot, project, loop, ask):
    before = loop.ahead.item.marks
    ask(project.path, scorers.set_epsilon, epsilon=10.0)  # now every word is marked
    with qtbot.waitSignal(loop.landed):
        loop.decide("accept")
        loop.model.toggle()
        focus = loop.model.focus
    item = ask(project.path, items.get, item_id=loop.model.item.item_id)
    assert loop.model.draft.item.marks == item.marks != before
    assert loop.model.is_changed
    assert loop.model.focus == focus


def test_a_decision_that_is_kept_is_not_called_lost_for_what_fails_behind_it(qtbot, project, loop, ask):
    first, second = loop.model.item.item_id, loop.ahead.item.item_id
    failed = []
    loop.not_kept.connect(failed.append)
    loop.failed.connect(failed.append)
    sql(project, "CREATE TRIGGER full BEFORE UPDATE ON annotator BEGIN SELECT RAISE(ABORT, 'no room'); END")
    with qtbot.waitSignal(loop.landed):
        loop.decide("accept")
    assert statuses(project, ask, first) == [["accepted"]]
    assert loop.model.item.item_id == second
    assert failed == []
    sql(project, "DROP TRIGGER full")
    with qtbot.waitSignal(loop.landed):
        loop.undo()
    assert statuses(project, ask, first) == [[]]


@pytest.mark.parametrize("way", ["decision", "undo"])
def test_a_kept_decision_is_told_apart_from_an_item_that_cannot_be_read(qtbot, project, loop, ask, way):
    first, caption = loop.model.item.item_id, loop.model.text
    loop.model.set_kind("count")
    if way == "undo":
        with qtbot.waitSignal(loop.landed):
            loop.decide("accept")
    lost, unread, told = [], [], []
    loop.failed.connect(unread.append)
    loop.not_kept.connect(lost.append)
    loop.said.connect(told.append)
    sql(project, "CREATE TRIGGER full BEFORE UPDATE ON annotator BEGIN SELECT RAISE(ABORT, 'no room'); END")
    with qtbot.waitSignals([loop.failed, loop.decided, loop.landed]):
        if way == "undo":
            loop.undo()
        else:
            loop.ahead = None  # nothing was read ahead
            loop.decide("accept")
    assert "no room" in str(unread[0])
    assert (len(unread), lost) == (1, [])
    assert statuses(project, ask, first) == [[] if way == "undo" else ["corrected"]]
    assert told == ["Took back: correction" if way == "undo" else "Corrected, next"]
    sql(project, "DROP TRIGGER full")
    if way == "decision":
        assert (loop.model.text, loop.model.item.status) == (caption, "corrected")
        assert [span.kind for span in loop.model.spans] == ["count"]
        assert loop.undo_title == "correction"
        with qtbot.waitSignal(loop.landed):
            loop.decide("accept")
        assert loop.model.item.item_id != first
        assert statuses(project, ask, first) == [["corrected"]], "it was not decided a second time"
        with qtbot.waitSignal(loop.landed):
            loop.undo()
        assert statuses(project, ask, first) == [[]]
    else:
        assert loop.redo_title == "correction"


def test_another_order_is_read_ahead_anew(qtbot, project, loop, ask):
    loop.order = "file"
    loop.look_ahead()
    assert loop.ahead is None
    qtbot.waitUntil(lambda: loop.ahead is not None)
    first = loop.model.item.item_id
    expected = ask(project.path, queue.following, order="file", after=first)
    assert loop.ahead.item.item_id == (expected.item_id if expected else 1)


def test_a_job_of_the_loop_uses_the_order_in_which_it_was_asked_for(qtbot, project, loop, held, ask):
    first = loop.model.item.item_id
    expected = ask(project.path, queue.following, after=first).item_id
    other = ask(project.path, queue.following, order="file", filters=Filters(text="x5"), after=first).item_id
    assert expected != other
    loop.next()
    loop.order, loop.filters = "file", Filters(text="x5")
    with qtbot.waitSignal(loop.landed):
        held.set()
    assert loop.model.item.item_id == expected


def test_the_loop_stays_in_a_list_of_what_one_annotator_decided(qtbot, project, loop, ask):
    one, other = sorted({1, 3, 5} - {loop.model.item.item_id})[:2]
    for item_id in (one, other):
        ask(project.path, reviews.accept, item_id=item_id, annotator="ben")
    loop.order, loop.filters = "file", Filters(annotator="ben")
    with qtbot.waitSignal(loop.landed):
        loop.go(one)
    with qtbot.waitSignal(loop.landed):
        loop.decide("reject")
    assert loop.model.item.item_id == other, "the next one that ben decided, and no pending item outside of the list"


def test_the_next_suspicious_item_is_searched_from_the_front_when_none_is_behind(qtbot, project, loop, ask):
    marked = [e.item_id for e in ask(project.path, queue.page) if e.f_clip_score < 0]
    with qtbot.waitSignal(loop.landed):
        loop.go(marked[-1])
    with qtbot.waitSignal(loop.landed):
        loop.next_suspicious()
    assert loop.model.item.item_id == marked[0]
    for item_id in marked:
        ask(project.path, reviews.accept, item_id=item_id, annotator="ben")
    with qtbot.waitSignal(loop.landed):
        loop.next_suspicious()
    assert loop.model.item.item_id == marked[0], "none is left: the item before the eyes stays"
