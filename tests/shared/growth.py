"""What work on a store costs, counted: statements, and steps of SQLite's machine. The same on every computer.

A query that reads a row takes some steps for it, so that a scan of the whole store shows as growth, without a clock.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from sqlalchemy import Engine, Pool, event


@dataclass
class Cost:
    """Statements sent, those of one `executemany` as one, and steps taken; both grow while the block runs."""

    statements: int = 0
    steps: int = 0

    def __sub__(self, before: "Cost") -> "Cost":
        return Cost(self.statements - before.statements, self.steps - before.steps)

    def forget(self) -> None:
        """Counts from here on."""
        self.statements = self.steps = 0

    def now(self) -> "Cost":
        """The cost so far."""
        return Cost(self.statements, self.steps)


@contextmanager
def measured(*, grain: int = 20) -> Iterator[Cost]:
    """Counts what all open stores do inside the block, in every thread.

    SQLite reports every `grain` steps of a statement, and counts on where a statement is used again.
    """
    cost = Cost()
    connections = []

    def count(*_arguments: object) -> None:
        cost.statements += 1

    def step() -> int:
        cost.steps += grain
        return 0

    def watch(connection, _record, _proxy) -> None:
        connections.append(connection)
        connection.set_progress_handler(step, grain)

    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Pool, "checkout", watch)
    try:
        yield cost
    finally:
        event.remove(Engine, "before_cursor_execute", count)
        event.remove(Pool, "checkout", watch)
        for connection in connections:
            with suppress(sqlite3.ProgrammingError):  # closed meanwhile
                connection.set_progress_handler(None, 0)


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that all open stores send inside the block, in every thread."""
    sent: list[str] = []

    def keep(_connection, _cursor, statement, *_more: object) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", keep)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", keep)
