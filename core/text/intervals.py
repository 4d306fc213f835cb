"""Which of many stretches of a caption touches another one, without comparing each with each."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate
from typing import Generic, Protocol, TypeVar


class Stretch(Protocol):
    """Anything with offsets, `end` exclusive: a word, a span."""

    @property
    def start(self) -> int:
        """The first character."""

    @property
    def end(self) -> int:
        """The character behind the last."""


S = TypeVar("S", bound=Stretch)


class Overlaps(Generic[S]):
    """Stretches that may be asked for by place; they may overlap one another. A question takes log n steps."""

    def __init__(self, stretches: Iterable[S]) -> None:
        self._ordered = sorted(stretches, key=lambda s: (s.start, s.end))
        self._starts = [s.start for s in self._ordered]
        self._reach = list(accumulate((s.end for s in self._ordered), max))

    def first(self, start: int, end: int) -> S | None:
        """The leftmost stretch that shares a character with these."""
        # The first that reaches beyond `start` is the first at which the farthest end so far does.
        at = bisect_right(self._reach, start)
        return self._ordered[at] if at < bisect_left(self._starts, end) else None

    def touched(self, start: int, end: int) -> bool:
        """Whether any stretch shares a character with these."""
        return self.first(start, end) is not None
