"""Windows without a screen: settings, home and log in a temporary folder; any warning of Qt fails the test."""

import os
import shutil
from functools import partial

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import pytest
from PySide6.QtCore import QSettings
from stores import FakeScorer, rows

from captionlint.db.operations import items
from captionlint.db.prelabel.local import prelabel
from captionlint.db.store import Store
from captionlint.desktop.app.language import Language
from captionlint.desktop.app.window import MainWindow
from captionlint.desktop.background.project import Project
from captionlint.desktop.background.settings import Settings
from captionlint.desktop.style.theme import Theme

PATIENCE = 60_000
"""Milliseconds for what must come true: a busy machine takes much longer than the five seconds of pytest-qt."""


@pytest.fixture
def qtbot(qtbot):
    """Waits long enough also while others have the processors."""
    for name in ("waitUntil", "waitSignal", "waitSignals", "waitActive", "waitExposed", "waitCallback"):
        setattr(qtbot, name, partial(getattr(qtbot, name), timeout=PATIENCE))
    return qtbot


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """No test reads or writes the user's own settings."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(folder))
    return folder


@pytest.fixture
def settings(tmp_path):
    return Settings(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """Six scored items: made once, since making a store takes longer than most tests. It can be copied as a folder."""
    folder = tmp_path_factory.mktemp("template")
    with Store.open(folder / "review.db") as store:
        items.add(store, rows(folder / "photos", 6))
        prelabel(store, FakeScorer())
    return folder


@pytest.fixture
def fill(tmp_path, template):
    """Makes a store of these rows, scored by the fake scorer; returns its path."""

    def make(source=None, *, count=6, scored=True, name="review.db"):
        path = tmp_path / name
        if source is None and count == 6 and scored and name == "review.db":
            shutil.copytree(template, tmp_path, dirs_exist_ok=True)
            return path
        with Store.open(path) as store:
            items.add(store, rows(tmp_path / "photos", count) if source is None else source)
            if scored:
                prelabel(store, FakeScorer())
        return path

    return make


@pytest.fixture
def ask():
    """Asks a closed or open store one question from outside of the program."""

    def call(path, question, **arguments):
        with Store.open(path) as store:
            return question(store, **arguments)

    return call


@pytest.fixture
def project(qtbot, fill):
    """An open project of six scored items."""
    made = Project(str(fill()), annotator="ana")
    with qtbot.waitSignal(made.opened):
        made.open(failed=pytest.fail)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def language(qapp):
    """English, with its plurals, whatever the machine speaks."""
    made = Language(qapp, "en")
    yield made
    made.choose("en")


@pytest.fixture
def theme(qapp):
    if qapp.style().name() != "fusion":  # as the program does, once: Qt polishes every widget that is alive again
        qapp.setStyle("Fusion")
    return Theme(qapp, "light")


@pytest.fixture
def open_window(qtbot, theme, settings):
    """Opens a store in the real window and waits for its first item; windows are closed at the end."""
    opened = []

    def call(path, *, annotator="ana", wait=True):
        window = MainWindow(Project(str(path), annotator=annotator), theme=theme, settings=settings)
        window.resize(1280, 800)
        opened.append(window)
        if wait:
            with qtbot.waitSignals([window.loop.landed, window.queue.loaded, window.threshold.changed]):
                window.show()
                window.start()
            window.activateWindow()
            window.screen_review.stage.take_keyboard()
        return window

    yield call
    for window in opened:
        close(qtbot, window)
        window.deleteLater()


def close(qtbot, window):
    """Closes a window and waits until its store has everything."""
    qtbot.waitUntil(window.close)
