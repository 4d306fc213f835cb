"""The caption: paints only the lines that are visible, so that 3,000 words repaint as fast as three."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QContextMenuEvent,
    QFont,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextCharFormat,
    QTextLayout,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QWidget

from captionlint.desktop.review.model.review_model import ReviewModel
from captionlint.desktop.review.view.caption_layout import PAD, Box, CaptionLayout
from captionlint.desktop.style.strings import kind_name, signed
from captionlint.desktop.style.theme import Look, Theme

_SIDE = 24
_TOP = 14


class CaptionView(QAbstractScrollArea):
    """Shows the model's caption and moves its focus by mouse.

    Signals:
        menu_asked: a right click on the word in focus, at this global point.
        toggle_asked: a double click.
        hovered: the word under the pointer, or None.
    """

    menu_asked = Signal(QPoint)
    toggle_asked = Signal()
    hovered = Signal(object)

    def __init__(self, model: ReviewModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._theme = model, theme
        self._laid: CaptionLayout | None = None
        self._hover: int | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.viewport().setMouseTracking(True)
        model.item_changed.connect(self._new_text)
        model.changed.connect(self._new_text)
        model.focus_changed.connect(self._follow_focus)
        theme.changed.connect(self.viewport().update)
        self._text_laid: tuple[str, int] | None = None

    def caption_font(self) -> QFont:
        """Twice the system's text size, with room between words for their tints."""
        font = QFont(self.font())
        size = font.pointSizeF() if font.pointSizeF() > 0 else font.pixelSize() * 0.75
        font.setPointSizeF(size * 2)
        font.setWordSpacing(2 * PAD - 2)
        return font

    def kind_font(self) -> QFont:
        """Small type for kinds."""
        font = QFont(self.font())
        font.setPointSizeF(max(font.pointSizeF() * 0.85, 7))
        return font

    def sizeHint(self) -> QSize:
        """As tall as the caption, up to four lines; beyond that it scrolls."""
        laid = self._laid_out()
        lines = min(max(laid.height, laid.row), 4 * laid.row)
        return QSize(400, int(lines) + 2 * _TOP)

    def minimumSizeHint(self) -> QSize:
        """One line."""
        return QSize(160, int(self._laid_out().row) + 2 * _TOP)

    def word_rect(self, index: int) -> QRectF:
        """A word's first rectangle in the viewport."""
        box = self._laid_out().first_box(index)
        return box.rect.translated(self._origin()) if box else QRectF()

    @property
    def text_top(self) -> int:
        """Where the text begins in the viewport: an editor in its place puts it there, too."""
        return max(0, int(self._origin().y() + PAD))

    @property
    def laid(self) -> CaptionLayout:
        """The layout in use."""
        return self._laid_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tints, then the text over them, then marks, kinds and the ring of the focus."""
        laid, look, origin = self._laid_out(), self._theme.look, self._origin()
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(event.rect()).translated(-origin)
        boxes = laid.visible(area.top(), area.bottom())
        painter.translate(origin)
        self._paint_tints(painter, boxes, look)
        painter.setPen(QColor(look.base.text))
        clip = QRectF(0, (area.top() // laid.row) * laid.row, 1e6, area.height() + 2 * laid.row)
        laid.layout.draw(painter, QPointF(0, 0), self._on_tints(boxes, look), clip)
        self._paint_marks(painter, boxes, look)
        painter.end()

    def _paint_tints(self, painter: QPainter, boxes: list[Box], look: Look) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for box in boxes:
            colour = look.tint(self._model.step_of(self._model.words[box.word]))
            if colour:
                painter.setBrush(QColor(colour))
                painter.drawRoundedRect(box.rect, 5, 5)
            elif box.word == self._hover:
                painter.setBrush(QColor(look.selected))
                painter.drawRoundedRect(box.rect, 5, 5)

    def _on_tints(self, boxes: list[Box], look: Look) -> list[QTextLayout.FormatRange]:
        """Words whose tint needs another colour of text than the rest."""
        ranges: list[QTextLayout.FormatRange] = []
        for box in boxes:
            word = self._model.words[box.word]
            colour = look.on_tint(self._model.step_of(word))
            if colour != look.base.text:
                one = QTextLayout.FormatRange()
                one.start, one.length = self._laid_out().format(word)
                style = QTextCharFormat()
                style.setForeground(QColor(colour))
                one.format = style
                ranges.append(one)
        return ranges

    def _paint_marks(self, painter: QPainter, boxes: list[Box], look: Look) -> None:
        spans = self._model.spans
        painter.setFont(self.kind_font())
        small = QFontMetricsF(self.kind_font())
        named: set[int] = set()
        for box in boxes:
            word = self._model.words[box.word]
            place = self._model.place_of_span(word)
            if place is not None:
                line = QRectF(box.rect.left() + 2, box.rect.bottom() + 5, box.rect.width() - 4, 2.5)
                joined = self._joined(box, spans[place].end)
                line.setRight(line.right() + (joined or 0))
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(look.base.underline))
                painter.drawRoundedRect(line, 1.2, 1.2)
                if place not in named:
                    named.add(place)
                    self._paint_kind(painter, box, place, small, look)
            if box.word == self._model.focus:
                self._paint_ring(painter, box.rect, look)

    def _joined(self, box: Box, end: int) -> float | None:
        """How far the underline runs on to the next word of the same mark on the same line."""
        words = self._model.words
        following = box.word + 1
        if following >= len(words) or words[following].start >= end:
            return None
        after = self._laid_out().first_box(following)
        if after is None or after.line != box.line or after.rect.left() < box.rect.left():
            return None
        return after.rect.left() - box.rect.right() + 4

    def _paint_kind(self, painter: QPainter, box: Box, place: int, small: QFontMetricsF, look: Look) -> None:
        span = self._model.spans[place]
        text = "" if span.kind == "other" else kind_name(span.kind)
        if span.replacement is not None:
            text = f"{text} → {span.replacement or '∅'}".strip()
        if not text:
            return
        width = small.horizontalAdvance(text)
        centre = box.rect.center().x()
        painter.setPen(QColor(look.base.dim))
        painter.drawText(QPointF(centre - width / 2, box.rect.bottom() + 10 + small.ascent()), text)

    def _paint_ring(self, painter: QPainter, rect: QRectF, look: Look) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(look.base.panel), 2))
        painter.drawRoundedRect(rect.adjusted(-1, -1, 1, 1), 6, 6)
        # Also while another window is in front: the review keys act here as soon as this one is again.
        colour = look.base.accent if self.window().focusWidget() is self else look.base.dim
        painter.setPen(QPen(QColor(colour), 2))
        painter.drawRoundedRect(rect.adjusted(-2.5, -2.5, 2.5, 2.5), 7, 7)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Puts the focus on the word under the pointer."""
        word = self._laid_out().word_at(event.position() - self._origin())
        if word is not None:
            self._model.set_focus(word)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Marks the word under the pointer, or takes its mark away."""
        if self._laid_out().word_at(event.position() - self._origin()) is not None:
            self.toggle_asked.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tells which word is under the pointer."""
        self._hover_over(self._laid_out().word_at(event.position() - self._origin()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Asks for the menu of the word under the pointer, or of the one in focus when a key asked."""
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            place = self.word_rect(self._model.focus).bottomLeft().toPoint()
            self.menu_asked.emit(self.viewport().mapToGlobal(place))
            return
        word = self._laid_out().word_at(QPointF(event.pos()) - self._origin())
        if word is not None:
            self._model.set_focus(word)
            self.menu_asked.emit(event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:
        """Ends the hover where the pointer leaves."""
        if event.type() is QEvent.Type.Leave:
            self._hover_over(None)
        return super().viewportEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lays the text out in a new width; in a new height it stays and is scrolled otherwise."""
        self._new_text(resized=True)
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Lays the text out in the new font."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._text_laid = None
            self._new_text()
        super().changeEvent(event)

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """Repaints in the new place."""
        self.viewport().update()

    def _hover_over(self, word: int | None) -> None:
        if word != self._hover:
            self._hover = word
            self.hovered.emit(word)
            self.viewport().update()

    def _laid_out(self) -> CaptionLayout:
        # Beside the scroll bar, too: it takes of the margin, and the text is not laid out again when it comes.
        key = (self._model.text, self.width())
        if self._laid is None or self._text_laid != key:
            self._text_laid = key
            below = QFontMetricsF(self.kind_font()).height() + 16
            width = max(self.width() - 2 * _SIDE, 60)
            self._laid = CaptionLayout(
                self._model.text, self._model.words, font=self.caption_font(), width=width, below=below
            )
        return self._laid

    def _new_text(self, *, resized: bool = False) -> None:
        before = self._laid
        laid = self._laid_out()
        if laid is not before:
            self._hover = None
        if resized or laid is not before:
            page = self.viewport().height()
            bar = self.verticalScrollBar()
            bar.setPageStep(page)
            bar.setSingleStep(int(laid.row))
            bar.setRange(0, max(0, int(laid.height + 2 * _TOP - page)))
            self.updateGeometry()
            self._follow_focus()
        self.viewport().update()

    def _origin(self) -> QPointF:
        laid = self._laid_out()
        free = self.viewport().height() - laid.height
        top = max(_TOP, free / 2) - self.verticalScrollBar().value()
        return QPointF(_SIDE, top)

    def _follow_focus(self) -> None:
        box = self._laid_out().first_box(self._model.focus)
        if box is not None:
            bar, page = self.verticalScrollBar(), self.viewport().height()
            top = int(box.rect.top())
            if not bar.value() <= top <= bar.value() + page - int(self._laid_out().row) - _TOP:
                bar.setValue(max(0, top - page // 3))
        self.viewport().update()
        self.setAccessibleName(self._spoken())
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.NameChanged))

    def _spoken(self) -> str:
        word = self._model.word
        if word is None:
            return self.tr("No caption")
        flagged = self.tr("flagged") if self._model.span_of(word) else self.tr("not flagged")
        score = "" if word.score is None else f", {signed(word.score)}"
        number, count = self._model.focus + 1, len(self._model.words)
        return self.tr("Word {0} of {1}, {2}, {3}").format(number, count, word.text, flagged) + score
