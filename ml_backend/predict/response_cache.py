"""What was answered since the store last changed: asking again for the same tasks costs no look into it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from captionlint.core.formats.label_studio.names import Labelling
from captionlint.db.store import Store
from captionlint.ml_backend.label_studio.predictions import Marking
from captionlint.ml_backend.label_studio.tasks import Task

MOST: Final = 10_000
"""Answers that are kept, of about 2 kB each."""
Base = tuple[str, float]
_Key = tuple[str | None, str, str, Labelling]


@dataclass(slots=True)
class Page:
    """The answers by one marking in one state of the store."""

    marking: Marking
    _answers: dict[_Key, dict[str, Any]] = field(default_factory=dict)

    def find(self, task: Task, labelling: Labelling) -> dict[str, Any] | None:
        """What this task was answered."""
        return self._answers.get((task.uid, task.image, task.caption, labelling))

    def keep(self, task: Task, labelling: Labelling, answer: dict[str, Any]) -> None:
        """Keeps an answer that was read out of the store after this page was asked for."""
        if len(self._answers) < MOST:
            self._answers[task.uid, task.image, task.caption, labelling] = answer


class Recent:
    """Hands out the page to write on; whoever holds an old one harms nobody. Threads share it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._state: object = None
        self._pages: dict[Base, Page] = {}

    def page(self, base: Base, marking: Callable[[Base], Marking]) -> Page:
        """The page of now, for the model's own version and epsilon. `marking` is asked for when it is a new one."""
        state = self._store.state()
        with self._lock:
            if state != self._state:
                self._state, self._pages = state, {}
            pages = self._pages
        if base not in pages:
            pages[base] = Page(marking(base))
        return pages[base]
