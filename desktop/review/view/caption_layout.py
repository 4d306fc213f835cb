"""Where each word of a caption stands: laid out as one text by Qt, so that right-to-left captions stand right."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import bidirectional

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QTextLayout, QTextLine, QTextOption

from captionlint.core.prediction import WordScore
from captionlint.desktop.review.view.utf16 import Units, laid_out

PAD = 5.0
"""Space in pixels between a word and the edge of its tint."""


@dataclass(frozen=True, slots=True)
class Box:
    """A word's rectangle on one line; a word broken over lines has several."""

    word: int
    line: int
    rect: QRectF


class CaptionLayout:
    """One caption in one width. Rectangles are asked of Qt line by line, when a line is first looked at.

    Attributes:
        height: of the whole text.
    """

    def __init__(self, text: str, words: Sequence[WordScore], *, font: QFont, width: float, below: float) -> None:
        """`below`: room under each line, for the underline and the kind."""
        self._below = below
        self._units = Units(text)
        self._metrics = QFontMetricsF(font)
        self._is_turning = not text.isascii() and any(bidirectional(letter) in ("R", "AL") for letter in set(text))
        self.layout = QTextLayout(laid_out(text), font)
        option = QTextOption(Qt.AlignmentFlag.AlignHCenter)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        self.layout.setTextOption(option)
        self.layout.setCacheEnabled(True)
        self._lines = self._lay(width)
        self.height = len(self._lines) * self.row
        self._words = [(self._units.units(word.start), self._units.units(word.end)) for word in words]
        self._starts = [line.textStart() for line in self._lines]
        self._placed: dict[int, list[Box]] = {}

    @property
    def row(self) -> float:
        """Height of one line with what stands under it."""
        return self._metrics.height() + 2 * PAD + self._below

    def visible(self, top: float, bottom: float) -> list[Box]:
        """The words on lines between two heights."""
        first, last = int(max(top, 0) // self.row), min(int(bottom // self.row), len(self._lines) - 1)
        return [box for line in range(first, last + 1) for box in self._line(line)]

    @property
    def boxes(self) -> list[Box]:
        """All rectangles, by line."""
        return self.visible(0, self.height)

    def word_at(self, point: QPointF) -> int | None:
        """The word under a point."""
        near = self.visible(point.y(), point.y())
        return next((b.word for b in near if b.rect.adjusted(0, 0, 0, self._below).contains(point)), None)

    def first_box(self, word: int) -> Box | None:
        """A word's first rectangle."""
        if not 0 <= word < len(self._words):
            return None
        line = bisect_right(self._starts, self._words[word][0]) - 1
        return next((box for box in self._line(line) if box.word == word), None)

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

    def _line(self, number: int) -> list[Box]:
        """The rectangles on one line; none beyond the text."""
        if not 0 <= number < len(self._lines):
            return []
        if number not in self._placed:
            line = self._lines[number]
            start, end = line.textStart(), _end(line)
            first = bisect_right(self._words, start, key=lambda word: word[1])
            last = bisect_left(self._words, end, key=lambda word: word[0])
            self._placed[number] = [
                Box(index, number, self._rect(line, max(self._words[index][0], start), min(self._words[index][1], end)))
                for index in range(first, last)
            ]
        return self._placed[number]

    def _rect(self, line: QTextLine, start: int, end: int) -> QRectF:
        left, right = self._sides(line, start, end)
        top = line.position().y() - PAD
        return QRectF(left - PAD, top, right - left + 2 * PAD, self._metrics.height() + 2 * PAD)

    def _sides(self, line: QTextLine, start: int, end: int) -> tuple[float, float]:
        """Where a stretch begins and ends on its line.

        Where directions change, one place in the text is two on the line, and the cursor's is not always the word's:
        there the glyphs are asked.
        """
        rects = [run.boundingRect() for run in line.glyphRuns(start, end - start)] if self._is_turning else []
        if rects:
            return min(rect.left() for rect in rects), max(rect.right() for rect in rects)
        edges = _x(line, start, QTextLine.Edge.Leading), _x(line, end - 1, QTextLine.Edge.Trailing)
        return min(edges), max(edges)


def _x(line: QTextLine, unit: int, edge: QTextLine.Edge) -> float:
    # The binding gives the place and the cursor; its stub says otherwise.
    found: Any = line.cursorToX(unit, edge)
    return float(found[0])


def _end(line: QTextLine) -> int:
    return int(line.textStart() + line.textLength())
