"""What people expect of a desktop program: themes, files dropped on it, its place remembered, diagnostics, exports."""

import os
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from dropping import drop
from platformdirs import user_data_path
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage, QKeySequence, QPainter, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu, QMessageBox, QPushButton, QScrollArea
from stores import rows

from captionlint.core.palette import DARK, LIGHT
from captionlint.core.review import KINDS, Span
from captionlint.db.operations import items, reviews, stats
from captionlint.db.operations.scored_words import judged
from captionlint.desktop.app.app import Program
from captionlint.desktop.app.language import LANGUAGES
from captionlint.desktop.app.window import MainWindow
from captionlint.desktop.background import log
from captionlint.desktop.dialogs.about import AboutDialogue
from captionlint.desktop.jobs.export_dialog import ExportDialogue
from captionlint.desktop.jobs.import_dialog import ImportDialogue


@pytest.fixture
def window(open_window, fill):
    return open_window(fill())


def action(window, *titles):
    """An action by its menu's title and its own."""
    *_, menu, title = titles
    holder = next(m for m in window.findChildren(QMenu) if m.title().replace("&", "") == menu)
    return next(a for a in holder.actions() if a.text().replace("&", "") == title)


def ground(window):
    return window.grab().toImage().pixelColor(window.width() - 40, window.height() - 60).name().upper()


def test_another_theme_is_seen_all_at_once(qtbot, window):
    before = window.theme.look
    with qtbot.waitSignal(window.theme.changed):
        window.theme.choose("light" if before.dark else "dark")
        assert not window.updatesEnabled(), "what is dressed already would stand beside what is not"
    assert window.updatesEnabled()
    with qtbot.waitSignal(window.theme.changed):
        window.theme.choose("dark" if before.dark else "light")
        window.theme.choose("dark" if before.dark else "light")
    assert window.updatesEnabled()
    assert window.theme.look is before


def test_themes_are_switched_in_the_menu_painted_and_remembered(qapp, window, settings):
    action(window, "View", "Theme", "Dark").trigger()
    assert settings.theme == "dark"
    assert qapp.palette().color(QPalette.ColorRole.WindowText).name().upper() == DARK.text
    assert ground(window) == DARK.panel
    action(window, "View", "Theme", "Light").trigger()
    assert settings.theme == "light"
    assert ground(window) == LIGHT.panel


def test_the_systems_theme_is_followed(window, settings, monkeypatch):
    action(window, "View", "Theme", "As the system").trigger()
    assert settings.theme == "system"
    hints = QGuiApplication.styleHints()
    for scheme, look in ((Qt.ColorScheme.Dark, DARK), (Qt.ColorScheme.Light, LIGHT)):
        # No screen, no system theme: what the system would say, and that it said so.
        monkeypatch.setattr(type(hints), "colorScheme", lambda _self, scheme=scheme: scheme)
        hints.colorSchemeChanged.emit(scheme)
        assert ground(window) == look.panel
    window.theme.choose("light")


def test_captions_dropped_on_the_window_are_offered_for_import(window, tmp_path):
    source = tmp_path / "captions.jsonl"
    source.write_text("", encoding="utf-8")
    assert drop(window, source)
    dialogue = window.findChild(ImportDialogue)
    assert dialogue.source.path == str(source)
    folder = tmp_path / "photos"
    assert drop(dialogue, folder)
    assert dialogue.source.path == str(folder)
    assert not drop(dialogue, source, folder), "one at a time"
    dialogue.close()


def test_a_store_dropped_on_the_window_is_opened(qtbot, window, fill, tmp_path):
    other = fill(rows(tmp_path / "photos", 2), name="other.db")
    with qtbot.waitSignal(window.open_asked) as asked:
        assert drop(window, other)
    assert asked.args == [str(other)]


def test_the_windows_place_is_remembered(qtbot, open_window, fill):
    first = open_window(fill())
    first.resize(780, 640)
    place = first.size()
    first.close()
    again = MainWindow(first.project, theme=first.theme, settings=first.settings)
    qtbot.addWidget(again)
    again.show()
    assert again.size() == place


