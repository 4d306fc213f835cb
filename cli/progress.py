"""A progress bar on stderr, only where a person looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Bar(Protocol):
    """Called with how much is done and, once it is known, of how much."""

    def __call__(self, done: int, total: int | None = None) -> None:
        """Moves the bar."""


@contextmanager
def bar(title: str) -> Iterator[Bar]:
    """Shows nothing where stderr is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(title, total=None)

        def move(done: int, total: int | None = None) -> None:
            progress.update(task, completed=done, total=total)

        yield move
