"""Hard negatives for NegCLIP's forks of open_clip, tab-separated: filepath, title, neg_caption, neg_image.

``neg_caption`` and ``neg_image`` are Python literals: a list of texts, a list of row numbers counted from 0. Neither
list is ever empty, since trainers draw from them at random. Plain open_clip reads filepath and title.

Rows: a corrected caption with its original as the negative; and a caption that was found right, with the wrong
captions of the same image as negatives, where an image's items come one after the other. ``neg_image`` names up to
three rows of other images whose titles share most words, among the rows nearby. Cells are for trainers, not for
spreadsheets: nothing stands before a leading ``=``.
"""

from __future__ import annotations

import csv
import json
import tempfile
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO, Final, TextIO

from captionlint.core.errors import FormatError
from captionlint.core.formats.corrections import corrected_caption, kept_spans, reviewed
from captionlint.core.formats.records import ExportItem
from captionlint.core.text.words import split_pieces

COLUMNS: Final = ("filepath", "title", "neg_caption", "neg_image")
_NEARBY: Final = 64
_NEGATIVES: Final = 3
_MAX_GROUP: Final = 256


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    image: str
    title: str
    negatives: list[str]
    words: frozenset[str]


class NegClipSink:
    """Holds rows on disk until all are known, since a row names others that come later."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._held: IO[str] = tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n")  # noqa: SIM115 - see finish
        self._group: list[ExportItem] = []
        self._count = 0
        self._first_of: dict[str, int] = {}  # the first row of each of the first two images
        self._without: Counter[str] = Counter()

    def put(self, item: ExportItem) -> None:
        """Takes an item; one that is wrong without a correction only serves as a negative for others."""
        reviewed(item)
        if self._group and (self._group[0].image != item.image or len(self._group) >= _MAX_GROUP):
            self._hold_group()
        self._group.append(item)

    def finish(self) -> Counter[str]:
        """Writes the rows. Raises FormatError where there are not two images to tell apart."""
        self._hold_group()
        if self._count and len(self._first_of) < 2:
            raise FormatError("negclip needs rows of at least two images, since each row names a row of another image.")
        rows = csv.writer(self._stream, delimiter="\t")
        rows.writerow(COLUMNS)
        for row, others in self._with_others():
            rows.writerow([row.image, row.title, repr(row.negatives), repr(others)])
        self._held.close()
        return self._without

    def _hold_group(self) -> None:
        wrong = [item.caption for item in self._group if kept_spans(item) or corrected_caption(item) is not None]
        for item in self._group:
            corrected = corrected_caption(item)
            if corrected is not None:
                self._hold(item.image, corrected, [item.caption])
            elif kept_spans(item):
                self._without["marked, without a correction"] += 1
            elif wrong:
                self._hold(item.image, item.caption, wrong)
            else:
                self._without["right, and no wrong caption of the same image beside it"] += 1
        self._group = []

    def _hold(self, image: str, title: str, negatives: list[str]) -> None:
        if len(self._first_of) < 2:
            self._first_of.setdefault(image, self._count)
        self._held.write(json.dumps([image, title, negatives]) + "\n")
        self._count += 1

    def _rows(self) -> Iterator[_Row]:
        self._held.seek(0)
        for number, line in enumerate(self._held):
            image, title, negatives = json.loads(line)
            words = frozenset(piece.text.casefold() for piece in split_pieces(title) if piece.is_word)
            yield _Row(number, image, title, negatives, words)

    def _with_others(self) -> Iterator[tuple[_Row, list[int]]]:
        coming = self._rows()
        before: deque[_Row] = deque(maxlen=_NEARBY)
        after = deque(islice(coming, _NEARBY))
        while after:
            row = after.popleft()
            after.extend(islice(coming, 1))
            yield row, self._others(row, [*before, *after])
            before.append(row)

    def _others(self, row: _Row, nearby: list[_Row]) -> list[int]:
        def likeness(other: _Row) -> float:
            return len(row.words & other.words) / max(len(row.words | other.words), 1)

        strangers = [other for other in nearby if other.image != row.image]
        best = sorted(strangers, key=lambda other: (-likeness(other), abs(other.number - row.number)))
        if best:
            return [other.number for other in best[:_NEGATIVES]]
        return [next(number for image, number in self._first_of.items() if image != row.image)]
