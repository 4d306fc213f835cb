"""What the review loop asks of the store. These jobs run on the store's thread and hold no reference to the window.

Each job gets what the window showed when it was asked for: a frozen copy that nobody changes afterwards.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from captionlint.core.errors import UsageError
from captionlint.db.operations import items, queue, reviews
from captionlint.db.operations import undo as history
from captionlint.db.records import Decision, QueueEntry, StoredItem
from captionlint.db.rows.filters import Filters
from captionlint.db.rows.paging import Order, Place
from captionlint.db.store import Store
from captionlint.desktop.review.model.loop_types import Answer, Landing, landing_unread

_LOG: Final = logging.getLogger(__name__)


class Made:
    """Which revision holds a decision; None where the store did not take it. Only the store's thread uses it.

    Undo may be asked for before the store has the decision, so the window cannot name the revision.
    """

    def __init__(self, revision_id: int | None = None) -> None:
        self.revision_id = revision_id


@dataclass(frozen=True, slots=True)
class LoopJobs:
    """The jobs of one moment.

    Attributes:
        order, filters: which items come, and in which order.
        held: where the item before the eyes stood before it was ranked anew; None where it was not.
    """

    annotator: str
    order: Order
    filters: Filters
    held: Place | None

    def first(self, store: Store) -> Landing:
        """The item where this annotator was last, else the first one to review."""
        known = queue.position(store, annotator=self.annotator)
        entries = () if known is None else queue.entries(store, item_ids=(known,))
        if entries and entries[0].status == "pending":
            return self._land(store, known)
        return self._open_after(store, known if entries else None)

    def at(self, store: Store, *, item_id: int | None) -> Landing:
        """An item by its id."""
        return self._land(store, item_id)

    def decide(self, store: Store, *, answer: Answer, kept: Made) -> Landing:
        """Commits a decision, then reads the next item."""
        made = self._commit(store, answer, kept)
        try:
            return self._open_after(store, answer.item_id, made, again=answer.again)
        except Exception as error:
            return landing_unread(made, error)

    def decide_with(self, store: Store, *, answer: Answer, kept: Made, ahead: StoredItem) -> Landing:
        """Commits a decision, then reads again what is shown already: somebody else may have changed or decided it."""
        made = self._commit(store, answer, kept)
        try:
            there = queue.entries(store, item_ids=(ahead.item_id,))
            if there and (there[0].status == "pending" or answer.again):
                return self._land(store, ahead.item_id, made)
            return self._open_after(store, answer.item_id, made)
        except Exception:  # the decision stands: it must not be called lost for what failed behind it
            _LOG.exception("item %d cannot be read again", ahead.item_id)
            return Landing(made, ahead, made.made, None)

    def ahead(self, store: Store, *, after: int, again: bool) -> StoredItem | None:
        """The item that `decide` would lead to; None at the end of the queue."""
        item_id = self._next_open(store, after, again=again)
        return None if item_id is None else items.get(store, item_id=item_id, annotator=self.annotator)

    def pass_by(self, store: Store, *, item_id: int) -> Landing:
        """The next item of the list, behind a decided one that stays as it is."""
        found = queue.following(store, order=self.order, filters=self.filters, after=self.start(item_id))
        return self._land(store, found.item_id) if found else self._open_after(store, item_id)

    def from_front(self, store: Store) -> Landing:
        """The first item that passes the filters, whatever its state."""
        found = queue.following(store, order=self.order, filters=self.filters)
        return self._land(store, found.item_id if found else None)

    def step(self, store: Store, *, here: int, back: bool) -> Landing:
        """The item behind or before this one, whatever its state; this one at the end of the queue."""
        if back:
            found = queue.preceding(store, order=self.order, filters=self.filters, before=self.start(here))
        else:
            found = queue.following(store, order=self.order, filters=self.filters, after=self.start(here))
        return self._land(store, found.item_id if found else here)

    def suspicious(self, store: Store, *, here: int | None) -> Landing:
        """The next undecided item that has marks, behind this one and then from the front; else this one."""
        found = None
        if here is not None:
            found = queue.following_marked(store, order=self.order, filters=self._undecided, after=self.start(here))
        if found is None:
            found = queue.following_marked(store, order=self.order, filters=self._undecided)
        return self._land(store, found.item_id if found else here)

    def undo(self, store: Store, *, kept: Made, here: int | None) -> Landing:
        """Takes this decision back; nothing where the store did not take it, or where it is not the last one."""
        return self._travel(store, history.undo, kept, here)

    def redo(self, store: Store, *, kept: Made, here: int | None) -> Landing:
        """Makes this decision again, as `undo`."""
        return self._travel(store, history.redo, kept, here)

    def start(self, item_id: int) -> int | Place:
        """From where the queue goes on behind an item."""
        held = self.held
        return held if held is not None and (held.item_id, held.order) == (item_id, self.order) else item_id

    def _travel(self, store: Store, move: Callable[..., Decision | None], kept: Made, here: int | None) -> Landing:
        if kept.revision_id is None:
            return self._land(store, here)
        try:
            made = move(store, annotator=self.annotator, revision_id=kept.revision_id)
        except UsageError as error:
            return replace(self._land(store, here), refused=error)
        if made is None:
            return self._land(store, here)
        if made.made.action == "redo":
            kept.revision_id = made.made.revision_id
        try:
            return self._land(store, made.item_id, made)
        except Exception as error:
            return landing_unread(made, error)

    def _land(self, store: Store, item_id: int | None, decision: Decision | None = None) -> Landing:
        item = None if item_id is None else items.get(store, item_id=item_id, annotator=self.annotator)
        if item is not None:
            queue.remember(store, annotator=self.annotator, item_id=item_id)
        undo = history.undoable(store, annotator=self.annotator)
        redo = history.redoable(store, annotator=self.annotator)
        return Landing(decision, item, undo, redo)

    def _commit(self, store: Store, answer: Answer, kept: Made) -> Decision:
        made = self._decide(store, answer)
        kept.revision_id = made.made.revision_id
        return made

    def _decide(self, store: Store, answer: Answer) -> Decision:
        who, way, item_id, seconds = self.annotator, answer.way, answer.item_id, answer.seconds
        if way == "reject":
            return reviews.reject(store, item_id=item_id, annotator=who, seconds=seconds)
        if way == "skip":
            return reviews.skip(store, item_id=item_id, annotator=who, seconds=seconds)
        if answer.spans is None:
            return reviews.accept(store, item_id=item_id, annotator=who, seconds=seconds)
        return reviews.correct(
            store, item_id=item_id, annotator=who, spans=answer.spans, corrected_caption=answer.caption,
            seconds=seconds,
        )  # fmt: skip

    def _open_after(
        self, store: Store, after: int | None, made: Decision | None = None, *, again: bool = False
    ) -> Landing:
        return self._land(store, self._next_open(store, after, again=again), made)

    def _next_open(self, store: Store, after: int | None, *, again: bool) -> int | None:
        """The next undecided item; where none is left, `again` goes on through those that are decided."""
        found = self._next_undecided(store, after) or self._next_undecided(store, None)
        if found is None and again:
            found = queue.following(store, order=self.order, filters=self.filters, after=after)
        return found.item_id if found else None

    def _next_undecided(self, store: Store, after: int | None) -> QueueEntry | None:
        own = self.filters
        if "pending" not in own.status and (own.status or own.annotator is not None):
            return None  # the list holds what was decided, or what one annotator has decided
        start = None if after is None else self.start(after)
        return queue.following(store, order=self.order, filters=self._undecided, after=start)

    @property
    def _undecided(self) -> Filters:
        """The queue's own filters, narrowed to what nobody decided yet."""
        return replace(self.filters, status=("pending",))
