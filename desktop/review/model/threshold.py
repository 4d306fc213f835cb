"""The threshold: a slider that marks anew while it moves, and what that means for the whole set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import sqrt
from typing import Final

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from captionlint.core import palette
from captionlint.db.operations import ignored_words, queue_rows, scorers
from captionlint.db.operations.queue_rows import Distribution
from captionlint.db.records import ScorerInfo
from captionlint.db.store import Store
from captionlint.desktop.background.project import Project
from captionlint.desktop.background.scorer_client import needs_signals
from captionlint.desktop.review.model.review_model import ReviewModel
from captionlint.desktop.review.model.session_history import Entry, Move, SessionHistory
from captionlint.desktop.style.strings import short

STEPS: Final = 1000
ZERO: Final = 800
"""Where on the slider the threshold 0 stands; steps are finer towards it."""
_CLOSE: Final = 2000
"""Milliseconds: when the slider moves again within this time, it is the same step."""


@dataclass(frozen=True, slots=True)
class _Moved:
    entry: Entry
    before: float


class ThresholdModel(QObject):
    """The current scorer's threshold, and the words that are never marked.

    Signals:
        changed: threshold, range or counts.
        ignoring: a word is about to be ignored or marked again, also by undo: its captions get other places.
        kept: the threshold is in the store; the queue's order follows it.
        failed: it could not be kept.
    """

    changed = Signal()
    ignoring = Signal()
    kept = Signal()
    failed = Signal(object)

    def __init__(
        self, project: Project, review: ReviewModel, history: SessionHistory, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._project, self._review, self._history = project, review, history
        self.scorer: ScorerInfo | None = None
        self.epsilon: float | None = None
        self.distribution: Distribution | None = None
        self.scale = 1.0
        self.ignored: tuple[str, ...] = ()
        self._is_unordered = False
        self._asked: float | None = None  # the current scorer's threshold that the store has, or was asked to take
        self._unanswered = 0  # thresholds that the store has not answered yet
        self._before = 0.0  # the threshold before the slider began to move
        self._moved: _Moved | None = None
        self._since_moved = QElapsedTimer()
        self._soon = QTimer(self, interval=400, singleShot=True)
        self._soon.timeout.connect(self.keep)

    def load(self) -> None:
        """Reads the scorer and its words; the counts come later."""
        self._project.ask(_known, self._take_known)
        self._count()

    @property
    def position(self) -> int:
        """The threshold as the slider's position, 0 to `STEPS`."""
        if self.epsilon is None:
            return 0
        low, high = self.range
        side = sqrt(min(1.0, abs(self.epsilon) / (-low if self.epsilon < 0 else high)))
        return round(ZERO - side * ZERO if self.epsilon < 0 else ZERO + side * (STEPS - ZERO))

    @property
    def range(self) -> tuple[float, float]:
        """From a threshold that marks no word to one that marks words that the picture speaks for."""
        words = None if self.distribution is None else self.distribution.words
        lowest = -1.2 * self.scale if words is None or not len(words) else float(words[0]) * 1.001
        return min(lowest, -1e-9), 0.2 * self.scale

    def move(self, position: int) -> None:
        """Marks by another threshold; it is kept when the slider rests."""
        if self.epsilon is None or position == self.position:
            return
        if not self._soon.isActive():
            self._before = self.epsilon
        low, high = self.range
        side = (position - ZERO) / (ZERO if position < ZERO else STEPS - ZERO)
        self.epsilon = (low if position < ZERO else high) * side**2
        self._review.set_threshold(self.epsilon)
        self.changed.emit()
        self._soon.start()

    def keep(self) -> None:
        """Writes the threshold to the store; no inference. What follows soon after is the same step for undo."""
        self._soon.stop()
        if self.epsilon is None or self.scorer is None or self.epsilon == self._asked:
            return
        last, before = self._moved, self._before
        is_soon = last is not None and self._history.is_newest(last.entry) and self._since_moved.elapsed() < _CLOSE
        if last is not None and is_soon:
            before = last.before
        entry = self._moved_entry(before, self.epsilon, self.scorer.version)
        self._history.add(entry, instead_of=last.entry if last is not None and is_soon else None)
        self._moved = _Moved(entry, before)
        self._since_moved.start()
        self._write(self.epsilon, self.scorer.version, partial(self._history.remove, entry))

    def _moved_entry(self, before: float, after: float, version: str) -> Entry:
        return Entry(
            self.tr("threshold"),
            partial(self._set, before, version),
            partial(self._set, after, version),
            self.tr("Threshold for the whole data set: {0}").format(short(after)),
        )

    def _set(self, epsilon: float, version: str, failed: Callable[[], None]) -> None:
        """Another threshold of a scorer, by undo or redo."""
        if self.scorer is not None and self.scorer.version == version:
            self.epsilon = epsilon
            self._review.set_threshold(epsilon)
            self.changed.emit()
        self._write(epsilon, version, failed)

    def _write(self, epsilon: float, version: str, failed: Callable[[], None]) -> None:
        if self.scorer is not None and self.scorer.version == version:
            self._asked = epsilon
        self._unanswered += 1
        job = partial(scorers.set_epsilon, epsilon=epsilon, version=version, finish=False)
        self._project.ask(job, self._take_kept, failed=partial(self._not_kept, failed), must=True)

    def _not_kept(self, failed: Callable[[], None], error: Exception) -> None:
        self._unanswered -= 1
        self._refuse(failed, error)

    def _refuse(self, failed: Callable[[], None], error: Exception) -> None:
        failed()
        self.load()  # what the store has
        self.failed.emit(error)

    def settle(self) -> None:
        """Keeps a threshold that is still moving: before a decision, which is made under it."""
        if self._soon.isActive():
            self.keep()

    @property
    def is_calibrated(self) -> bool:
        """Whether scores are probabilities of being wrong, learned from reviews."""
        return self.scorer is not None and "calibration" in self.scorer.details

    @property
    def needs_signals(self) -> bool:
        """Whether the calibration weighs what is not worked out while somebody types."""
        return needs_signals(self.scorer)

    @property
    def flagged(self) -> tuple[int, int] | None:
        """Words and captions that the threshold marks in the whole set."""
        if self.distribution is None or self.epsilon is None:
            return None
        return self.distribution.flagged(self.epsilon)

    def ignore(self, word: str) -> None:
        """Never marks this word again."""
        if word.lower() not in self.ignored:
            said = self.tr("Never marked in this data set: “{0}”").format(word)
            self._do(Entry(self.tr("never mark “{0}”").format(word), *self._ways(word)[::-1], said))

    def heed(self, word: str) -> None:
        """Marks this word again."""
        if word.lower() in self.ignored:
            said = self.tr("Marked again in this data set: “{0}”").format(word)
            self._do(Entry(self.tr("mark “{0}” again").format(word), *self._ways(word), said))

    def _do(self, entry: Entry) -> None:
        self._history.add(entry)
        entry.redo(partial(self._history.remove, entry))

    def _ways(self, word: str) -> tuple[Move, Move]:
        """To mark a word never, and again."""
        return partial(self._change, True, word), partial(self._change, False, word)

    def _change(self, never: bool, word: str, failed: Callable[[], None]) -> None:
        self.ignoring.emit()
        others = set(self.ignored) - {word.lower()}
        self._show_ignored(tuple(sorted(others | {word.lower()} if never else others)))
        job = partial(ignored_words.ignore if never else ignored_words.heed, word=word, finish=False)
        self._project.ask(job, self._take_ignored, failed=partial(self._refuse, failed), must=True)

    def _count(self) -> None:
        self._project.ask_in_parts(queue_rows.distribution_in_parts, self._take_distribution, topic="distribution")

    def _order(self, *, is_own: bool) -> None:
        """Has the queue ordered by what is in the store now; decisions get their turn in between."""
        self._is_unordered |= is_own
        self._project.ask_in_parts(scorers.rank_in_parts, self._take_order, failed=self.failed.emit, topic="ranking")

    def _take_order(self, ranked: bool) -> None:
        if ranked or self._is_unordered:
            self._is_unordered = False
            self.kept.emit()

    def _take_known(self, known: tuple[ScorerInfo | None, tuple[str, ...]]) -> None:
        before, (self.scorer, self.ignored) = self.scorer, known
        same = before is not None and self.scorer is not None and before.version == self.scorer.version
        if not (same and self._unanswered):  # one on its way to the store is newer than what was read
            self._asked = self.scorer.epsilon if self.scorer else None
            if not (same and self._soon.isActive()):  # one that is moving is kept in a moment
                self.epsilon = self._asked
        self._review.set_threshold(self.epsilon, frozenset(self.ignored))
        self.changed.emit()
        self._order(is_own=False)  # a program that ended while it ranked has left the rest

    def _take_distribution(self, distribution: Distribution) -> None:
        self.distribution = distribution
        if len(distribution.words):
            self.scale = palette.reach(distribution.words[:: max(1, len(distribution.words) // 20_000)].tolist())
            self._review.set_scale(self.scale)
        self.changed.emit()

    def _take_kept(self, scorer: ScorerInfo) -> None:
        self._unanswered -= 1
        if scorer.current:
            self.scorer = scorer
        self._order(is_own=True)

    def _show_ignored(self, words: tuple[str, ...]) -> None:
        self.ignored = words
        self._review.set_threshold(self.epsilon, frozenset(words))
        self.changed.emit()

    def _take_ignored(self, words: tuple[str, ...]) -> None:
        self._show_ignored(words)
        self._order(is_own=True)
        self._count()


def _known(store: Store) -> tuple[ScorerInfo | None, tuple[str, ...]]:
    return scorers.current(store), ignored_words.ignored(store)
