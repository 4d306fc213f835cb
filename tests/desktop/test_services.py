"""What works beside the window's thread: decoding, processes, plots, and pages of the queue."""

import os
import signal
import sys
import time
from multiprocessing.connection import Connection

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QColor
from stores import rows

from captionlint.core.clip.model_spec import ModelSpec
from captionlint.db.records import ScorerInfo
from captionlint.desktop.background.image_loader import PREVIEW, Pictures, decode
from captionlint.desktop.background.process import Child
from captionlint.desktop.background.scorer_client import Scoring
from captionlint.desktop.background.scorer_process import Score
from captionlint.desktop.queue.model import LINE


def test_a_large_picture_has_a_small_copy_and_every_pixel_in_its_place(qapp, tmp_path):
    pixels = np.zeros((2101, 3003, 3), dtype=np.uint8)
    pixels[:700], pixels[700:1400], pixels[1400:] = (250, 10, 20), (30, 240, 40), (50, 60, 230)
    pixels[-1, -1] = (1, 2, 3)
    Image.fromarray(pixels).save(tmp_path / "large.png")
    picture = decode(str(tmp_path / "large.png"))
    assert (picture.full.width(), picture.full.height()) == (3003, 2101)
    assert max(picture.preview.width(), picture.preview.height()) <= PREVIEW
    for image in (picture.full, picture.preview):
        shares = [image.pixelColor(image.width() // 2, int(image.height() * y)).name() for y in (0.1, 0.5, 0.9)]
        assert shares == ["#fa0a14", "#1ef028", "#323ce6"]
        assert image.pixelColor(0, 0).alpha() == 255
    assert picture.full.pixelColor(3002, 2100) == QColor(1, 2, 3)
    assert picture.bytes == picture.full.sizeInBytes() + picture.preview.sizeInBytes()


def test_what_is_asked_for_is_decoded_before_what_is_only_expected(qtbot, tmp_path):
    for name in "abc":
        Image.new("RGB", (8, 8)).save(tmp_path / f"{name}.png")
    now, soon, last = (str(tmp_path / f"{name}.png") for name in "abc")
    pictures = Pictures()
    came = []
    pictures.ready.connect(lambda picture: came.append(picture.path))
    pictures.prefetch([soon, last])
    assert not pictures.idle
    assert pictures.get(now) is None
    qtbot.waitUntil(lambda: pictures.idle and len(came) == 3)
    assert came[0] == now
    assert pictures.get(last) is not None
    pictures.stop()


def talk(connection: Connection) -> None:
    """Says its number, then something again and again."""
    connection.send(os.getpid())
    while True:
        connection.send("more")
        time.sleep(0.01)


def end(connection: Connection) -> None:
    connection.send("last")
    os._exit(3)


def test_a_process_that_is_stopped_is_dropped_at_once_and_buried_later(qtbot):
    child = Child(talk)
    heard = []
    child.received.connect(heard.append)
    child.ended.connect(heard.append)
    qtbot.waitUntil(lambda: len(heard) > 2)
    child.stop()
    before = len(heard)
    child._reader.join(60)
    assert not child._process.is_alive()
    qtbot.wait(50)
    assert len(heard) == before
    child.send("too late")


def sleep(connection: Connection) -> None:
    """Reads nothing."""
    connection.send("asleep")
    time.sleep(600)


def test_a_process_that_reads_nothing_holds_up_nobody_who_sends_to_it(qtbot):
    child = Child(sleep)
    with qtbot.waitSignal(child.received):
        pass
    for _ in range(40):
        child.send("x" * 100_000)  # a pipe holds much less
    assert child.alive
    child.stop()
    for thread in (child._reader, child._writer):
        thread.join(60)
        assert not thread.is_alive()


def test_a_scorer_that_was_closed_starts_no_process(qapp):
    scoring, answers = Scoring(), []
    scoring.use(ScorerInfo("demo", {}, 0.0, True, ModelSpec.of_name("demo")))
    scoring.close()
    scoring.ask(Score, lambda *answer: answers.append(answer), image="a.png", caption="a dog")
    try:
        assert not scoring.is_starting
        assert answers == []
    finally:
        scoring.stop()


def listen(connection: Connection) -> None:
    """Says whether Ctrl+C would end it."""
    connection.send(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)


@pytest.mark.skipif(sys.platform == "win32", reason="there a process inherits no such thing")
def test_ctrl_c_is_the_windows_to_hear_and_not_its_processes(qtbot):
    ours = signal.getsignal(signal.SIGINT)
    said = []
    child = Child(listen)
    child.received.connect(said.append)
    with qtbot.waitSignal(child.ended):  # a child is let go of once it ended or was stopped
        pass
    assert said == [True]
    assert signal.getsignal(signal.SIGINT) is ours


def test_the_end_of_a_process_comes_after_all_it_said(qtbot):
    child = Child(end)
    heard = []
    child.received.connect(heard.append)
    with qtbot.waitSignal(child.ended) as ended:
        pass
    assert heard == ["last"]
    assert ended.args == [3]


def test_pages_of_the_list_before_are_not_read_in_the_new_one(qtbot, open_window, fill, tmp_path):
    window = open_window(fill(rows(tmp_path / "photos", 400), name="pages.db"))
    model = window.queue
    qtbot.waitUntil(lambda: window.project.worker.idle and not model._wanted)
    window.hide()  # nothing is painted, so nothing else is asked for
    with qtbot.waitSignal(model.loaded):
        model.load(order="file")
        assert model.index(390).data(LINE) is None
    known = len(model._lines)
    qtbot.waitUntil(lambda: window.project.worker.idle)
    qtbot.wait(20)
    assert 390 // 64 not in model._asked
    assert len(model._lines) - known <= 128, "at most what stands around the item before the eyes"


def test_the_next_pictures_are_decoded_without_a_list_to_be_seen(qtbot, open_window, fill, tmp_path):
    source = rows(tmp_path / "photos", 5, captions_per_photo=1)
    window = open_window(fill(source, name="ahead.db"), wait=False)
    window.screen_review.fold()
    window.show()
    window.start()
    qtbot.waitUntil(lambda: len(window.pictures._known) >= 4)
    shown = window.review.item.image
    assert shown in window.pictures._known


def test_the_plots_come_without_being_waited_for_and_in_another_theme_once_they_are_seen(qtbot, open_window, fill):
    window = open_window(fill())
    charts = window.summary.charts
    window.actions_by_name["screen_summary"].trigger()
    qtbot.waitUntil(lambda: charts.is_drawn)
    assert all(plot.isVisible() for plot in charts.plots.values())
    window.actions_by_name["screen_review"].trigger()
    with qtbot.waitSignal(window.theme.changed):
        window.theme.choose("dark")
    assert charts.plots == {}, "nothing is made that is not seen"
    window.actions_by_name["screen_summary"].trigger()
    qtbot.waitUntil(lambda: charts.is_drawn)
    background = charts.plots["curve"].backgroundBrush().color().name()
    assert background == window.theme.look.base.panel.lower()


def test_a_theme_is_worn_by_a_window_and_the_dialogues_and_menus_over_it(qtbot, open_window, fill):
    window = open_window(fill())
    window.theme.choose("dark")
    dialogue = window.dialogues.about()
    panel = window.theme.look.base.panel.lower()
    for shown in (window.menuBar(), dialogue):
        assert shown.grab().toImage().pixelColor(shown.width() - 3, 3).name() == panel
    dialogue.close()
    window.theme.choose("light")
    assert window.menuBar().grab().toImage().pixelColor(3, 3).name() == window.theme.look.base.panel.lower()
