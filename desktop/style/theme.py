"""Colours and shapes. All colours come from `core.palette`, the same as the report's; this adds what a window needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QMessageBox, QWidget
from shiboken6 import isValid

from captionlint.core import palette as tints

Choice = Literal["system", "light", "dark"]


@dataclass(frozen=True, slots=True)
class Look:
    """A theme with the few colours that only the window has, as #RRGGBB."""

    base: tints.Theme
    dark: bool
    selected: str
    button: str
    on_accent: str
    danger: str

    def tint(self, step: int) -> str | None:
        """The ground of a word's tint step, −3 to 3; None for 0."""
        if step == 0:
            return None
        side = self.base.against if step < 0 else self.base.speaks_for
        return side[abs(step) - 1]

    def on_tint(self, step: int) -> str:
        """The text on a tint."""
        return self.base.text if step == 0 else self.base.on_tint[abs(step) - 1]


LIGHT: Final = Look(tints.LIGHT, False, "#EAF1F8", "#F0F0EC", "#FFFFFF", "#B3261E")
DARK: Final = Look(tints.DARK, True, "#262B33", "#282C33", "#08090B", "#F2877E")


class Theme(QObject):
    """The look in use; follows the system unless one was chosen.

    The style sheet is each window's own: to dress them one by one takes a third of what one for the application does.
    What is seen changes in the turn after that, so that dressing and painting are not one stop of the event loop.

    Signals:
        changed: the windows are dressed; widgets that paint themselves repaint.
    """

    changed = Signal()

    def __init__(self, application: QApplication, choice: Choice = "system") -> None:
        super().__init__(application)
        self._application = application
        self._choice: Choice = choice
        self.look = LIGHT
        self._windows: list[QWidget] = []
        self._dressed = QTimer(self, interval=0, singleShot=True)
        self._dressed.timeout.connect(self._show)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._apply)
        self._apply()

    @property
    def choice(self) -> Choice:
        """What was chosen."""
        return self._choice

    def choose(self, choice: Choice) -> None:
        """Follows the system, or stays light or dark."""
        self._choice = choice
        self._apply()

    def dress(self, window: QWidget) -> None:
        """A window without a parent, and all in it, wear this look from now on."""
        self._windows = [*self._there(), window]
        window.setStyleSheet(style_sheet(self.look))

    def _apply(self) -> None:
        dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        if self._choice != "system":
            dark = self._choice == "dark"
        self.look = DARK if dark else LIGHT
        windows, sheet = self._there(), style_sheet(self.look)
        for window in windows:
            window.setUpdatesEnabled(False)  # until `_show`, the old look stays whole
        self._application.setPalette(palette(self.look))
        for window in windows:
            window.setStyleSheet(sheet)
        self._dressed.start()

    def _show(self) -> None:
        for window in self._there():
            window.setUpdatesEnabled(True)
        self.changed.emit()

    def _there(self) -> list[QWidget]:
        """The windows that are not deleted yet."""
        return [window for window in self._windows if isValid(window)]


def bare(buttons: QDialogButtonBox | QMessageBox) -> None:
    """Takes the system's pictures off the buttons: they know no theme, and no other button has one."""
    for button in buttons.buttons():
        button.setIcon(QIcon())


def palette(look: Look) -> QPalette:
    """The palette that Qt's own widgets draw with."""
    base, role = look.base, QPalette.ColorRole
    made = QPalette()
    for where, colour in (
        (role.Window, base.panel), (role.Base, base.panel), (role.AlternateBase, base.window),
        (role.Button, base.panel), (role.Text, base.text), (role.WindowText, base.text),
        (role.ButtonText, base.text), (role.BrightText, base.text), (role.PlaceholderText, base.dim),
        (role.Highlight, base.accent), (role.HighlightedText, look.on_accent), (role.Link, base.accent),
        (role.ToolTipBase, base.panel), (role.ToolTipText, base.text), (role.Mid, base.line),
        (role.Light, base.panel), (role.Midlight, base.line), (role.Dark, base.line),
        (role.Shadow, base.line), (role.Accent, base.accent),
    ):  # fmt: skip
        made.setColor(where, QColor(colour))
    for where in (role.Text, role.WindowText, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, where, QColor(base.dim))
    return made