def test_a_window_opens_no_larger_than_its_screen_and_comes_back_from_a_screen_that_is_gone(open_window, fill):
    window = open_window(fill(), wait=False)
    room = window.screen().availableGeometry()
    fresh = MainWindow(window.project, theme=window.theme, settings=window.settings)
    assert room.width() < 1440
    assert fresh.frameGeometry().width() <= room.width()
    assert fresh.frameGeometry().height() < room.height(), "a title bar comes on top"
    fresh.setGeometry(room.right() + 4000, room.bottom() + 3000, room.width() - 40, room.height() - 90)
    fresh.settings.put("geometry", fresh.saveGeometry())
    again = MainWindow(window.project, theme=window.theme, settings=window.settings)
    assert room.contains(again.geometry())
    assert again.size() == fresh.size()


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_small_window_is_possible_on_every_screen(qtbot, open_window, fill, language, code):
    language.choose(code)
    window = open_window(fill(name="a-name-that-is-much-longer-than-anybody-would-wish-to-read-in-a-window.db"))
    window.header.model.setText("ViT-H-14-378-quickgelu · dfn5b · calibrated by the reviews of last week")
    window.header.show_progress(123_456, 1_000_000)
    window.header.note("The store was changed elsewhere: read again")
    for screen in ("review", "queue", "summary"):
        window.show_screen(screen)
        window.resize(600, 400)
        qtbot.waitUntil(lambda: window.size() == QSize(600, 400))
        assert window.minimumSizeHint().width() <= 600
        qtbot.waitUntil(lambda: not overlapping(window.header))


def overlapping(holder):
    """Parts of a line that lie over each other."""
    boxes = [part.geometry() for kind in (QPushButton, QLabel) for part in holder.findChildren(kind) if part.width()]
    return [pair for pair in combinations(boxes, 2) if pair[0].intersects(pair[1])]


def test_in_a_narrow_window_the_queue_stands_in_the_items_place(qtbot, window):
    side, stage = window.screen_review.side, window.screen_review.stage
    window.resize(600, 400)
    qtbot.waitUntil(side.isHidden)
    press_in(qtbot, window, "Ctrl+F")
    assert side.search.hasFocus()
    assert side.isVisible()
    assert not stage.isVisible()
    qtbot.keyClick(side.search, Qt.Key.Key_Return)
    assert stage.caption.hasFocus()
    assert side.isHidden()
    press_in(qtbot, window, "F9")
    assert side.list.hasFocus()
    press_in(qtbot, window, "F9")
    assert stage.caption.hasFocus()
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: side.isVisible() or window.screen_review._folded is True)


def test_ctrl_w_closes_a_window_and_ctrl_q_all_of_them(qtbot, qapp, fill, settings, tmp_path):
    program = Program(qapp, settings)
    program.language.choose("en")
    first, second, third = (program.open(str(fill(rows(tmp_path / "photos", 2), name=f"{n}.db"))) for n in "abc")
    press_in(qtbot, second, "Ctrl+W")
    assert program.windows == [first, third]
    welcoming = program.welcome()
    press_in(qtbot, first, "Ctrl+Q")
    assert (program.windows, program.welcoming) == ([], None)
    for keys in ("Ctrl+W", "Ctrl+Q"):
        welcoming = program.welcome()
        press_in(qtbot, welcoming, keys)
        assert program.welcoming is None


def press_in(qtbot, window, keys):
    """Presses a key of the menus in a window that is in front."""
    with qtbot.waitActive(window):
        window.activateWindow()
    combination = QKeySequence(keys)[0]
    QTest.keyClick(window, combination.key(), combination.keyboardModifiers())


def test_a_servers_password_stands_in_no_title_and_no_setting(qtbot, qapp, settings):
    program = Program(qapp, settings)
    address = "postgresql://ana:confidential@127.0.0.1:9/captions?password=confidential&connect_timeout=1"
    window = program.open(address)
    assert window.project.name == "captions"
    assert window.windowTitle() == f"{window.project.name} — Captionlint"
    assert window.project.address == "postgresql://ana@127.0.0.1:9/captions?connect_timeout=1"
    qtbot.waitUntil(lambda: window.findChild(QMessageBox, "problem") is not None)
    problem = window.findChild(QMessageBox, "problem")
    assert "confidential" not in problem.text() + problem.informativeText() + problem.detailedText()
    problem.reject()
    qtbot.waitUntil(lambda: not program.windows)
    window.settings.remember_file(window.project.address)
    assert settings.recent == [window.project.address]
    program.welcoming.close()


