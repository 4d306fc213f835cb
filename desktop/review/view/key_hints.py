"""The one line of keys under the caption; what does not fit is left out, never cut."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from captionlint.desktop.keymap import Keymap, shown
from captionlint.desktop.style.strings import QT_TRANSLATE_NOOP
from captionlint.desktop.style.theme import Theme

_LINE: Final[tuple[tuple[tuple[str, ...], str], ...]] = (
    (("accept",), QT_TRANSLATE_NOOP("KeysLine", "accept")),
    (("edit",), QT_TRANSLATE_NOOP("KeysLine", "edit caption")),
    (("toggle",), QT_TRANSLATE_NOOP("KeysLine", "mark / unmark")),
    (("previous_word", "next_word"), QT_TRANSLATE_NOOP("KeysLine", "word")),
    (("kind_object", "kind_other"), QT_TRANSLATE_NOOP("KeysLine", "kind")),
    (("reject",), QT_TRANSLATE_NOOP("KeysLine", "reject")),
    (("skip",), QT_TRANSLATE_NOOP("KeysLine", "skip")),
    (("undo",), QT_TRANSLATE_NOOP("KeysLine", "undo")),
    (("keys",), QT_TRANSLATE_NOOP("KeysLine", "all keys")),
)
_EDITING: Final = (
    ("Return", QT_TRANSLATE_NOOP("KeysLine", "keep")),
    ("Esc", QT_TRANSLATE_NOOP("KeysLine", "drop")),
    ("Shift+Return", QT_TRANSLATE_NOOP("KeysLine", "new line")),
)


class KeysLine(QWidget):
    """Shows the usual keys; a click does what the key does.

    Signals:
        asked: a command's name.
    """

    asked = Signal(str)

    def __init__(self, keymap: Keymap, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("keys")
        self._theme = theme
        self._caps: list[tuple[str, str]] = []
        self._names: dict[str, str] = {}
        self._places: list[tuple[QRectF, str]] = []
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)
        self.rebind(keymap)

    def rebind(self, keymap: Keymap) -> None:
        """Shows other keys."""
        self._keymap = keymap
        self.show_editing(False)

    def show_editing(self, editing: bool) -> None:
        """Shows what ends the editing of a caption, or the usual keys."""
        self._names = {}
        if editing:
            self._caps = [(shown(key), self.tr(title)) for key, title in _EDITING]
        else:
            self._caps = [(_cap(self._keymap, names), self.tr(title)) for names, title in _LINE]
            self._names = {self.tr(title): names[0] for names, title in _LINE if len(names) == 1}
        self.setAccessibleName(", ".join(f"{title}: {cap}" for cap, title in self._caps))
        self.update()

    def place_of(self, name: str) -> QRectF | None:
        """Where a command stands; None where it does not fit."""
        return next((place for place, known in self._places if known == name), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Does what the key under the pointer does."""
        name = self._name_at(event.position())
        if name is not None and event.button() is Qt.MouseButton.LeftButton:
            self.asked.emit(name)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second half of a double click does nothing: it would decide the next item, which nobody has seen."""
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A hand where a click does something."""
        if self._name_at(event.position()) is None:
            self.unsetCursor()
        else:
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def _name_at(self, point: QPointF) -> str | None:
        return next((name for place, name in self._places if place.contains(point)), None)

    def sizeHint(self) -> QSize:
        """One line with room."""
        return QSize(200, int(QFontMetricsF(self.font()).height()) + 24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Key caps with their titles, centred."""
        look = self._theme.look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(look.base.panel))
        painter.fillRect(QRectF(0, 0, self.width(), 1), QColor(look.base.line))
        metrics = QFontMetricsF(self.font())
        caps = _fitting(self._caps, metrics, self.width() - 24)
        x = (self.width() - sum(_width(c, metrics) for c in caps) + 20) / 2
        self._places = []
        for cap, title in caps:
            width = metrics.horizontalAdvance(cap) + 14
            height = metrics.height() + 5
            box = QRectF(x, (self.height() - height) / 2, width, height)
            painter.setPen(QColor(look.base.line))
            painter.setBrush(QColor(look.button))
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(QColor(look.base.text))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), cap)
            painter.setPen(QColor(look.base.dim))
            room = QRectF(box.right() + 7, 0, metrics.horizontalAdvance(title) + 2, self.height())
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), title)
            if title in self._names:
                self._places.append(
                    (QRectF(box.left(), 0, room.right() - box.left(), self.height()), self._names[title])
                )
            x += _width((cap, title), metrics)
        painter.end()


def _cap(keymap: Keymap, names: Sequence[str]) -> str:
    keys = [shown(keymap.keys(name)[0]) if keymap.keys(name) else "–" for name in names]
    if len(keys) == 2:
        return f"{keys[0]}–{keys[1]}" if keys[0].isdigit() else f"{keys[0]} {keys[1]}"
    return keys[0]


def _width(pair: tuple[str, str], metrics: QFontMetricsF) -> float:
    return metrics.horizontalAdvance(pair[0]) + metrics.horizontalAdvance(pair[1]) + 41


def _fitting(caps: Sequence[tuple[str, str]], metrics: QFontMetricsF, room: float) -> list[tuple[str, str]]:
    """As many as fit; the last one, which leads to all others, always stays."""
    first, last = list(caps[:-1]), caps[-1]
    while first and sum(_width(c, metrics) for c in (*first, last)) > room:
        first.pop()
    return [*first, last]
