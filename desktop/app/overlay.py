"""All keys at a glance, laid over the window; any key or click takes it away."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from captionlint.desktop.keymap import COMMANDS, SECTIONS, Command, Keymap, Section, section_title, shown, title_of
from captionlint.desktop.style.theme import Theme

_COLUMNS: Final[tuple[tuple[tuple[Section, ...], ...], ...]] = (
    (("Decide", "Correct", "Picture"), ("Words",), ("Move", "Window", "Store")),
    (("Decide", "Words", "Move"), ("Correct", "Picture", "Window", "Store")),
    (SECTIONS,),
)
"""Which sections stand in which column, from the widest window to the narrowest."""
_COLUMN: Final = 26
"""Letters "x" that a column needs to be wide enough for most titles with their keys, without the margins."""
_MARGIN: Final = 28


class KeysOverlay(QWidget):
    """Paints the keymap in columns over its parent; what does not fit is scrolled to."""

    def __init__(self, keymap: Keymap, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._keymap, self._theme = keymap, theme
        self._over = parent
        self._top = 0.0
        self._focus_before: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("All keys"))
        parent.installEventFilter(self)
        self.hide()

    def rebind(self, keymap: Keymap) -> None:
        """Shows other keys."""
        self._keymap = keymap
        self.update()

    def toggle(self) -> None:
        """Shows or hides the keys."""
        if self.isVisible():
            self.hide()
            if self._focus_before is not None:
                self._focus_before.setFocus()
            return
        self._focus_before = self.window().focusWidget()
        self._top = 0.0
        self.setGeometry(self._over.rect())
        self.raise_()
        self.show()
        self.setFocus()

    @property
    def hidden_below(self) -> float:
        """How much of the keys does not fit under what is shown, in pixels."""
        return max(0.0, self._rows() * self._line() - self._card().height() + 2 * _MARGIN - self._top)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stays as large as its parent."""
        if event.type() is QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
            self._scroll(0)
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down scroll where there is more; any other key takes it away, save the bare modifiers."""
        page = self._card().height() * 0.8
        ways = {
            Qt.Key.Key_Down: self._line(), Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Up: -self._line(), Qt.Key.Key_PageUp: -page,
        }  # fmt: skip
        way = ways.get(Qt.Key(event.key()))
        if way is not None and (self._top > 0 or self.hidden_below > 0):
            self._scroll(way)
        elif event.key() not in (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta):
            self.toggle()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolls."""
        self._scroll(-event.angleDelta().y() / 40 * self._line())

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        """A click takes it away."""
        self.toggle()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A dimmed window, and a card with the sections in columns."""
        look = self._theme.look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(0, 0, 0, 110))
        card, line = self._card(), self._line()
        painter.setPen(QColor(look.base.line))
        painter.setBrush(QColor(look.base.panel))
        painter.drawRoundedRect(card, 10, 10)
        painter.setClipRect(card.adjusted(0, 10, 0, -10))
        columns = self._columns()
        each = (card.width() - _MARGIN) / len(columns)
        for number, sections in enumerate(columns):
            row = QRectF(card.left() + _MARGIN + number * each, card.top() + 22 - self._top, each - _MARGIN, line)
            for section in sections:
                row.moveTop(self._paint_section(painter, QRectF(row), section))
        self._paint_place(painter, card)
        painter.end()

    def _scroll(self, by: float) -> None:
        self._top = max(0.0, min(self._top + by, self._top + self.hidden_below))
        self.update()

    def _line(self) -> float:
        return QFontMetricsF(self.font()).height() + 9

    def _rows(self) -> float:
        return max(sum(len(_commands(s)) + 1.7 for s in column) - 0.7 for column in self._columns())

    def _card(self) -> QRectF:
        width = min(1120.0, self.width() - 40.0)
        height = min(self._rows() * self._line() + 2 * _MARGIN, self.height() - 24.0)
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def _columns(self) -> tuple[tuple[Section, ...], ...]:
        """As many as there is room for."""
        each = QFontMetricsF(self.font()).horizontalAdvance("x") * _COLUMN + _MARGIN + 120
        return next((c for c in _COLUMNS if self.width() - 40 >= len(c) * each), _COLUMNS[-1])

    def _paint_section(self, painter: QPainter, row: QRectF, section: Section) -> float:
        """Paints a section from `row` on; returns where the next one begins."""
        look = self._theme.look
        metrics = QFontMetricsF(self.font())
        bold = self.font()
        bold.setBold(True)
        painter.setFont(bold)
        painter.setPen(QColor(look.base.accent))
        painter.drawText(row, int(Qt.AlignmentFlag.AlignVCenter), section_title(section))
        painter.setFont(self.font())
        for command in _commands(section):
            row.translate(0, row.height())
            painter.setPen(QColor(look.base.text))
            keys = "   ".join(shown(key) for key in self._keymap.keys(command.name))
            room = row.width() - metrics.horizontalAdvance(keys) - 10
            text = metrics.elidedText(title_of(command), Qt.TextElideMode.ElideRight, room)
            painter.drawText(row, int(Qt.AlignmentFlag.AlignVCenter), text)
            painter.setPen(QColor(look.base.dim))
            painter.drawText(row, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), keys)
        return row.bottom() + row.height() * 0.7

    def _paint_place(self, painter: QPainter, card: QRectF) -> None:
        """A bar at the side where there is more than fits."""
        beyond = self._top + self.hidden_below
        if beyond <= 0:
            return
        track = card.height() - 24
        size = max(28.0, track * card.height() / (card.height() + beyond))
        y = card.top() + 12 + (track - size) * self._top / beyond
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.look.base.line))
        painter.drawRoundedRect(QRectF(card.right() - 12, y, 6, size), 3, 3)


def _commands(section: Section) -> list[Command]:
    return [command for command in COMMANDS if command.section == section]
