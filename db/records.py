"""What leaves the store: plain frozen data. Offsets count code points; `image` is a URL or an absolute path."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from captionlint.core.clip.model_spec import ModelSpec
from captionlint.core.formats.records import BadRow, told_of_rows
from captionlint.core.prediction import Prediction
from captionlint.core.review import Review, Span, Status


@dataclass(frozen=True, slots=True)
class Noted:
    """What had to be guessed to read some rows, such as their encoding: `first` names the first of `count` rows."""

    note: str
    first: str
    count: int = 0

    def __str__(self) -> str:
        return told_of_rows(self.first, self.note, self.count)


@dataclass(frozen=True, slots=True)
class Added:
    """What an import did. `conflicts` are rows whose id belongs to another image or caption.

    `repeated` are those of the `unchanged` rows that only say again what an earlier row of the same source added. Of
    `bad` and `conflicts` the first hundred are kept, one for each picture that is to blame; the numbers count all rows.
    `notes` holds each note once.
    """

    added: int = 0
    unchanged: int = 0
    repeated: int = 0
    updated: int = 0
    bad_count: int = 0
    conflict_count: int = 0
    bad: tuple[BadRow, ...] = ()
    conflicts: tuple[BadRow, ...] = ()
    notes: tuple[Noted, ...] = ()

    @property
    def seen(self) -> int:
        """How many rows were read."""
        return self.added + self.unchanged + self.updated + self.bad_count + self.conflict_count


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many predictions and failures were written, or are there."""

    predictions: int
    failures: int


@dataclass(frozen=True, slots=True)
class ScorerInfo:
    """A scorer version in the store; `epsilon` is the threshold in use, `current` whether its marks are shown.

    `spec` is what it is loaded from, its files by absolute path; None for another detector's scores.
    """

    version: str
    details: dict[str, Any]
    epsilon: float
    current: bool
    spec: ModelSpec | None = None


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """A line of the queue. Scores are None without a prediction by the current scorer.

    `f_clip_score` and `margin` (distance of the nearest word to epsilon) are taken at the scorer's epsilon.
    """

    item_id: int
    source_id: str
    image: str
    caption: str
    status: Status
    blind: bool
    f_clip_score: float | None
    margin: float | None


@dataclass(frozen=True, slots=True)
class StoredReview:
    """A committed decision and where it stands: `revision_id` grows with time, `uid` is the same in every store.

    `scorer_version` says whose marks stood before the annotator, at which `epsilon`; both are None for a blind item,
    and where nobody knows.
    """

    revision_id: int
    uid: str
    item_id: int
    action: str
    blind: bool
    review: Review
    scorer_version: str | None = None
    epsilon: float | None = None


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item with all that a face shows of it. `marks` are the flagged words as spans; none for a blind item."""

    item_id: int
    source_id: str
    image: str
    image_sha256: str | None
    caption: str
    references: tuple[str, ...]
    status: Status
    blind: bool
    prediction: Prediction | None = None
    failure: str | None = None
    epsilon: float | None = None
    marks: tuple[Span, ...] = ()
    reviews: tuple[StoredReview, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Decision:
    """What a decision changed: the item's status from `before`, the revision, and for undo and redo the one it is
    `about`.
    """

    item_id: int
    before: Status
    status: Status
    made: StoredReview
    about: StoredReview | None = None
