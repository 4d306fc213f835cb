"""All keys at a glance, laid over the window; any key or click takes it away."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.keymap import COMMANDS, SECTIONS, Command, Keymap, section_title, shown, title_of
from desktop.theme import Theme


class KeysOverlay(QWidget):
    """Paints the keymap in columns over its parent."""

    def __init__(self, keymap: Keymap, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._keymap, self._theme = keymap, theme
        self._over = parent
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
        self.setGeometry(self._over.rect())
        self.raise_()
        self.show()
        self.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stays as large as its parent."""
        if event.type() is QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Any key takes it away, save the bare modifiers."""
        if event.key() not in (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta):
            self.toggle()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        """A click takes it away."""
        self.toggle()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A dimmed window, and a card with three columns of sections."""
        look = self._theme.look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(0, 0, 0, 110))
        line = QFontMetricsF(self.font()).height() + 9
        columns = self._columns()
        rows = max(sum(len(commands) + 2 for _, commands in column) for column in columns)
        width, height = min(1120.0, self.width() - 40.0), min(rows * line + 40, self.height() - 24.0)
        card = QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)
        painter.setPen(QColor(look.base.line))
        painter.setBrush(QColor(look.base.panel))
        painter.drawRoundedRect(card, 10, 10)
        each = (width - 56) / len(columns)
        for number, column in enumerate(columns):
            y = card.top() + 22
            for title, commands in column:
                y = self._paint_section(
                    painter, QRectF(card.left() + 28 + number * each, y, each - 24, line), title, commands
                )
        painter.end()

    def _columns(self) -> list[list[tuple[str, list[Command]]]]:
        by = {s: [c for c in COMMANDS if c.section == s] for s in SECTIONS}
        sides = (("Decide", "Move", "Correct"), ("Words",), ("Picture", "Window"))
        return [[(section_title(name), by[name]) for name in SECTIONS if name in side] for side in sides]

    def _paint_section(self, painter: QPainter, row: QRectF, title: str, commands: list[Command]) -> float:
        look = self._theme.look
        bold = self.font()
        bold.setBold(True)
        painter.setFont(bold)
        painter.setPen(QColor(look.base.accent))
        painter.drawText(row, int(Qt.AlignmentFlag.AlignVCenter), title)
        painter.setFont(self.font())
        for command in commands:
            row = row.translated(0, row.height())
            painter.setPen(QColor(look.base.text))
            keys = "   ".join(shown(key) for key in self._keymap.keys(command.name))
            room = row.width() - QFontMetricsF(self.font()).horizontalAdvance(keys) - 10
            text = QFontMetricsF(self.font()).elidedText(title_of(command), Qt.TextElideMode.ElideRight, room)
            painter.drawText(row, int(Qt.AlignmentFlag.AlignVCenter), text)
            painter.setPen(QColor(look.base.dim))
            painter.drawText(row, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), keys)
        return row.bottom() + row.height() * 0.7
