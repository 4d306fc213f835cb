"""The review loop: a decision is committed, and the next item comes. The one way by which an item is left.

The next item was read before: it is shown at once, while the decision goes to the disk. A decision that does not get
there brings its item back.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Final

from PySide6.QtCore import QElapsedTimer, QObject, Signal

from captionlint.db.operations import items, queue
from captionlint.db.records import StoredItem, StoredReview
from captionlint.db.rows.filters import Filters
from captionlint.db.rows.paging import Order, Place
from captionlint.db.store import Store
from captionlint.desktop.background.project import Project
from captionlint.desktop.review.model import draft as drafts
from captionlint.desktop.review.model.loop_jobs import LoopJobs, Made
from captionlint.desktop.review.model.loop_types import Ahead, Answer, Landing, Way, as_decided
from captionlint.desktop.review.model.messages import sentence, title
from captionlint.desktop.review.model.review_model import ReviewModel
from captionlint.desktop.review.model.session_history import Entry, SessionHistory

PAUSE: Final = 300.0
"""Seconds on one item beyond which somebody was away: such a time is not kept."""


class ReviewLoop(QObject):
    """Leads an annotator through the queue.

    Attributes:
        order, filters: which items come, and in which order.
        history: what was done in this window.
        ahead: what is shown at once when the item before the eyes is decided; None until it was read.

    Signals:
        decided: a `Decision` is on the disk.
        shown: an item stands before the eyes; None at the end of the queue.
        landed: the store has answered, and what was asked of it is shown; comes with or after `shown`.
        committed: the time of the last commit.
        history_changed: what undo and redo would do beyond the draft.
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
        self.history = SessionHistory(model.numbers, self)
        self.history.changed.connect(self.history_changed)
        self._stored_undo: StoredReview | None = None
        self._stored_redo: StoredReview | None = None
        self._left: int | None = None
        self._held: Place | None = None
        self.ahead: Ahead | None = None
        self._since = QElapsedTimer()
        self._leaving = False
        self._turns = 0  # how often an item was shown that no job came back with: an older job's item is late then

    def begin(self) -> None:
        """Goes where this annotator was last, else to the first item to review."""
        self._ask(self._jobs.first)

    def go(self, item_id: int) -> None:
        """Shows an item. An undecided draft stays with its item as an unfinished one."""
        if self.model.item is None or item_id != self.model.item.item_id:
            self._ask(partial(self._jobs.at, item_id=item_id))

    def hold_place(self) -> None:
        """The item is about to be ranked anew by the annotator's own doing: the queue goes on from where it stands."""
        here = self._here()
        if here is not None and self._jobs.start(here) == here:
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
            self._ask(partial(self._jobs.pass_by, item_id=item.item_id))
            return
        corrected = way == "accept" and (self.model.is_changed or bool(item.reviews and draft.fixed))
        spans = drafts.decided(draft) if corrected else None
        caption = draft.text if draft.edited else None
        answer = Answer(way, item.item_id, spans, caption, self._seconds(), item.status != "pending")
        kept = Made()
        entry = self._decision(title("correct" if corrected else way) or way, kept)
        self.history.add(entry)
        ahead = self._take_ahead()
        if ahead is None:
            self._write(partial(self._jobs.decide, answer=answer, kept=kept), partial(self.history.remove, entry))
            return
        job = partial(self._jobs.decide_with, answer=answer, kept=kept, ahead=ahead)
        failed = partial(self._bring_back, draft, entry)
        self.project.ask(job, partial(self._confirm, ahead), failed=failed, must=True)
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
        job = partial(self._jobs.ahead, after=item.item_id, again=item.status != "pending")
        self.project.ask(job, take, failed=lambda _: None, topic="ahead")

    def again(self) -> None:
        """Begins anew with what passes the filters, whatever its state."""
        self._ask(self._jobs.from_front)

    def next(self) -> None:
        """Shows the item behind this one, whatever its state."""
        self._step(back=False)

    def previous(self) -> None:
        """Shows the item before this one; at the end of the queue the one that was shown last."""
        self._step(back=True)

    def next_suspicious(self) -> None:
        """Shows the next undecided item that has marks."""
        self._ask(partial(self._jobs.suspicious, here=self._here()))

    def undo(self) -> None:
        """Takes back what was done last: a step of the draft or something else; else the last decision."""
        if self._is_step_undone_next:
            self.model.undo()
        else:
            self.undo_done()

    def redo(self) -> None:
        """Does again what was taken back last."""
        if self._is_step_redone_next:
            self.model.redo()
        elif not self._leaving:
            self.history.redo(before=self._before(self._stored_redo) if self.history.is_empty else None)

    def undo_done(self) -> None:
        """Takes back what was done last beyond the draft, whatever became of the draft since."""
        if not self._leaving:
            self.history.undo(before=self._before(self._stored_undo))

    @property
    def undo_title(self) -> str | None:
        """What `undo` would take back."""
        if self._is_step_undone_next:
            return self.model.undo_title
        return self.history.last.title if self.history.last else _named(self._stored_undo)

    @property
    def redo_title(self) -> str | None:
        """What `redo` would do again."""
        if self._is_step_redone_next:
            return self.model.redo_title
        if self.history.is_empty:
            return _named(self._stored_redo)
        return self.history.next.title if self.history.next else None

    @property
    def _is_step_undone_next(self) -> bool:
        return self.model.undo_number > self.history.undo_number

    @property
    def _is_step_redone_next(self) -> bool:
        return self.model.redo_number > self.history.redo_number

    def _before(self, stored: StoredReview | None) -> Entry | None:
        """A decision of an earlier session, which the store knows."""
        return None if stored is None else self._decision(_named(stored) or "", Made(stored.revision_id))

    def _decision(self, named: str, kept: Made) -> Entry:
        """A decision that the store can take back and make again."""

        def undo(failed: Callable[[], None]) -> None:
            self._travel(partial(self._jobs.undo, kept=kept, here=self._here()), entry, failed)

        def redo(failed: Callable[[], None]) -> None:
            self._travel(partial(self._jobs.redo, kept=kept, here=self._here()), entry, failed)

        entry = Entry(named, undo, redo)
        return entry

    @property
    def _jobs(self) -> LoopJobs:
        """The store's half of the loop, with a copy of what counts now."""
        return LoopJobs(self.project.annotator, self.order, self.filters, self._held)

    def _step(self, *, back: bool) -> None:
        here = self._here()
        if here is not None:
            self._ask(partial(self._jobs.step, here=here, back=back))
        elif back and self._left is not None:
            self._ask(partial(self._jobs.at, item_id=self._left))
        else:
            self._ask(self._jobs.first)

    def _here(self) -> int | None:
        return self.model.item.item_id if self.model.item else None

    def _seconds(self) -> float | None:
        seconds = self._since.elapsed() / 1000 if self._since.isValid() else 0.0
        return seconds if 0 < seconds <= PAUSE else None

    def _ask(self, job: Callable[[Store], Landing]) -> None:
        self.project.ask(job, partial(self._land, self._turns), failed=self.failed.emit)

    def _travel(self, job: Callable[[Store], Landing], entry: Entry, failed: Callable[[], None]) -> None:
        """Takes a decision back or makes it again. One that it cannot do leaves the history."""
        turn = self._turns

        def land(landing: Landing) -> None:
            if landing.decision is None:
                self.history.remove(entry)
            if landing.refused is None:
                self._land(turn, landing)
                return
            self._leaving = False
            self._tell_decided(landing)
            self.history_changed.emit()
            self.failed.emit(landing.refused)

        self._leaving = True
        self.project.ask(job, land, failed=partial(self._refused, failed), must=True)

    def _write(self, job: Callable[[Store], Landing], failed: Callable[[], None]) -> None:
        self._leaving = True
        self.project.ask(job, partial(self._land, self._turns), failed=partial(self._refused, failed), must=True)

    def _take_ahead(self) -> StoredItem | None:
        """What comes now, if it was read under this order for the item before the eyes."""
        ahead, self.ahead = self.ahead, None
        if ahead is None or (ahead.after, ahead.order, ahead.filters) != (self._here(), self.order, self.filters):
            return None
        return ahead.item

    def _refused(self, failed: Callable[[], None], error: Exception) -> None:
        self._leaving = False
        failed()
        self.not_kept.emit(error)

    def _bring_back(self, draft: drafts.Draft, entry: Entry, error: Exception) -> None:
        """The decision was not kept: its item stands before the eyes again, as it was left."""
        self.history.remove(entry)
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
            self._stored_undo, self._stored_redo = landing.undo, landing.redo
        if landing.decision is not None:
            self.committed.emit(datetime.now(UTC))
            self.decided.emit(landing.decision)

    def _tell_landed(self, landing: Landing) -> None:
        self.landed.emit(self.model.item)
        self.history_changed.emit()
        if landing.decision is not None:
            self.said.emit(sentence(landing.decision))
        self.look_ahead()


def _named(stored: StoredReview | None) -> str | None:
    return None if stored is None else title(stored.action)