def test_stores_that_were_open_are_remembered_while_they_are_there(qtbot, qapp, open_window, fill, settings, tmp_path):
    open_window(fill()).close()
    open_window(fill(rows(tmp_path / "photos", 2), name="other.db")).close()
    assert [Path(path).name for path in settings.recent] == ["other.db", "review.db"]
    program = Program(qapp, settings)
    program.language.choose("en")
    window = program.open(str(tmp_path / "other.db"))
    qtbot.waitUntil(lambda: bool(window.menus.recent.actions()))
    (recent,) = window.menus.recent.actions()
    assert recent.text().endswith("review.db")
    recent.trigger()
    assert [w.project.name for w in program.windows] == ["other.db", "review.db"]
    for each in list(program.windows):
        each.close()
    (tmp_path / "other.db").unlink()
    assert [Path(path).name for path in settings.recent] == ["review.db"]


def test_a_second_window_on_one_file_is_refused_and_says_who_has_it(qtbot, qapp, fill, settings):
    program = Program(qapp, settings)
    program.language.choose("en")
    path = str(fill())
    first = program.open(path)
    assert program.open(path) is None
    box = program._box
    assert box.text() == "This store is open already"
    assert f"process {os.getpid()}" in box.informativeText()
    box.close()
    first.close()
    again = program.open(path)
    assert again is not None, "closing lets go"
    again.close()