def style_sheet(look: Look) -> str:
    """What the palette cannot say: hairlines, rounding, space. Sizes are in pixels at 96 dpi."""
    b = look.base
    return f"""
    QMainWindow, QDialog {{ background: {b.panel}; }}
    QToolTip {{ background: {b.panel}; color: {b.text}; border: 1px solid {b.line}; padding: 4px 6px; }}
    QMenuBar {{ background: {b.panel}; border-bottom: 1px solid {b.line}; padding: 2px 8px; }}
    QMenuBar::item {{ padding: 4px 9px; border-radius: 4px; background: transparent; }}
    QMenuBar::item:selected {{ background: {look.selected}; }}
    QMenu {{ background: {b.panel}; border: 1px solid {b.line}; padding: 4px; }}
    QMenu::item {{ padding: 5px 24px 5px 12px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {look.selected}; color: {b.text}; }}
    QMenu::item:disabled {{ color: {b.dim}; }}
    QMenu::separator {{ height: 1px; background: {b.line}; margin: 4px 8px; }}
    #header, #side, #inspector, #keys, #stage, #footer, #endPage, #endBody, #summaryBody {{ background: {b.panel}; }}
    #header {{ border-bottom: 1px solid {b.line}; }}
    #side {{ border-right: 1px solid {b.line}; }}
    #inspector QScrollArea, #inspectorBody {{ background: {b.panel}; border: none; }}
    #keys {{ border-top: 1px solid {b.line}; }}
    QFrame[card="true"] {{ background: {b.window}; border: 1px solid {b.line}; border-radius: 8px; }}
    QLabel[dim="true"] {{ color: {b.dim}; }}
    QLabel[head="true"] {{ color: {b.dim}; font-weight: 600; }}
    QLabel[danger="true"] {{ color: {look.danger}; }}
    QLineEdit, QComboBox, QPlainTextEdit, QSpinBox, QDoubleSpinBox {{
        background: {b.panel}; border: 1px solid {b.line}; border-radius: 5px; padding: 5px 8px;
        selection-background-color: {b.accent}; selection-color: {look.on_accent}; }}
    #captionEditor {{ border: none; border-radius: 0; padding: 0 20px; }}
    QLineEdit:focus, QComboBox:focus, QPlainTextEdit:focus {{ border-color: {b.accent}; }}
    QCheckBox {{ spacing: 8px; }}
    QCheckBox::indicator {{ width: 14px; height: 14px; background: {b.panel}; border: 1px solid {b.dim};
        border-radius: 3px; }}
    QCheckBox::indicator:checked {{ background: {b.accent}; border-color: {b.accent}; }}
    QCheckBox::indicator:focus {{ border-color: {b.accent}; }}
    QComboBox::drop-down {{ border: none; width: 22px; }}
    QComboBox QAbstractItemView {{ background: {b.panel}; border: 1px solid {b.line}; outline: none;
        selection-background-color: {look.selected}; selection-color: {b.text}; }}
    QPushButton {{ background: {b.panel}; border: 1px solid {b.line}; border-radius: 5px; padding: 5px 12px; }}
    QPushButton:hover {{ background: {look.selected}; }}
    QPushButton:focus {{ border-color: {b.accent}; }}
    QPushButton:checked {{ background: {look.selected}; border-color: {b.accent}; }}
    QPushButton:default {{ background: {b.accent}; color: {look.on_accent}; border-color: {b.accent}; }}
    QPushButton:disabled {{ color: {b.dim}; }}
    QPushButton:default:disabled {{ background: {b.panel}; border-color: {b.line}; }}
    QPushButton[flat="true"] {{ border: none; padding: 3px 6px; color: {b.dim}; background: transparent; }}
    QPushButton[flat="true"]:hover {{ color: {b.text}; }}
    QPushButton[wide="true"] {{ border-radius: 8px; padding: 0; text-align: left; background: {b.window}; }}
    QPushButton[wide="true"]:hover {{ background: {look.selected}; }}
    QPushButton[wide="true"]:checked {{ background: {look.selected}; border-color: {b.accent}; }}
    QPushButton[wide="true"]:focus {{ border-color: {b.accent}; }}
    QPushButton[flush="true"] {{ text-align: left; padding: 3px 0; }}
    QMessageBox QLabel#qt_msgbox_label {{ font-weight: 600; min-width: 320px; }}
    QMessageBox QLabel#qt_msgbox_informativelabel {{ min-width: 320px; }}
    QPushButton[link="true"] {{ color: {b.accent}; text-align: left; padding: 3px 0; }}
    QPushButton[flat="true"]:focus {{ color: {b.text}; text-decoration: underline; }}
    #saving {{ color: {b.text}; }}
    #welcome {{ background: {b.panel}; }}
    QPushButton[flat="true"]:checked {{ color: {b.text}; font-weight: 600; background: transparent; }}
    QListView, QTableView, QTreeView {{ background: {b.panel}; border: none; outline: none; }}
    QProgressBar {{ background: {b.line}; border: none; border-radius: 2px; height: 4px; }}
    QProgressBar::chunk {{ background: {b.accent}; border-radius: 2px; }}
    QSlider::groove:horizontal {{ height: 3px; background: {b.line}; border-radius: 1px; }}
    QSlider::handle:horizontal {{
        background: {b.accent}; width: 14px; height: 14px; margin: -6px 0; border-radius: 7px; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
    QScrollBar::handle {{ background: {b.line}; border-radius: 4px; margin: 1px; min-height: 28px; min-width: 28px; }}
    QScrollBar::handle:hover {{ background: {b.dim}; }}
    QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
        background: none; border: none; width: 0; height: 0; }}
    QSplitter::handle {{ background: {b.line}; }}
    """
