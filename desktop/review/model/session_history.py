"""What was done in this window beyond the draft of the item that is shown, in the order in which it was done."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

Move = Callable[[Callable[[], None]], None]
"""Does something again or takes it back; calls what it is given where that fails."""


class Numbers:
    """Counts what a person does: steps of the draft and entries of the history share one sequence.

    Attributes:
        newest: the number that was given last.
    """

    def __init__(self) -> None:
        self.newest = 0

    def take(self) -> int:
        """The next number."""
        self.newest += 1
        return self.newest


@dataclass(slots=True, eq=False)
class Entry:
    """One action.

    Attributes:
        title: how the menu names it behind "Undo" and "Redo".
        undo, redo: the two directions. Who fails tells the error himself.
        said: a message about it, for what changes the whole data set; "" for none.
        number: when it was done or taken back last; the history sets it.
    """

    title: str
    undo: Move
    redo: Move
    said: str = ""
    number: int = 0


class SessionHistory(QObject):
    """Two stacks: what can be taken back, and what was taken back.

    An entry is added when its action is asked for, not when the store has it: who undoes at once means this one.

    Signals:
        changed: what undo and redo would do.
        added: an `Entry`. taken_back: an `Entry`.
    """

    changed = Signal()
    added = Signal(object)
    taken_back = Signal(object)

    def __init__(self, numbers: Numbers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers = numbers
        self._done: list[Entry] = []
        self._undone: list[Entry] = []

    def add(self, entry: Entry, *, instead_of: Entry | None = None) -> None:
        """Something was done; `instead_of` is an entry that this one goes on with, where `is_newest` says so."""
        if instead_of is not None and self.is_newest(instead_of):
            self._done.pop()
        entry.number = self._numbers.take()
        self._done.append(entry)
        self._undone.clear()
        self.changed.emit()
        self.added.emit(entry)

    def remove(self, entry: Entry) -> None:
        """It was not done after all."""
        for stack in (self._done, self._undone):
            if entry in stack:
                stack.remove(entry)
                self.changed.emit()

    def is_newest(self, entry: Entry) -> bool:
        """Whether nothing was done or taken back since this was done, the draft's steps included."""
        return self.last is entry and entry.number == self._numbers.newest

    @property
    def is_empty(self) -> bool:
        """Whether nothing was done here, and nothing taken back."""
        return not self._done and not self._undone

    @property
    def last(self) -> Entry | None:
        """What `undo` takes back."""
        return self._done[-1] if self._done else None

    @property
    def next(self) -> Entry | None:
        """What `redo` does again."""
        return self._undone[-1] if self._undone else None

    @property
    def undo_number(self) -> int:
        """When `last` was done; 0 without one."""
        return self._done[-1].number if self._done else 0

    @property
    def redo_number(self) -> int:
        """When `next` was taken back; 0 without one."""
        return self._undone[-1].number if self._undone else 0

    def undo(self, before: Entry | None = None) -> bool:
        """Takes the last action back; where there is none, the one from `before` this session. False without one."""
        entry = self._done.pop() if self._done else before
        if entry is None:
            return False
        failed = partial(self._return, entry, entry.number, self._undone, self._done)
        entry.number = self._numbers.take()
        self._undone.append(entry)
        self.changed.emit()
        entry.undo(failed)
        self.taken_back.emit(entry)
        return True

    def redo(self, before: Entry | None = None) -> bool:
        """Does again what was taken back last; `before` as in `undo`."""
        entry = self._undone.pop() if self._undone else before
        if entry is None:
            return False
        failed = partial(self._return, entry, entry.number, self._done, self._undone)
        entry.number = self._numbers.take()
        self._done.append(entry)
        self.changed.emit()
        entry.redo(failed)
        self.added.emit(entry)
        return True

    def _return(self, entry: Entry, number: int, source: list[Entry], target: list[Entry]) -> None:
        """It failed: everything is as it was."""
        if entry in source:
            source.remove(entry)
            entry.number = number
            insort(target, entry, key=lambda one: one.number)
            self.changed.emit()
