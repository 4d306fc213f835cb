"""The queue: search, pace, order, and a hundred thousand items."""

import time

import pytest
from PIL import Image
from PySide6.QtCore import QModelIndex, QRectF
from PySide6.QtGui import QPixmap
from stores import photo, row

from captionlint.core.errors import UsageError
from captionlint.db.operations import queue
from captionlint.db.rows.filters import Filters
from captionlint.desktop.background import project
from captionlint.desktop.background.image_loader import thumbnail
from captionlint.desktop.queue.model import LINE
from captionlint.desktop.queue.pace import Pace, duration
from captionlint.desktop.queue.query import parse
from captionlint.desktop.queue.thumbnails import contained, covering


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("", Filters()),
        ("red dog", Filters(text="red dog")),
        ("status:pending status:skipped dog", Filters(status=("pending", "skipped"), text="dog")),
        ('word:"red dog" kind:count', Filters(word="red dog", kind="count")),
        ("score:-0.5..-0.1", Filters(score=(-0.5, -0.1))),
        ("score:..-0.1", Filters(score=(float("-inf"), -0.1))),
        ("blind:yes scored:no by:ana", Filters(blind=True, predicted=False, annotator="ana")),
        ("12:30 http://x status:", Filters(text="12:30 http://x")),
        ('"open', Filters(text="open")),
    ],
)
def test_search_lines(text, filters):
    assert parse(text) == filters


@pytest.mark.parametrize("text", ["status:nice", "kind:nose", "score:low", "score:1..high", "blind:perhaps"])
def test_values_that_cannot_be_are_named(text):
    with pytest.raises(UsageError, match=text.split(":")[1].split(".")[0]):
        parse(text)


def test_the_pace_leaves_pauses_out():
    pace = Pace()
    for second in (0, 10, 20, 30):
        pace.decided(second)
    assert pace.an_hour() is None
    pace.decided(1000)
    pace.decided(1010)
    assert pace.an_hour() == pytest.approx(360)
    assert pace.left(720) == "2 h 0 min"


@pytest.mark.parametrize(
    ("seconds", "said"), [(10, "less than a minute"), (300, "5 min"), (7860, "2 h 11 min"), (200_000, "2 d 7 h")]
)
def test_durations(seconds, said):
    assert duration(seconds) == said


def test_a_hundred_thousand_items_open_and_scroll(qtbot, open_window, fill, tmp_path):
    path = photo(tmp_path)
    db = fill((row(path, f"a dog number {n}", id=str(n)) for n in range(100_000)), scored=False, name="many.db")
    started = time.monotonic()
    window = open_window(db)
    took = time.monotonic() - started
    assert window.queue.rowCount() == 100_000
    window.screen_review.side.list.scrollToBottom()
    last = window.queue.index(99_999)
    qtbot.waitUntil(lambda: last.data(LINE) is not None)
    assert len(window.queue._lines) < 1000
    assert took < 15, "opening waits for something that grows with the store"


def test_a_decision_made_while_the_queue_is_read_again_does_not_wait_for_all_of_it(
    qtbot, open_window, fill, monkeypatch
):
    window = open_window(fill())
    qtbot.waitUntil(lambda: window.project.worker.idle)
    monkeypatch.setattr(queue, "_PART", 1)
    monkeypatch.setattr(project, "_AT_ONCE", 0)
    came = []
    window.queue.loaded.connect(lambda: came.append("queue"))
    window.loop.decided.connect(lambda _: came.append("decision"))
    window.queue.load()
    window.loop.decide("skip")
    qtbot.waitUntil(lambda: len(came) == 2)
    assert came == ["decision", "queue"]
    assert window.queue.rowCount() == 6


def test_lines_are_read_when_they_are_asked_for(qtbot, open_window, fill):
    window = open_window(fill())
    model = window.queue
    qtbot.waitUntil(lambda: model.index(0).data(LINE) is not None)
    line = model.index(0).data(LINE)
    assert (line.marks, line.share) == (1, 1.0)
    assert model.index(0).data() == line.entry.caption
    assert model.data(QModelIndex()) is None
    with qtbot.waitSignal(model.dataChanged):
        window.actions_by_name["accept"].trigger()
    qtbot.waitUntil(lambda: model.index(0).data(LINE).entry.status == "accepted")


def test_cards_show_the_whole_picture_and_lines_fill_their_place(qapp):
    wide = QPixmap(300, 100)
    card = contained(wide, QRectF(0, 0, 150, 100))
    assert card == QRectF(0, 25, 150, 50)
    part = covering(wide, QRectF(0, 0, 50, 50))
    assert part == QRectF(100, 0, 100, 100)


def test_thumbnails_are_whole_and_small(qapp, tmp_path):
    Image.new("RGB", (1000, 100)).save(tmp_path / "long.jpg")
    Image.new("RGB", (8, 8)).save(tmp_path / "small.png")
    long, small = (thumbnail(str(tmp_path / name), (100, 100)) for name in ("long.jpg", "small.png"))
    assert (long.width(), long.height()) == (100, 10)
    assert (small.width(), small.height()) == (8, 8)
    assert thumbnail(str(tmp_path / "none.png"), (100, 100)) is None
