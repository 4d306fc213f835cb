"""What the themes have to draw themselves, since Qt's style draws it for a light window."""

import pytest
from PySide6.QtWidgets import QDialogButtonBox

from captionlint.desktop.dialogs.about import AboutDialogue
from captionlint.desktop.dialogs.ignored_words import IgnoredDialog
from captionlint.desktop.dialogs.shortcuts import KeysDialogue


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_a_check_box_stands_out_from_its_ground(qtbot, open_window, fill, choice):
    window = open_window(fill())
    window.theme.choose(choice)
    dialogue = window.dialogues.prelabel()
    qtbot.waitUntil(dialogue.isVisible)
    looks = []
    for checked in (False, True):
        dialogue.retry.setChecked(checked)
        painted = dialogue.retry.grab().toImage()
        row = [painted.pixelColor(x, painted.height() // 2).lightnessF() for x in range(18)]
        assert max(row) - min(row) > 0.25, "its frame or its filling is seen"
        looks.append(painted)
    assert looks[0] != looks[1]
    dialogue.close()


@pytest.fixture
def pictured(qapp):
    """Buttons of dialogues wear pictures, as on many desktops."""
    qapp.setStyleSheet("QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 1; }")
    yield
    qapp.setStyleSheet("")


@pytest.mark.usefixtures("pictured")
def test_no_button_wears_a_picture_of_the_system(open_window, fill, settings):
    """Such pictures are made for one theme."""
    window = open_window(fill())
    made = [IgnoredDialog(window.threshold, window), KeysDialogue(settings.keymap, window), AboutDialogue(window)]
    for dialogue in made:
        buttons = dialogue.findChild(QDialogButtonBox).buttons()
        assert buttons
        assert all(button.icon().isNull() for button in buttons)
