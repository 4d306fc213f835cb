"""For those who do not see the window or do not use a mouse: every control has a name and is reached by Tab."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QComboBox, QLineEdit, QSlider, QWidget
from stores import rows

from captionlint.desktop.review.view.caption import CaptionView
from captionlint.desktop.review.view.image_view import PictureView
from captionlint.desktop.welcome.window import WelcomeWindow

CONTROLS = (QAbstractButton, QComboBox, QLineEdit, QSlider, QAbstractScrollArea, CaptionView, PictureView)
OWN_PARTS = {"qt_spinbox_lineedit", "qt_toolbar_ext_button", "qt_menubar_ext_button"}


def controls(window):
    """What takes the keyboard or the mouse, save parts that Qt puts into its own widgets."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if isinstance(widget, CONTROLS)
        and widget.isVisible()
        and widget.isEnabled()
        and widget.objectName() not in OWN_PARTS
        and not isinstance(widget.parent(), (QLineEdit, QComboBox))
        and widget.focusPolicy() is not Qt.FocusPolicy.NoFocus
    ]


def said(widget):
    """The name that a screen reader is given."""
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def reached(qtbot, window, start):
    """The widgets that Tab comes by until it is back."""
    start.setFocus()
    seen = []
    for _ in range(80):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        if window.focusWidget() in seen:
            break
        seen.append(window.focusWidget())
    return seen


@pytest.fixture
def window(open_window, fill):
    made = open_window(fill())
    made.screen_review.inspector.show_suggestions([("green", 1.0), ("blue", 0.5)])
    return made


@pytest.mark.parametrize("screen", ["review", "queue", "summary"])
def test_every_control_has_a_name_and_is_reached_by_tab(qtbot, window, screen):
    window.show_screen(screen)
    shown = controls(window)
    assert len(shown) > 4
    assert [type(w).__name__ for w in shown if not said(w)] == []
    by_tab = reached(qtbot, window, shown[0])
    assert [f"{type(w).__name__} {said(w)}" for w in shown if w not in by_tab] == []


@pytest.mark.parametrize("which", ["import_", "prelabel", "export", "annotator", "keys", "about"])
def test_every_control_of_a_dialogue_has_a_name_and_is_reached_by_tab(qtbot, window, which):
    dialogue = getattr(window.dialogues, which)()
    qtbot.waitUntil(dialogue.isActiveWindow)
    shown = controls(dialogue)
    assert [f"{type(w).__name__}" for w in shown if not said(w)] == []
    if which != "keys":  # a field for a key takes Tab as a key; Qt leads on with the arrows of the mouse's wheel only
        by_tab = reached(qtbot, dialogue, shown[0])
        assert [f"{type(w).__name__} {said(w)}" for w in shown if w not in by_tab] == []
    dialogue.close()


def test_the_welcome_screen_can_be_used_without_a_mouse(qtbot, settings, fill):
    settings.remember_file(str(fill()))
    welcome = WelcomeWindow(settings)
    qtbot.addWidget(welcome)
    welcome.show()
    welcome.activateWindow()
    shown = controls(welcome)
    assert [type(w).__name__ for w in shown if not said(w)] == []
    by_tab = reached(qtbot, welcome, welcome.demo)
    missing = [said(w) for w in shown if w not in by_tab]
    assert set(missing) <= {"accurate", "paper", "demo"}, "the arrows lead through the models"
    with qtbot.waitSignal(welcome.store_asked):
        welcome.recent[0].setFocus()
        QTest.keyClick(welcome.recent[0], Qt.Key.Key_Space)
    welcome.close()


def test_a_kind_is_given_by_tab_and_space(window):
    button = window.screen_review.inspector.kinds["action"]
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert [s.kind for s in window.review.spans] == ["action"]


def test_at_twice_the_size_nothing_is_cut(qtbot, open_window, fill, tmp_path):
    window = open_window(fill(rows(tmp_path / "photos", 6), name="large.db"))
    window.resize(900, 640)
    inspector = window.screen_review.inspector
    for button in inspector.kinds.values():
        assert button.width() >= button.sizeHint().width()
