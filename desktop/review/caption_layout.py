"""Where each word of a caption stands: laid out as one text by Qt, so that right-to-left captions stand right."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QTextLayout, QTextLine, QTextOption

from core.prediction import WordScore
from desktop.review.utf16 import Units, laid_out

PAD = 5.0
"""Space in pixels between a word and the edge of its tint."""


@dataclass(frozen=True, slots=True)
class Box:
    """A word's rectangle on one line; a word broken over lines has several."""

    word: int
    line: int
    rect: QRectF


class CaptionLayout:
    """One caption in one width.

    Attributes:
        boxes: the words' rectangles, by line.
        height: of the whole text.
    """

    def __init__(self, text: str, words: Sequence[WordScore], *, font: QFont, width: float, below: float) -> None:
        """`below`: room under each line, for the underline and the kind."""
        self._below = below
        self._units = Units(text)
        self._metrics = QFontMetricsF(font)
        self.layout = QTextLayout(laid_out(text), font)
        option = QTextOption(Qt.AlignmentFlag.AlignHCenter)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        self.layout.setTextOption(option)
        self.layout.setCacheEnabled(True)
        self._lines = self._lay(width)
        self.height = len(self._lines) * self.row
        self.boxes = self._place(words)
        self._line_of = [box.line for box in self.boxes]
        self._first = {box.word: box for box in reversed(self.boxes)}

    @property
    def row(self) -> float:
        """Height of one line with what stands under it."""
        return self._metrics.height() + 2 * PAD + self._below

    def visible(self, top: float, bottom: float) -> list[Box]:
        """The words on lines between two heights."""
        first, last = int(max(top, 0) // self.row), int(bottom // self.row)
        return self.boxes[bisect_left(self._line_of, first) : bisect_right(self._line_of, last)]

    def word_at(self, point: QPointF) -> int | None:
        """The word under a point."""
        near = self.visible(point.y(), point.y())
        return next((b.word for b in near if b.rect.adjusted(0, 0, 0, self._below).contains(point)), None)

    def first_box(self, word: int) -> Box | None:
        """A word's first rectangle."""
        return self._first.get(word)

    def word_beside(self, word: int, step: int) -> int:
        """The word on the line above (−1) or below (1) that is nearest."""
        here = self.first_box(word)
        if here is None:
            return word
        row = [b for b in self.boxes if b.line == here.line + step]
        return min(row, key=lambda b: abs(b.rect.center().x() - here.rect.center().x())).word if row else word

    def format(self, word: WordScore) -> tuple[int, int]:
        """A word's start and length in UTF-16 units."""
        start = self._units.units(word.start)
        return start, self._units.units(word.end) - start

    def _lay(self, width: float) -> list[QTextLine]:
        lines: list[QTextLine] = []
        self.layout.beginLayout()
        while (line := self.layout.createLine()).isValid():
            line.setLineWidth(width)
            line.setPosition(QPointF(0, len(lines) * self.row + PAD))
            lines.append(line)
        self.layout.endLayout()
        return lines

    def _place(self, words: Sequence[WordScore]) -> list[Box]:
        boxes: list[Box] = []
        number = 0
        for index, word in enumerate(words):
            start, end = self._units.units(word.start), self._units.units(word.end)
            while number + 1 < len(self._lines) and _end(self._lines[number]) <= start:
                number += 1
            line = number
            while line < len(self._lines) and self._lines[line].textStart() < end:
                here = self._lines[line]
                boxes.append(Box(index, line, self._rect(here, max(start, here.textStart()), min(end, _end(here)))))
                line += 1
        return boxes

    def _rect(self, line: QTextLine, start: int, end: int) -> QRectF:
        # The outer edges of the word's own first and last character: at a change of direction the place behind the
        # last character is somewhere else on the line.
        one = _x(line, start, QTextLine.Edge.Leading)
        other = _x(line, end - 1, QTextLine.Edge.Trailing)
        left, right = min(one, other), max(one, other)
        top = line.position().y() - PAD
        return QRectF(left - PAD, top, right - left + 2 * PAD, self._metrics.height() + 2 * PAD)


def _x(line: QTextLine, unit: int, edge: QTextLine.Edge) -> float:
    # The binding gives the place and the cursor; its stub says otherwise.
    found: Any = line.cursorToX(unit, edge)
    return float(found[0])


def _end(line: QTextLine) -> int:
    return int(line.textStart() + line.textLength())
