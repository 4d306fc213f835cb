"""What readers yield and writers take: plain frozen data, no format's own shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from captionlint.core.errors import FormatError
from captionlint.core.prediction import WordScore
from captionlint.core.review import Review

Split = Literal["train", "dev", "test"]


@dataclass(frozen=True, slots=True)
class SourceScores:
    """Word scores that came with an item: any detector's, under its own name.

    `epsilon` and `details` say how the scorer marked and what it is, where the source knows.
    """

    scorer: str
    words: tuple[WordScore, ...]
    cosine: float | None = None
    epsilon: float | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shown:
    """What an annotator was shown beside the caption: no marks if `blind`, else a scorer's, where one is named."""

    blind: bool = False
    scorer: str | None = None
    epsilon: float | None = None


@dataclass(frozen=True, slots=True)
class SourceItem:
    """One row of an input file; `where` names the row for people.

    `image` is an absolute path inside the given folder (whether the file exists is not asked here) or a URL.
    `blind`: its reviews were made without seeing marks; `shown` says so for each of them, where the source knows.
    `note` says what had to be guessed to read the row, such as its encoding.
    """

    image: str
    caption: str
    where: str
    id: str | None = None
    references: tuple[str, ...] = ()
    scores: tuple[SourceScores, ...] = ()
    reviews: tuple[Review, ...] = ()
    shown: tuple[Shown, ...] = ()
    blind: bool = False
    note: str | None = None


class RowError(FormatError):
    """One row cannot be used; inside this package only: readers turn it into a `BadRow` and go on."""


def told_of_rows(first: str, what: str, count: int) -> str:
    """One line about a row that stands for `count` rows of which the same is to be said."""
    return f"{first}: {what}" + (f" (the first of {count} such rows)" if count > 1 else "")


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be used: which one, and why, in one sentence.

    `picture` is what is to blame where that is not the row itself; such a problem may stand for `rows` rows that use
    the picture, of which `where` is the first.
    """

    where: str
    reason: str
    picture: str | None = None
    rows: int = 1

    def __str__(self) -> str:
        return told_of_rows(self.where, self.reason, self.rows)


@dataclass(frozen=True, slots=True)
class ExportItem:
    """One item on its way out. `image_path` is the file on this machine, `image` the name to write.

    `tags` has one entry a word: 0 right, 1 hallucinated, −100 not reviewed. Offsets are those of ``words``. `review`
    is the one that counts; `reviews` are all that stand, the oldest first, with what each annotator was `shown`.
    """

    id: str
    image: str
    image_path: Path | None
    image_sha256: str | None
    caption: str
    words: tuple[WordScore, ...]
    tags: tuple[int, ...]
    pre_tags: tuple[int, ...]
    review: Review | None
    annotators: tuple[str, ...]
    blind: bool
    split: Split
    scorer: dict[str, Any] = field(default_factory=dict)
    pre_probabilities: tuple[float | None, ...] | None = None
    prompt: str | None = None
    reviews: tuple[Review, ...] = ()
    shown: tuple[Shown, ...] = ()
