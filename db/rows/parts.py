"""Long work on a store in parts, each in a short transaction: a program can do other work in between."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")


def whole(parts: Generator[object, None, T]) -> T:
    """Does all parts at once and gives their result."""
    while True:
        try:
            next(parts)
        except StopIteration as end:
            result: T = end.value
            return result
