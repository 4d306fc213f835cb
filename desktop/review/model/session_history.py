"""What was done in this window beyond the item that is shown, in the order in which it was done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

Move = Callable[[Callable[[], None]], None]
"""Does something again or takes it back; calls what it is given where that fails."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One action.

    Attributes:
        title: how the menu names it behind "Undo" and "Redo".
        undo, redo: the two directions. Who fails tells the error himself.
        said: a message about it, for what changes the whole data set; "" for none.
        ranks: whether undo and redo give the item another place in the queue.
    """

    title: str
    undo: Move
    redo: Move
    said: str = ""
    ranks: bool = False


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

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._done: list[Entry] = []
        self._undone: list[Entry] = []

    def add(self, entry: Entry, *, instead_of: Entry | None = None) -> None:
        """Something was done; `instead_of` is an entry that this one goes on with, where that is still the last."""
        if instead_of is not None and self.last is instead_of:
            self._done.pop()
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

    def undo(self, before: Entry | None = None) -> bool:
        """Takes the last action back; where there is none, the one from `before` this session. False without one."""
        entry = self._done.pop() if self._done else before
        if entry is None:
            return False
        self._undone.append(entry)
        self.changed.emit()
        entry.undo(partial(self._return, entry, self._undone, self._done))
        self.taken_back.emit(entry)
        return True

    def redo(self, before: Entry | None = None) -> bool:
        """Does again what was taken back last; `before` as in `undo`."""
        entry = self._undone.pop() if self._undone else before
        if entry is None:
            return False
        self._done.append(entry)
        self.changed.emit()
        entry.redo(partial(self._return, entry, self._done, self._undone))
        self.added.emit(entry)
        return True

    def _return(self, entry: Entry, source: list[Entry], target: list[Entry]) -> None:
        """It failed: everything is as it was."""
        if entry in source:
            source.remove(entry)
            target.append(entry)
            self.changed.emit()
