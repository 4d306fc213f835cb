"""Others write to a store that a window is open on: it is noticed and read again, and nobody is interrupted."""

import subprocess
import sys
import time
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from stores import rows

from captionlint.core.prediction import WordScore
from captionlint.db.operations import changed_by_others, ignored_words, items, reviews, scorers
from captionlint.db.store import Store
from captionlint.desktop.background import store_watcher
from captionlint.desktop.review.model.review_model import ReviewModel

SAID = "The store was changed elsewhere: read again"


@pytest.fixture
def window(open_window, fill):
    return open_window(fill())


def marked(window):
    return [window.review.text[s.start : s.end] for s in window.review.spans]


def test_only_what_others_write_counts(fill):
    path = fill()
    with Store.open(path) as here, Store.open(path) as there:
        assert not changed_by_others.written(here)
        ignored_words.ignore(here, word="red")
        assert not changed_by_others.written(here)
        ignored_words.ignore(there, word="dog")
        assert changed_by_others.written(here)
        assert not changed_by_others.written(here), "once"


def test_a_new_threshold_marks_anew_and_leaves_the_annotator_where_he_is(qtbot, window, ask):
    item = window.review.item.item_id
    window.review.set_focus(3)
    QTest.keyClick(window.screen_review.stage.caption, Qt.Key.Key_Space)
    assert len(marked(window)) == 2
    version = window.threshold.scorer.version
    ask(window.project.path, scorers.set_epsilon, epsilon=-5.0, version=version)
    qtbot.waitUntil(lambda: window.header.pace.text() == SAID)
    qtbot.waitUntil(lambda: window.threshold.epsilon == -5.0)
    assert marked(window) == ["number"], "the annotator's own mark stands"
    assert (window.review.item.item_id, window.review.focus) == (item, 3)
    assert window.review.undo_title == "mark “number”"


def test_what_is_typed_stays_when_captions_are_imported_in_a_terminal(qtbot, window, tmp_path):
    item = window.review.item.item_id
    QTest.keyClick(window.screen_review.stage.caption, Qt.Key.Key_E)
    editor = window.screen_review.stage.editor
    qtbot.keyClicks(editor, "ly")
    place, text = editor.textCursor().position(), editor.toPlainText()
    source = tmp_path / "more.csv"
    source.write_text("image,caption\nphotos/photo-0.png,a red cat\n", encoding="utf-8")
    command = [sys.executable, "-m", "captionlint.cli", "import", str(source), "--db", window.project.path]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    qtbot.waitUntil(lambda: window.queue.rowCount() == 7)
    qtbot.waitUntil(lambda: window.progress.total == 7)
    qtbot.waitUntil(lambda: window.project.worker.idle)
    assert window.screen_review.stage.is_editing
    assert editor.hasFocus()
    assert (editor.textCursor().position(), editor.toPlainText()) == (place, text)
    assert window.review.item.item_id == item
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert window.review.text == text


def test_what_this_window_decides_is_not_told_as_somebody_elses(qtbot, window):
    told = []
    window.watch.written.connect(lambda: told.append(True))
    with qtbot.waitSignal(window.loop.decided):
        QTest.keyClick(window.screen_review.stage.caption, Qt.Key.Key_Return)
    looked = []
    window.project.ask(changed_by_others.written, looked.append)
    qtbot.waitUntil(lambda: bool(looked))
    assert looked == [False]
    assert told == []


def test_items_that_come_to_an_empty_store_are_shown(qtbot, open_window, fill, tmp_path):
    window = open_window(fill((), scored=False), wait=False)
    window.show()
    window.start()
    qtbot.waitUntil(lambda: window.screen_review.stage.end.title.text() == "This store is empty")
    with Store.open(window.project.path) as store:
        items.add(store, rows(tmp_path / "photos", 2))
    qtbot.waitUntil(lambda: window.review.item is not None)


def test_a_review_by_somebody_else_is_seen_and_an_own_draft_is_kept(qtbot, window, ask):
    first = window.review.item.item_id
    ask(window.project.path, reviews.reject, item_id=first, annotator="ben")
    qtbot.waitUntil(lambda: window.review.item.status == "rejected")
    assert window.review.item.item_id == first
    assert len(marked(window)) == 1


def test_the_rest_after_a_look_begins_when_what_is_read_in_parts_has_arrived(qtbot, project, monkeypatch):
    monkeypatch.setattr(store_watcher, "EVERY", 0)
    monkeypatch.setattr(store_watcher, "_SHARE", 0)
    monkeypatch.setattr(changed_by_others, "written", lambda store: True)
    told, arrived = [], []

    def parts(store):
        for _ in range(10):
            time.sleep(0.04)  # longer than parts run without a break
            yield

    def read_again():
        told.append(len(arrived))
        if len(told) > 3:
            watch.stop()
        project.ask_in_parts(parts, arrived.append, topic="distribution")

    watch = store_watcher.StoreWatch(project, is_own=lambda: False)
    watch.written.connect(read_again)
    watch.start()
    qtbot.waitUntil(lambda: len(told) > 3)
    assert told[:3] == [0, 1, 2], "another look would begin the reading anew"


@pytest.fixture
def model(fill, ask):
    made = ReviewModel()
    made.show(ask(fill(), items.get, item_id=2))
    return made


def test_new_scores_come_under_a_draft_and_its_steps(model):
    model.toggle()
    model.set_focus(5)
    model.set_kind("count")
    model.undo()
    item = model.item
    words = tuple(WordScore(w.text, w.start, w.end, -1.0 if w.text == "runs" else 0.1) for w in model.words)
    model.renew(replace(item, prediction=replace(item.prediction, words=words), marks=()))
    assert model.word.text == "runs"
    assert model.word.score == -1.0
    assert [model.text[s.start : s.end] for s in model.spans] == ["runs"], "the mark that was taken away stays away"
    model.undo()
    assert model.item.prediction.words == words
    assert (model.undo_title, model.redo_title.startswith("unmark")) == (None, True)


def test_a_wording_that_is_being_typed_goes_on(model):
    model.begin_edit()
    model.reword_live("a red dog")
    model.renew(replace(model.item, status="rejected"))
    model.end_edit(keep=True)
    assert model.text == "a red dog"
    assert model.item.status == "rejected"
    assert model.undo_title == "edit the caption"
