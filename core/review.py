"""What a person decided about an item: plain frozen data that crosses all floors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

Kind = Literal["object", "attribute", "count", "relation", "action", "text", "other"]
Status = Literal["pending", "accepted", "corrected", "rejected", "skipped"]
Origin = Literal["prediction", "changed", "manual"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
STATUSES: Final[tuple[Status, ...]] = get_args(Status)
ORIGINS: Final[tuple[Origin, ...]] = get_args(Origin)


@dataclass(frozen=True, slots=True)
class Span:
    """A marked stretch of a caption, in code points, `end` exclusive.

    `replacement` is None where nobody said what would be right, and "" where the words should go.
    `origin` says where the mark came from; a mark that a person took away stays as `removed`.
    """

    start: int
    end: int
    kind: Kind = "other"
    replacement: str | None = None
    origin: Origin = "manual"
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """One annotator's decision about one item. A mark alone is a full answer: a corrected caption is optional."""

    status: Status
    spans: tuple[Span, ...]
    corrected_caption: str | None
    annotator: str
    reviewed_at: datetime
    seconds: float | None = None
