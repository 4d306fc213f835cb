"""The picture: fitted, zoomed to the pointer, panned; with the heat of the word in focus over it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from captionlint.desktop.background.image_loader import Picture
from captionlint.desktop.review.view.view_box import ViewBox
from captionlint.desktop.style.theme import Theme


class PictureView(QWidget):
    """Shows one picture. The old one stays until the next is decoded.

    Signals:
        zoomed: the scale changed.
    """

    zoomed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._picture: Picture | None = None
        self._box = ViewBox()
        self._drag: QPointF | None = None
        self._heat: tuple[QImage, QRectF] | None = None
        self.hint = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 120)
        self.setAccessibleName(self.tr("Picture"))
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        theme.changed.connect(self.update)

    @property
    def box(self) -> ViewBox:
        """Where the picture stands."""
        return self._box

    @property
    def picture(self) -> Picture | None:
        """What is shown."""
        return self._picture

    def show_picture(self, picture: Picture | None) -> None:
        """Shows another picture, fitted."""
        same = picture is not None and self._picture is not None and picture.path == self._picture.path
        self._picture = picture
        full = picture.full if picture else None
        if not same:
            self._heat = None
            self._box = replace(self._box.fit(), width=full.width() if full else 1, height=full.height() if full else 1)
        self.setAccessibleDescription(picture.error or "" if picture else "")
        self.update()
        self.zoomed.emit()

    def show_heat(self, heat: QImage | None, where: QRectF | None = None) -> None:
        """Lays a map over the part `where` of the picture (0 to 1 in both directions), or takes it away."""
        self._heat = None if heat is None or where is None else (heat, where)
        self.update()

    @property
    def has_heat(self) -> bool:
        """Whether a map is shown."""
        return self._heat is not None

    def set_hint(self, text: str) -> None:
        """The line at the bottom left."""
        self.hint = text
        self.update()

    def zoom(self, steps: float, at: QPointF | None = None) -> None:
        """Zooms to a point of the view, or to its middle."""
        self._set_box(self._box.zoomed(steps, at=(at.x(), at.y()) if at else None))

    def fit(self) -> None:
        """Shows the whole picture."""
        self._set_box(self._box.fit())

    def actual_size(self) -> None:
        """One pixel of the picture on one of the screen."""
        self._set_box(self._box.at_scale(1 / self.devicePixelRatioF()))

    def _set_box(self, box: ViewBox) -> None:
        self._box = box
        self.update()
        self.zoomed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The canvas, the visible part of the picture, the heat, and two small labels."""
        painter = QPainter(self)
        look = self._theme.look
        painter.fillRect(event.rect(), QColor(look.base.canvas))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        picture = self._picture
        if picture is not None and picture.full is not None and picture.preview is not None:
            rect = QRectF(*self._box.rect)
            self._paint_part(painter, picture, rect)
            if self._heat is not None:
                self._paint_heat(painter, rect)
            self._paint_label(painter, self._size_text(picture.full), left=False)
            if self.hint:
                self._paint_label(painter, self.hint, left=True)
        elif picture is not None and picture.error:
            painter.setPen(QColor(look.base.dim))
            room = QRectF(self.rect()).adjusted(40, 20, -40, -20)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), picture.error)
        if self.hasFocus():
            painter.setPen(QPen(QColor(look.base.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_part(self, painter: QPainter, picture: Picture, rect: QRectF) -> None:
        """Draws only what is visible, from the small copy while that is sharp enough."""
        full, preview = picture.full, picture.preview
        if full is None or preview is None:
            return
        sharp = self._box.shown * self.devicePixelRatioF() * full.width() <= preview.width() * 1.05
        source = preview if sharp else full
        seen = rect.intersected(QRectF(self.rect()))
        across, down = source.width() / rect.width(), source.height() / rect.height()
        part = QRectF(
            (seen.left() - rect.left()) * across, (seen.top() - rect.top()) * down,
            seen.width() * across, seen.height() * down,
        )  # fmt: skip
        if self._box.shown * self.devicePixelRatioF() > 3:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._box.scale is None)
        painter.drawImage(seen, source, part)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)

    def _paint_heat(self, painter: QPainter, rect: QRectF) -> None:
        if self._heat is None:
            return
        heat, where = self._heat
        target = QRectF(
            rect.left() + where.left() * rect.width(), rect.top() + where.top() * rect.height(),
            where.width() * rect.width(), where.height() * rect.height(),
        )  # fmt: skip
        painter.drawImage(target, heat)

    def _paint_label(self, painter: QPainter, text: str, *, left: bool) -> None:
        metrics = QFontMetricsF(self.font())
        text = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, self.width() - 52)
        width, height = metrics.horizontalAdvance(text) + 20, metrics.height() + 8
        x = 16.0 if left else self.width() - width - 16
        rect = QRectF(x, self.height() - height - 14, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(20, 22, 26, 170))
        painter.drawRoundedRect(rect, height / 2, height / 2)
        painter.setPen(QColor("#FFFFFF"))
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), text)

    def _size_text(self, full: QImage) -> str:
        size = f"{full.width()} × {full.height()}"
        if self._box.scale is None:
            return self.tr("Fit") + f"  ·  {size}"
        return f"{self._box.scale * self.devicePixelRatioF() * 100:.0f} %  ·  {size}"

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keeps the picture's middle in the middle."""
        self._box = replace(self._box, view_width=self.width(), view_height=self.height())
        super().resizeEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zooms to the pointer."""
        self.zoom(event.angleDelta().y() / 120, event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begins to pan."""
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._drag = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pans."""
        if self._drag is not None:
            delta = event.position() - self._drag
            self._drag = event.position()
            self._set_box(self._box.panned(delta.x(), delta.y()))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Ends the pan."""
        self._drag = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Between the whole picture and actual size, at the pointer."""
        if self._box.scale is None:
            at = event.position()
            self._set_box(self._box.at_scale(1 / self.devicePixelRatioF(), at=(at.x(), at.y())))
        else:
            self.fit()
