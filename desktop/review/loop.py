"""The review loop: a decision is committed, and the next item comes. The one way by which an item is left.

The next item was read before: it is shown at once, while the decision goes to the disk. A decision that does not get
there brings its item back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Final

from PySide6.QtCore import QElapsedTimer, QObject, Signal

from core.review import Status
from db.filters import Filters
from db.operations import history, items, queue, reviews
from db.operations.queue import Order, Place
from db.records import Decision, QueueEntry, StoredItem
from db.store import Store
from desktop.review import draft as drafts
from desktop.review.decisions import sentence, title
from desktop.review.landing import Ahead, Answer, Landing, Way, as_decided, landing_unread
from desktop.review.model import ReviewModel
from desktop.services.project import Project

_LOG: Final = logging.getLogger(__name__)
_OPEN: Final[tuple[Status, ...]] = ("pending",)
PAUSE: Final = 300.0
"""Seconds on one item beyond which somebody was away: such a time is not kept."""


class ReviewLoop(QObject):
    """Leads an annotator through the queue.

    Attributes:
        order, filters: which items come, and in which order.
        ahead: what is shown at once when the item before the eyes is decided; None until it was read.

    Signals:
        decided: a `Decision` is on the disk.
        shown: an item stands before the eyes; None at the end of the queue.
        landed: the store has answered, and what was asked of it is shown; comes with or after `shown`.
        committed: the time of the last commit.
        history_changed: what undo and redo would do across items.
        said: one sentence for the status line and for screen readers.
        not_kept: the error for which a decision, or its undoing, did not get to the disk.
        failed: the error for which an item could not be read.
    """

    decided = Signal(object)
    shown = Signal(object)
    landed = Signal(object)
    committed = Signal(object)
    history_changed = Signal()
    said = Signal(str)
    not_kept = Signal(object)
    failed = Signal(object)

    def __init__(self, project: Project, model: ReviewModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.project = project
        self.model = model
        self.order: Order = "suspicious"
        self.filters = Filters()
        self.undo_title: str | None = None
        self.redo_title: str | None = None
        self._left: int | None = None
        self._held: Place | None = None
        self.ahead: Ahead | None = None
        self._since = QElapsedTimer()
        self._leaving = False
        self._lost = self._brought_back = 0  # decisions that the store did not take; of those, told here
        self._turns = 0  # how often an item was shown that no job came back with: an older job's item is late then

    def begin(self) -> None:
        """Goes where this annotator was last, else to the first item to review."""
        self._ask(self._first)

    def go(self, item_id: int) -> None:
        """Shows an item. An undecided draft stays with its item as an unfinished one."""
        if self.model.item is None or item_id != self.model.item.item_id:
            self._ask(partial(self._at, item_id))

    def hold_place(self) -> None:
        """The item is about to be ranked anew by the annotator's own doing: the queue goes on from where it stands."""
        here = self._here()
        if here is not None and self._from(here) == here:
            job = partial(queue.place, order=self.order, item_id=here)
            self.project.ask(job, partial(setattr, self, "_held"), failed=lambda _: None)

    def refresh(self) -> None:
        """Reads the item again, after something else changed it; what the annotator makes of it goes on."""
        here = self._here()
        self._held = None
        if here is not None:
            job = partial(items.get, item_id=here, annotator=self.project.annotator)
            self.project.ask(job, self._renew, topic="refresh")

    def decide(self, way: Way) -> None:
        """Commits the decision about the item before the eyes, then shows the next one."""
        draft, item = self.model.draft, self.model.item
        if draft is None or item is None or self._leaving:
            return
        if way == "accept" and not self.model.is_changed and item.status in ("accepted", "corrected"):
            self._ask(partial(self._pass, item.item_id))
            return
        corrected = way == "accept" and (self.model.is_changed or bool(item.reviews and draft.fixed))
        spans = drafts.decided(draft) if corrected else None
        caption = draft.text if draft.edited else None
        answer = Answer(way, item.item_id, spans, caption, self._seconds(), item.status != "pending")
        ahead = self._take_ahead()
        if ahead is None:
            self._write(partial(self._decide, answer))
            return
        job = partial(self._decide_with, answer, ahead)
        self.project.ask(job, partial(self._confirm, ahead), failed=partial(self._bring_back, draft))
        self._turns += 1
        self._show(ahead)

    def look_ahead(self) -> None:
        """Reads anew what comes next: the queue may have another order now."""
        self.ahead = None
        item, order, filters = self.model.item, self.order, self.filters
        if item is None:
            return

        def take(found: StoredItem | None) -> None:
            here = self._here()
            if found is not None and here == item.item_id != found.item_id:
                self.ahead = Ahead(here, order, filters, found)

        # An error will be told when the item is decided, and nothing is lost before.
        job = partial(self._following, item.item_id, item.status != "pending")
        self.project.ask(job, take, failed=lambda _: None, topic="ahead")

    def again(self) -> None:
        """Begins anew with what passes the filters, whatever its state."""
        self._ask(self._from_front)

    def next(self) -> None:
        """Shows the item behind this one, whatever its state."""
        self._step(back=False)

    def previous(self) -> None:
        """Shows the item before this one; at the end of the queue the one that was shown last."""
        self._step(back=True)

    def next_suspicious(self) -> None:
        """Shows the next undecided item that has marks."""
        self._ask(partial(self._suspicious, self._here()))

    def undo(self) -> None:
        """Takes back a step of the draft, else the last decision, wherever it was made."""
        if not self.model.undo() and not self._leaving:
            self._write(partial(self._travel, history.undo, self._brought_back))

    def redo(self) -> None:
        """Does again what was taken back last."""
        if not self.model.redo() and not self._leaving:
            self._write(partial(self._travel, history.redo, self._brought_back))

    def _from(self, item_id: int) -> int | Place:
        """From where the queue goes on behind an item."""
        held = self._held
        return held if held is not None and (held.item_id, held.order) == (item_id, self.order) else item_id

    def _here(self) -> int | None:
        return self.model.item.item_id if self.model.item else None

    def _seconds(self) -> float | None:
        seconds = self._since.elapsed() / 1000 if self._since.isValid() else 0.0
        return seconds if 0 < seconds <= PAUSE else None

    def _ask(self, job: Callable[[Store], Landing]) -> None:
        self.project.ask(job, partial(self._land, self._turns), failed=self.failed.emit)

    def _write(self, job: Callable[[Store], Landing]) -> None:
        self._leaving = True
        self.project.ask(job, partial(self._land, self._turns), failed=self._refused)

    def _take_ahead(self) -> StoredItem | None:
        """What comes now, if it was read under this order for the item before the eyes."""
        ahead, self.ahead = self.ahead, None
        if ahead is None or (ahead.after, ahead.order, ahead.filters) != (self._here(), self.order, self.filters):
            return None
        return ahead.item

    def _refused(self, error: Exception) -> None:
        self._leaving = False
        self.not_kept.emit(error)

    def _bring_back(self, draft: drafts.Draft, error: Exception) -> None:
        """The decision was not kept: its item stands before the eyes again, as it was left."""
        self._brought_back += 1
        self._turns += 1
        self._show(draft.item)
        self.model.resume(draft)
        self.look_ahead()
        self.not_kept.emit(error)

    def _land(self, turn: int, landing: Landing) -> None:
        self._leaving = False
        self._tell_decided(landing)
        if landing.unread is not None:
            self._stay(landing)
        elif turn == self._turns:
            same = landing.item is not None and self._here() == landing.item.item_id
            self._show(landing.item, begins=not same or landing.decision is not None)
        self._tell_landed(landing)

    def _stay(self, landing: Landing) -> None:
        """Where no item can be read, the one that was decided stays before the eyes, as decided."""
        item, made = self.model.item, landing.decision
        if item is not None and made is not None and made.about is None and made.item_id == item.item_id:
            self.model.show(as_decided(item, made))
        self.failed.emit(landing.unread)

    def _confirm(self, ahead: StoredItem, landing: Landing) -> None:
        """The decision is kept, its follower stands there; where that one changed since it was read, it comes anew.

        Also under an annotator's hands: marks that nobody saw must not count as removed.
        """
        self._tell_decided(landing)
        if self._here() == ahead.item_id:
            if landing.item is not None and landing.item.item_id == ahead.item_id:
                self.model.renew(landing.item)
            elif not self.model.is_changed:
                self._show(landing.item)
        self._tell_landed(landing)

    def _show(self, item: StoredItem | None, *, begins: bool = True) -> None:
        self._left = self._here() or self._left
        self.model.show(item)
        if begins:
            self._since.start()
        self.shown.emit(item)

    def _renew(self, item: StoredItem) -> None:
        if self._here() == item.item_id and not self._leaving:
            self.model.renew(item)
            self.look_ahead()

    def _tell_decided(self, landing: Landing) -> None:
        if landing.unread is None or landing.decision is not None:
            self.undo_title, self.redo_title = title(landing.undo), title(landing.redo)
        if landing.decision is not None:
            self.committed.emit(datetime.now(UTC))
            self.decided.emit(landing.decision)

    def _tell_landed(self, landing: Landing) -> None:
        self.landed.emit(self.model.item)
        self.history_changed.emit()
        if landing.decision is not None:
            self.said.emit(sentence(landing.decision))
        self.look_ahead()

    # The rest runs on the store's thread.

    def _first(self, store: Store) -> Landing:
        known = queue.position(store, annotator=self.project.annotator)
        entries = () if known is None else queue.entries(store, item_ids=(known,))
        if entries and entries[0].status == "pending":
            return self._at(known, store)
        return self._open_after(store, known if entries else None)

    def _at(self, item_id: int | None, store: Store, decision: Decision | None = None) -> Landing:
        name = self.project.annotator
        item = None if item_id is None else items.get(store, item_id=item_id, annotator=name)
        if item is not None:
            queue.remember(store, annotator=name, item_id=item_id)
        undo, redo = history.undoable(store, annotator=name), history.redoable(store, annotator=name)
        return Landing(decision, item, getattr(undo, "action", None), getattr(redo, "action", None))

    def _decide_with(self, answer: Answer, ahead: StoredItem, store: Store) -> Landing:
        """Commits; what is shown already is read again, for somebody else may have changed or decided it."""
        try:
            made = self._commit(answer, store)
        except Exception:
            self._lost += 1
            raise
        try:
            there = queue.entries(store, item_ids=(ahead.item_id,))
            if there and (there[0].status == "pending" or answer.again):
                return self._at(ahead.item_id, store, made)
            return self._open_after(store, answer.item_id, made)
        except Exception:  # the decision stands: it must not be called lost for what failed behind it
            _LOG.exception("item %d cannot be read again", ahead.item_id)
            return Landing(made, ahead, made.made.action, None)

    def _decide(self, answer: Answer, store: Store) -> Landing:
        made = self._commit(answer, store)
        try:
            return self._open_after(store, answer.item_id, made, again=answer.again)
        except Exception as error:
            return landing_unread(made, error)

    def _commit(self, answer: Answer, store: Store) -> Decision:
        who, way, item_id, seconds = self.project.annotator, answer.way, answer.item_id, answer.seconds
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

    def _following(self, after: int, again: bool, store: Store) -> StoredItem | None:
        """What `_decide` would lead to."""
        item_id = self._next_open(store, after, again=again)
        return None if item_id is None else items.get(store, item_id=item_id, annotator=self.project.annotator)

    def _open_after(
        self, store: Store, after: int | None, made: Decision | None = None, *, again: bool = False
    ) -> Landing:
        return self._at(self._next_open(store, after, again=again), store, made)

    def _next_open(self, store: Store, after: int | None, *, again: bool) -> int | None:
        """The next undecided item; where none is left, `again` goes on through those that are decided."""
        found = self._undecided(store, after) or self._undecided(store, None)
        if found is None and again:
            found = queue.following(store, order=self.order, filters=self.filters, after=after)
        return found.item_id if found else None

    def _undecided(self, store: Store, after: int | None) -> QueueEntry | None:
        if self.filters.status and "pending" not in self.filters.status:
            return None
        start = None if after is None else self._from(after)
        return queue.following(store, order=self.order, filters=self._open(), after=start)

    def _pass(self, item_id: int, store: Store) -> Landing:
        """Behind a decided item that stays as it is comes the next one of the list."""
        found = queue.following(store, order=self.order, filters=self.filters, after=self._from(item_id))
        return self._at(found.item_id, store) if found else self._open_after(store, item_id)

    def _from_front(self, store: Store) -> Landing:
        found = queue.following(store, order=self.order, filters=self.filters)
        return self._at(found.item_id if found else None, store)

    def _open(self) -> Filters:
        """The queue's own filters, narrowed to what nobody decided yet."""
        own = self.filters
        return Filters(
            status=_OPEN, kind=own.kind, word=own.word, text=own.text, score=own.score, predicted=own.predicted,
            blind=own.blind,
        )  # fmt: skip

    def _step(self, *, back: bool) -> None:
        here = self._here()
        if here is None:
            self._ask(partial(self._at, self._left) if back and self._left is not None else self._first)
            return

        def job(store: Store) -> Landing:
            if back:
                found = queue.preceding(store, order=self.order, filters=self.filters, before=self._from(here))
            else:
                found = queue.following(store, order=self.order, filters=self.filters, after=self._from(here))
            return self._at(found.item_id if found else here, store)

        self._ask(job)

    def _suspicious(self, here: int | None, store: Store) -> Landing:
        """Looks behind the item before the eyes, then from the front."""
        for start in (None if here is None else self._from(here), None):
            after: int | Place | None = start
            while found := queue.page(store, order=self.order, filters=self._open(), after=after, limit=50):
                for entry in found:
                    if not entry.blind and entry.f_clip_score is not None and entry.f_clip_score < 0:
                        return self._at(entry.item_id, store)
                after = found[-1].item_id
        return self._at(here, store)

    def _travel(self, move: Callable[..., Decision | None], brought_back: int, store: Store) -> Landing:
        is_meant = brought_back == self._lost  # else the decision that was meant is none
        made = move(store, annotator=self.project.annotator) if is_meant else None
        try:
            return self._at(made.item_id if made else self._here(), store, made)
        except Exception as error:
            return landing_unread(made, error)