def test_diagnostics_name_versions_and_no_secrets(qtbot, window, home, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    monkeypatch.setattr(Path, "home", lambda: home)
    log.path().parent.mkdir(parents=True, exist_ok=True)
    log.path().write_text(f"2026 INFO desktop: {home}/private/work.db was opened\n", encoding="utf-8")
    action(window, "Help", "Copy diagnostics").trigger()
    copied = QGuiApplication.clipboard().text()
    for name in ("Captionlint: ", "Python: 3.", "Qt: 6.", "torch: ", "SQLAlchemy: ", "System: ", "Screens: "):
        assert name in copied
    assert "~/private/work.db" in copied
    assert str(home) not in copied
    assert "hf_secret" not in copied
    assert window.review.text not in copied


def test_the_about_box_shows_versions_and_copies_them(qtbot, window):
    action(window, "Help", "About Captionlint").trigger()
    box = window.findChild(AboutDialogue)
    said = " ".join(label.text() for label in box.findChildren(QLabel))
    assert all(word in said for word in ("Captionlint", "Python", "PySide6-Essentials", "Apache-2.0"))
    QGuiApplication.clipboard().clear()
    next(b for b in box.findChildren(QPushButton) if b.text() == "Copy diagnostics").click()
    assert QGuiApplication.clipboard().text().startswith("Captionlint: ")
    QTest.keyClick(box, Qt.Key.Key_Escape)
    assert not box.isVisible()


def decide(ask, path):
    """Two accepted, one corrected, one rejected, one skipped; one is left."""
    ids = ask(path, lambda store: list(items.ids(store)))
    for item_id in ids[:2]:
        ask(path, reviews.accept, item_id=item_id, annotator="ana")
    ask(path, reviews.correct, item_id=ids[2], annotator="ana", spans=[Span(0, 1, kind="count")])
    ask(path, reviews.reject, item_id=ids[3], annotator="ana")
    ask(path, reviews.skip, item_id=ids[4], annotator="ana")


@pytest.mark.parametrize("code", ["en", "de"])
def test_the_summary_fits_a_small_window_and_scrolls_in_a_lower_one(qtbot, language, open_window, fill, code):
    language.choose(code)
    window = open_window(fill())
    window.show_screen("summary")
    summary = window.summary
    qtbot.waitUntil(lambda: summary.charts.is_drawn)
    bar = summary.findChild(QScrollArea).verticalScrollBar()
    for width, height in ((1440, 900), (1024, 700)):
        window.resize(width, height)
        qtbot.waitUntil(lambda: bar.maximum() == 0)
    below = summary.charts.geometry().bottom()
    assert below < min(summary.agreement.y(), summary.learn.y()), "the plots end above the foot"
    window.resize(1024, 400)
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    assert summary.charts.height() == summary.charts.minimumHeight()


@pytest.mark.parametrize("code", ["en", "de"])
def test_no_name_in_the_plots_meets_its_neighbour(qtbot, language, open_window, fill, code):
    language.choose(code)
    window = open_window(fill())
    window.resize(1024, 700)
    window.show_screen("summary")
    qtbot.waitUntil(lambda: window.summary.charts.is_drawn)
    plot = window.summary.charts.plots["kinds"]
    axis = plot.getPlotItem().getAxis("left")
    shown = []

    def draw():  # what the axis draws: it leaves out a name where there is no room for all
        image = QImage(1, 1, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        _, _, texts = axis.generateDrawSpecs(painter)
        painter.end()
        shown[:] = [(rect, text) for rect, _, text in texts]
        return len(shown) == len(KINDS)

    qtbot.waitUntil(draw)
    boxes = sorted(rect.getRect() for rect, _ in shown)
    rows = sorted((y, y + height) for _, y, _, height in boxes)
    assert all(one[1] <= other[0] + 1 for one, other in pairwise(rows))
    assert all(rect.left() >= 0 for rect, _ in shown)


def test_the_summary_shows_the_stores_own_figures(qtbot, open_window, fill, ask):
    path = fill()
    decide(ask, path)
    window = open_window(path)
    action(window, "View", "Summary").trigger()
    summary = window.summary
    qtbot.waitUntil(lambda: summary.curve is not None and bool(summary.agreement.text()))
    counts, found = ask(path, stats.counts), ask(path, judged)
    shown = {name: label.text() for name, label in summary.numbers.items()}
    assert shown["reviewed"] == f"{counts.reviewed} / {counts.items}"
    assert (shown["accepted"], shown["corrected"], shown["rejected"]) == ("2", "1", "1 + 1")
    marked = found.scores < counts.epsilon
    assert shown["precision"] == f"{(found.wrong & marked).sum() / marked.sum():.0%}"
    assert shown["recall"] == f"{(found.wrong & marked).sum() / found.wrong.sum():.0%}"
    assert found.kinds["count"] == 1
    assert "two annotators" in summary.agreement.text()


def test_the_demonstrations_labels_are_offered_to_a_folder_that_is_not_hidden(qtbot, home):
    db = user_data_path("captionlint", appauthor=False) / "demo" / "review.db"
    (home / "Documents").mkdir()
    for path, folder in ((db, home / "Documents"), (home / "mine" / "review.db", home / "mine")):
        dialogue = ExportDialogue(str(path), reviewed=3)
        qtbot.addWidget(dialogue)
        assert Path(dialogue.out.text()).parent == folder


def test_the_export_dialogue_writes_what_it_says(qtbot, open_window, fill, ask, tmp_path):
    path = fill()
    decide(ask, path)
    window = open_window(path)
    qtbot.waitUntil(lambda: window.progress.counts is not None)
    action(window, "Store", "Export …").trigger()
    dialogue = (
        window.findChild(QLabel, options=Qt.FindChildOption.FindChildrenRecursively) and window.dialogues.export()
    )
    assert dialogue.count.text() == "3 reviewed items"
    dialogue.format.setCurrentIndex(dialogue.format.findData("csv"))
    assert dialogue.out.text().endswith("labels.csv")
    dialogue.out.setText("")
    assert not dialogue.start.isEnabled()
    out = tmp_path / "out.csv"
    dialogue.out.setText(str(out))
    with qtbot.waitSignal(dialogue.running.ended, timeout=120_000):
        dialogue.start.click()
    assert dialogue.running.said.text() == f"3 items written to {out}."
    assert out.read_text(encoding="utf-8").count("\n") > 3
    dialogue.close()


@pytest.mark.parametrize("format", ["csv", "webdataset"])
def test_an_export_asks_before_it_replaces_something(qtbot, open_window, fill, ask, tmp_path, format):
    path = fill()
    decide(ask, path)
    window = open_window(path)
    dialogue = window.dialogues.export()
    dialogue.format.setCurrentIndex(dialogue.format.findData(format))
    out = Path(dialogue.out.text())

    def export():
        dialogue.start.click()
        return dialogue.findChild(QMessageBox, "replace")

    with qtbot.waitSignal(dialogue.running.ended, timeout=120_000):
        assert export() is None, "nothing is there"
    before = contents(out)
    box = export()
    assert box.text() == f"Replace {out.name}?"
    assert str(out) in box.informativeText()
    assert not dialogue.running.is_running
    assert box.defaultButton() is box.button(QMessageBox.StandardButton.Cancel)
    QTest.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialogue.findChild(QMessageBox, "replace") is None)
    assert (dialogue.running.is_running, contents(out)) == (False, before)
    ask(path, reviews.reject, item_id=1, annotator="ben")
    box = export()
    with qtbot.waitSignal(dialogue.running.ended, timeout=120_000):
        next(b for b in box.buttons() if b.text() == "Replace").click()
    assert contents(out) != before
    dialogue.close()


def contents(out):
    """A file's bytes, or those of all files in a folder."""
    return {p.name: p.read_bytes() for p in ([out] if out.is_file() else sorted(out.iterdir()))}
