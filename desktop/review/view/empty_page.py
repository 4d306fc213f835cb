"""The page in the item's place when there is none: what `ending` says, and buttons for what it offers."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from captionlint.desktop.app.stray_keys import ignore_held_keys
from captionlint.desktop.review.model.empty_state import Ending, Offer
from captionlint.desktop.style.strings import QT_TRANSLATE_NOOP

_TITLES: Final[dict[Offer, str]] = {
    "import": QT_TRANSLATE_NOOP("EndPage", "Import captions …"),
    "clear": QT_TRANSLATE_NOOP("EndPage", "Clear the search"),
    "skipped": QT_TRANSLATE_NOOP("EndPage", "Look at the skipped ones again"),
    "again": QT_TRANSLATE_NOOP("EndPage", "Begin again from the front"),
    "summary": QT_TRANSLATE_NOOP("EndPage", "Summary"),
    "export": QT_TRANSLATE_NOOP("EndPage", "Export …"),
}
_WIDTH: Final = 280


class EndPage(QScrollArea):
    """Says why there is no item, and what can be done.

    Signals:
        asked: one of the offers.
    """

    asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("endPage")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.title = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter, textFormat=Qt.TextFormat.PlainText)
        font = self.title.font()
        font.setPointSizeF(font.pointSizeF() * 1.7)
        font.setWeight(font.Weight.DemiBold)
        self.title.setFont(font)
        self.said = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter, textFormat=Qt.TextFormat.PlainText)
        self.said.setProperty("dim", True)
        self.buttons = {offer: self._button(offer) for offer in _TITLES}
        self._lay_out()
        self.show_ending(Ending(""))

    def show_ending(self, ending: Ending) -> None:
        """Shows a title, what is said, and the offers in their order."""
        waits = self.hasFocus() or any(b.hasFocus() for o, b in self.buttons.items() if o not in ending.offers)
        self._offers = ending.offers
        self.title.setText(ending.title)
        self.setAccessibleName(ending.title)
        self.said.setText(ending.said)
        self.said.setVisible(bool(ending.said))
        for button in self.buttons.values():
            self._column.removeWidget(button)
        for place, offer in enumerate(ending.offers):
            self._column.insertWidget(self._first + place, self.buttons[offer], 0, Qt.AlignmentFlag.AlignHCenter)
        for offer, button in self.buttons.items():
            button.setVisible(offer in ending.offers)
        for one, other in zip(ending.offers, ending.offers[1:], strict=False):
            QWidget.setTabOrder(self.buttons[one], self.buttons[other])
        if waits:
            self.take_keyboard()

    def take_keyboard(self) -> None:
        """Puts the keyboard on the likeliest offer, which `Enter` takes; as soon as there is one."""
        widget = self.buttons[self._offers[0]] if self._offers else self
        widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _button(self, offer: Offer) -> QPushButton:
        button = QPushButton(QCoreApplication.translate("EndPage", _TITLES[offer]), autoDefault=True)
        button.setMinimumWidth(_WIDTH)
        ignore_held_keys(button)
        button.clicked.connect(lambda: self.asked.emit(offer))
        return button

    def _lay_out(self) -> None:
        body = QWidget()
        body.setObjectName("endBody")
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(24, 24, 24, 24)
        self._column.setSpacing(8)
        self._column.addStretch(2)
        self._column.addWidget(self.title)
        self._column.addWidget(self.said)
        self._column.addSpacing(10)
        self._first = self._column.count()
        self._column.addStretch(3)
        self.setWidget(body)
