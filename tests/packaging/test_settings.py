"""The settings file that version 0.1.0 wrote is understood by every later one."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from captionlint.desktop.background.settings import Settings

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture
def settings(tmp_path):
    shutil.copy(FIXTURES / "settings-0.1.0.conf", tmp_path / "Captionlint.conf")
    return Settings(QSettings(str(tmp_path / "Captionlint.conf"), QSettings.Format.IniFormat))


def test_what_was_set_survives(settings):
    assert (settings.annotator, settings.theme, settings.language) == ("Bén", "dark", "de")
    assert settings.keymap.own["accept"] == ("A", "Return")
    assert settings.recent == ["postgresql://server/two", "postgresql://server/one"]
    assert bytes(settings.bytes("window/geometry")) == b"\x01\xd9\xd0\xcb"
    assert settings.flag("queue/folded", default=False)
