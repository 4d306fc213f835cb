"""The welcome screen: the demo set, files, folders, recent stores, and the choice of a model."""

import os
import random
import re
import subprocess
import sys
import textwrap
import threading

import pytest
from dropping import drop
from package import PACKAGE_PATH
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from small_hub import Hub
from stores import photo

from captionlint.core.clip.presets import PRESETS
from captionlint.db.operations import stats
from captionlint.desktop.app.app import Program
from captionlint.desktop.jobs.import_dialog import ImportDialogue
from captionlint.desktop.jobs.prelabel_dialog import PrelabelDialogue

SLOW = 300_000


@pytest.fixture
def program(qapp, settings):
    made = Program(qapp, settings)
    made.language.choose("en")
    yield made
    for window in [*made.windows, *([made.welcoming] if made.welcoming else [])]:
        window.close()


def opened(qtbot, program):
    """The one window that is open now, its store being open as well."""
    qtbot.waitUntil(lambda: program.windows and program.windows[0].queue.is_loaded)
    assert program.welcoming is None
    return program.windows[0]


def test_without_a_store_the_program_starts_with_the_welcome_screen(home):
    script = """
        import sys
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication
        from captionlint.desktop.app import app

        def look():
            print([type(w).__name__ for w in QApplication.topLevelWidgets() if w.isVisible()])
            app.close_all()

        if __name__ == "__main__":
            made = app.Program.welcome
            app.Program.welcome = lambda self: (QTimer.singleShot(0, look), made(self))[1]
            sys.exit(app.main(["captionlint review"]))
    """
    path = home / "start.py"
    path.write_text(textwrap.dedent(script), encoding="utf-8")
    environment = {**os.environ, "HOME": str(home), "PYTHONPATH": PACKAGE_PATH}
    done = subprocess.run(
        [sys.executable, str(path)], env=environment, capture_output=True, text=True, check=True, timeout=240
    )
    assert done.stdout.strip() == "['WelcomeWindow']"


def test_the_demo_set_is_drawn_scored_and_opened(qtbot, program, ask):
    welcome = program.welcome()
    qtbot.mouseClick(welcome.demo, Qt.MouseButton.LeftButton)
    assert welcome.drawing.is_running
    qtbot.waitUntil(lambda: bool(program.windows), timeout=SLOW)
    window = opened(qtbot, program)
    assert window.queue.rowCount() == 64
    counts = ask(window.project.path, stats.counts)
    assert (counts.items, counts.predicted) == (64, 64)
    window.close()
    again = program.welcome()
    qtbot.mouseClick(again.demo, Qt.MouseButton.LeftButton)
    assert program.windows[0].project.path == window.project.path


def test_enter_does_what_space_does(qtbot, program, fill, settings):
    settings.remember_file(str(fill()))
    welcome = program.welcome()
    qtbot.keyClick(welcome.models.cards["demo"], Qt.Key.Key_Return)
    assert settings.model == "demo"
    qtbot.keyClick(welcome.folder, Qt.Key.Key_Return)
    dialogue = welcome.findChild(QFileDialog)
    assert dialogue.fileMode() == QFileDialog.FileMode.Directory
    dialogue.close()
    qtbot.keyClick(welcome.recent[0], Qt.Key.Key_Enter)
    assert opened(qtbot, program).queue.rowCount() == 6


def test_recent_stores_are_offered_by_name(qtbot, program, fill, settings):
    path = fill()
    settings.remember_file(str(path))
    welcome = program.welcome()
    (button,) = welcome.recent
    assert button.text().startswith("review.db")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert opened(qtbot, program).project.path == str(path)


def test_a_store_that_is_dropped_is_opened_whatever_it_is_called(qtbot, program, fill):
    path = fill()
    renamed = path.rename(path.with_name("work.captions"))
    assert drop(program.welcome(), renamed)
    assert opened(qtbot, program).queue.rowCount() == 6


@pytest.mark.parametrize("what", ["file", "folder"])
def test_captions_get_a_store_beside_them_and_the_import_is_offered_there(qtbot, program, tmp_path, what):
    folder = tmp_path / "photos"
    photo(folder, "a.png")
    (folder / "a.txt").write_text("a red square", encoding="utf-8")
    source = tmp_path / "captions.csv"
    source.write_text("image,caption\nphotos/a.png,a red square\n", encoding="utf-8")
    given, store = (source, "captions.db") if what == "file" else (folder, "photos.db")
    welcome = program.welcome()
    assert not drop(welcome, source, folder), "one at a time"
    assert drop(welcome, given)
    window = opened(qtbot, program)
    assert window.project.path == str(tmp_path / store)
    qtbot.waitUntil(lambda: window.screen_review.stage.end.title.text() == "This store is empty")
    dialogue = window.findChild(ImportDialogue)
    assert dialogue.source.path == str(given)
    with qtbot.waitSignal(dialogue.running.ended, timeout=SLOW):
        dialogue.start.click()
    assert dialogue.running.said.text() == "1 added."
    dialogue.close()
    assert window.findChild(PrelabelDialogue) is not None, "what was imported first is scored next"
    qtbot.waitUntil(lambda: window.review.item is not None)
    assert window.review.text == "a red square"
    window.findChild(PrelabelDialogue).close()


