"""Keeps what was not decided yet with its item: when another one is shown, and when the program dies.

A decision that is taken back leaves its item undecided with the draft that was decided on.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from captionlint.db.records import Decision, StoredReview
from captionlint.desktop.review.model import draft as drafts
from captionlint.desktop.review.model.draft_file import Drafts
from captionlint.desktop.review.model.review_loop import ReviewLoop
from captionlint.desktop.review.model.review_model import ReviewModel


class DraftKeeper(QObject):
    """Writes drafts half a second after a change, and takes them up when their item comes again."""

    def __init__(self, model: ReviewModel, loop: ReviewLoop, kept: Drafts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model, self._drafts = model, kept
        self._sources: dict[int, str] = {}
        self._undone: dict[int, StoredReview] = {}
        self._soon = QTimer(self, interval=500, singleShot=True)
        self._soon.timeout.connect(kept.write)
        model.item_changed.connect(self._take_up)
        model.changed.connect(self._keep)
        loop.decided.connect(self._decided)

    def flush(self) -> None:
        """Writes at once."""
        self._soon.stop()
        self._drafts.write()

    def _take_up(self) -> None:
        draft = self._model.draft
        if draft is None:
            return
        self._sources[draft.item.item_id] = draft.item.source_id
        undone = self._undone.pop(draft.item.item_id, None)
        if undone is not None:
            self._drafts.reopen(draft.item.source_id, undone.revision_id)
        kept = self._drafts.take_up(draft)
        if kept is None and undone is not None:
            kept = drafts.from_review(draft, undone.review)
        if kept is not None:
            self._model.resume(kept)

    def _keep(self) -> None:
        draft = self._model.draft
        if draft is None:
            return
        if self._model.is_changed:
            self._drafts.keep(draft)
        else:
            self._drafts.drop(draft.item.source_id)
        self._soon.start()

    def _decided(self, decision: Decision) -> None:
        if decision.made.action == "undo" and decision.about is not None:
            self._undone[decision.item_id] = decision.about
            return
        unseen = self._undone.pop(decision.item_id, None)
        source_id = self._sources.get(decision.item_id)
        if source_id is not None:
            if unseen is not None:
                self._drafts.reopen(source_id, unseen.revision_id)
            self._drafts.decide(source_id, decision.made.revision_id)
            self._soon.start()
