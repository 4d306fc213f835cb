"""The store's file is deleted, moved, replaced or overwritten under the open window: nobody is told "Saved"."""

import shutil

import pytest
from PySide6.QtWidgets import QMessageBox
from stores import rows

from captionlint.db.operations import items, reviews
from captionlint.db.store import Store


@pytest.fixture
def window(qtbot, open_window, fill, tmp_path):
    path = fill()
    fill(rows(tmp_path / "photos", 4), name="other.db")
    made = open_window(path)
    with qtbot.waitSignal(made.loop.decided):
        made.loop.decide("skip")
    return made


def delete(path):
    path.unlink()


def move(path):
    path.rename(path.with_name("moved.db"))


def replace(path):
    path.with_name("other.db").replace(path)


def overwrite(path):
    shutil.copy(path.with_name("other.db"), path)


def problem(window):
    return window.findChild(QMessageBox, "problem")


@pytest.mark.parametrize("happens", [delete, move, replace, overwrite])
@pytest.mark.parametrize("way", ["accept", "reject"])
def test_a_decision_for_a_store_that_is_gone_is_refused_and_its_draft_stays(qtbot, window, tmp_path, happens, way):
    saved = window.screen_review.inspector.saved
    assert saved.text() == "Saved now"
    qtbot.waitUntil(lambda: window.project.worker.idle and window.loop.ahead is not None)
    item = window.review.item.item_id
    window.review.set_kind("count")
    happens(tmp_path / "review.db")
    with qtbot.waitSignal(window.loop.not_kept):
        window.loop.decide(way)
    assert window.review.item.item_id == item
    assert [s.kind for s in window.review.spans] == ["count"]
    assert "nothing more is saved" in problem(window).informativeText()
    saved._show()  # as every second
    assert saved.text().startswith("Not saved")
    problem(window).close()
    window.close()
    if happens is replace:
        with Store.open(tmp_path / "review.db") as store:
            assert all(not reviews.standing(store, item_id=i) for i in items.ids(store))


def test_a_store_that_is_gone_is_said_before_anything_is_decided_and_one_that_is_back_is_used_again(
    qtbot, window, tmp_path, ask
):
    saved, path = window.screen_review.inspector.saved, tmp_path / "review.db"
    move(path)
    qtbot.waitUntil(lambda: saved.text().startswith("Not saved: the file was deleted"))
    assert window.header.pace.text() == saved.text()
    assert problem(window) is None, "nobody is interrupted"
    path.with_name("moved.db").rename(path)
    qtbot.waitUntil(lambda: saved.text().startswith("Saved"))
    item = window.review.item.item_id
    with qtbot.waitSignal(window.loop.decided):
        window.loop.decide("accept")
    (standing,) = ask(path, reviews.standing, item_id=item)
    assert standing.review.status == "accepted"


def test_the_same_problem_is_said_once(window, tmp_path, qtbot):
    delete(tmp_path / "review.db")
    for _ in range(3):
        with qtbot.waitSignal(window.loop.failed):
            window.loop.next()
    boxes = window.findChildren(QMessageBox, "problem")
    assert len(boxes) == 1
    boxes[0].close()