def test_a_file_and_a_new_store_are_chosen_in_dialogues(qtbot, program, fill, tmp_path):
    path = fill()
    welcome = program.welcome()
    qtbot.mouseClick(welcome.new, Qt.MouseButton.LeftButton)
    welcome.findChild(QFileDialog).fileSelected.emit(str(tmp_path / "fresh.db"))
    window = opened(qtbot, program)
    dialogue = window.findChild(ImportDialogue)
    assert (dialogue.source.path, dialogue.focusWidget()) == ("", dialogue.source.line), "a path can be typed at once"
    dialogue.close()
    window.close()
    welcome = program.welcome()
    qtbot.mouseClick(welcome.file, Qt.MouseButton.LeftButton)
    welcome.findChild(QFileDialog).fileSelected.emit(str(path))
    assert opened(qtbot, program).queue.rowCount() == 6


def test_models_are_offered_with_their_size_and_the_choice_is_remembered(qtbot, program, settings, fill):
    models = program.welcome().models
    assert list(models.cards) == list(PRESETS)
    assert [card.aside.text() for card in models.cards.values()] == ["605 MB", "1,710 MB", "3,944 MB", "bundled"]
    assert "a laptop's CPU" in models.cards["fast"].about.text()
    assert (models.chosen, models.get.isHidden()) == ("fast", False)
    qtbot.mouseClick(models.cards["demo"], Qt.MouseButton.LeftButton)
    assert (settings.model, models.get.isHidden()) == ("demo", True)
    window = program.open(str(fill(scored=False, name="plain.db")))
    dialogue = window.dialogues.prelabel()
    assert dialogue.model.currentText() == "demo"
    dialogue.close()


def test_where_no_hub_can_be_reached_a_download_says_what_to_do(qtbot, program, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    models = program.welcome().models
    with qtbot.waitSignal(models.running.ended, timeout=SLOW):
        models.get.click()
        assert (models.stop.isHidden(), models.cards["fast"].isEnabled()) == (False, False)
    said = models.running.said.text()
    assert "is not on this machine and cannot be downloaded now" in said
    assert "take demo" in said
    assert "--" not in said, "no option of the command in a window"
    assert not models.get.isHidden()


def test_a_store_that_cannot_be_opened_leads_back_to_the_welcome_screen(qtbot, program, tmp_path):
    (tmp_path / "torn.db").write_bytes(b"SQLite format 3\0" + b"torn" * 2000)
    window = program.open(str(tmp_path / "torn.db"))
    qtbot.waitUntil(lambda: window.findChild(QMessageBox, "problem") is not None)
    window.findChild(QMessageBox, "problem").reject()
    qtbot.waitUntil(lambda: not program.windows)
    assert program.welcoming is not None
    assert not program.welcoming.recent, "what could not be opened is not offered again"


def test_a_store_that_is_not_there_is_told_and_none_is_made(qtbot, program, tmp_path):
    missing = tmp_path / "reveiw.db"
    assert program.open(str(missing)) is None
    box = program._box
    assert box.text() == "There is no such store"
    assert str(missing) in box.informativeText()
    assert "welcome screen" in box.informativeText()
    assert program.welcoming is None
    box.reject()
    assert program.welcoming is not None
    assert not list(tmp_path.glob("reveiw*"))


def test_asked_to_end_with_its_first_message_unread_the_program_opens_nothing_more(qtbot, program, tmp_path):
    program.open(str(tmp_path / "reveiw.db"))
    program.quit()
    assert (program.windows, program.welcoming) == ([], None)


def test_a_dialogue_grows_with_a_long_message_and_enter_still_starts_it(qtbot, program, fill):
    dialogue = program.open(str(fill(scored=False, name="plain.db"))).dialogues.prelabel()
    qtbot.waitUntil(dialogue.isVisible)
    field, start = dialogue.model, dialogue.start
    start.setFocus()
    field.setFocus()
    assert start.isDefault(), "Enter in a field starts the job"
    before = field.height()
    dialogue.running.said.setText("No network was found. " * 40)
    said = dialogue.running.said
    qtbot.waitUntil(lambda: said.height() >= said.heightForWidth(said.width()) > 100)
    assert field.height() == before, "the fields are not squeezed"
    dialogue.close()


def test_a_download_is_paused_and_goes_on_where_it_was(qtbot, program, monkeypatch, tmp_path):
    for name in [name for name in os.environ if name.lower().endswith("_proxy") or name.startswith("HF_")]:
        monkeypatch.delenv(name)
    weights = random.Random(5).randbytes(24_000_000)  # the client writes ten million bytes at a time
    with Hub("laion/CLIP-ViT-B-32-laion2B-s34B-b79K", "open_clip_model.safetensors", weights) as hub:
        threading.Thread(target=hub.serve_forever, args=(0.02,), daemon=True).start()
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
        hub.pause_at = 21_000_000
        models = program.welcome().models
        models.get.click()
        qtbot.waitUntil(lambda: "of 605" in models.running.said.text(), timeout=SLOW)
        models.stop.click()
        assert (models.get.isHidden(), models.stop.isHidden()) == (False, True)
        hub.pause_at = None
        with qtbot.waitSignal(models.running.ended, timeout=SLOW) as ended:
            models.get.click()
        assert ended.args == [True], models.running.said.text()
        assert models.cards["fast"].aside.text() == "on this machine"
        assert hub.ranges[0] is None
        assert 1 <= int(re.fullmatch(r"bytes=(\d+)-", hub.ranges[1])[1]) <= 21_000_000
        hub.go_on.set()
        hub.shutdown()


def test_the_menu_leads_back_here(qtbot, program, fill):
    window = program.open(str(fill()))
    window.actions_by_name["welcome"].trigger()
    assert program.welcoming.isVisible()
    assert QApplication.topLevelWidgets()
