"""The model of the review screen: one item, the word in focus, its draft, and what can be taken back of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from captionlint.core import palette
from captionlint.core.prediction import Prediction, WordScore
from captionlint.core.review import Kind, Span
from captionlint.db.records import StoredItem
from captionlint.db.rows.marking import marks
from captionlint.desktop.review.model import draft as drafts
from captionlint.desktop.review.model.draft import Draft
from captionlint.desktop.review.model.session_history import Numbers
from captionlint.desktop.style.strings import kind_name


@dataclass(frozen=True, slots=True)
class _Step:
    title: str
    before: Draft
    number: int

    def of(self, item: StoredItem) -> _Step:
        """The step on the item as the store knows it by now."""
        return replace(self, before=replace(self.before, item=item))


class ReviewModel(QObject):
    """What the review screen shows; widgets read it, actions change it.

    Attributes:
        numbers: counts the draft's steps, in one sequence with what the session's history holds.

    Signals:
        item_changed: another item, or none.
        changed: anything that is shown.
        focus_changed: another word has the focus.
        steps_changed: what can be taken back of this draft.
        wording_changed: the caption reads otherwise and has no scores yet.
    """

    item_changed = Signal()
    changed = Signal()
    focus_changed = Signal()
    steps_changed = Signal()
    wording_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.numbers = Numbers()
        self.draft: Draft | None = None
        self.focus = 0
        self.epsilon: float | None = None
        self.scale: float | None = None
        self.ignored: AbstractSet[str] = frozenset()
        self._words: tuple[WordScore, ...] = ()
        self._own_scale = 1.0
        self._spans: tuple[Draft | None, tuple[Span, ...]] = None, ()
        self._begun: Draft | None = None
        self._before_edit: Draft | None = None
        self._done: list[_Step] = []
        self._undone: list[_Step] = []

    def show(self, item: StoredItem | None) -> None:
        """Begins with an item, or with none; the first mark has the focus, else the first word."""
        self._done, self._undone = [], []
        self._words = ()
        if item is None:
            self.draft = self._begun = None
        else:
            self.draft = self._begun = drafts.with_base(drafts.begin(item), self._marks(item))
            self._words = self._scored(self.draft)
            self._own_scale = palette.reach(w.score for w in self._words if w.score is not None)
        self.focus = 0
        self._focus_first_mark()
        self.item_changed.emit()
        self.changed.emit()
        self.focus_changed.emit()
        self.steps_changed.emit()

    def renew(self, item: StoredItem) -> None:
        """Takes what the store knows of this item by now; what the annotator made of it, and the focus, stay."""
        draft, begun, here = self.draft, self._begun, self.word
        if draft is None or begun is None or item == draft.item:
            return
        fresh = drafts.with_base(drafts.begin(item), self._marks(item))
        if self.is_changed or self._done or self._undone or self._before_edit is not None:
            self._begun = replace(begun, item=item)
            self._done, self._undone = ([step.of(item) for step in steps] for steps in (self._done, self._undone))
            self._before_edit = None if self._before_edit is None else replace(self._before_edit, item=item)
            fresh = drafts.with_base(replace(draft, item=item), fresh.base)
        else:
            self._begun = fresh
        self.draft = fresh
        if not fresh.edited:
            self._words = self._scored(fresh)
            self._own_scale = palette.reach(w.score for w in self._words if w.score is not None)
            if here is not None:
                self.focus = max(0, bisect_right(self._words, here.start, key=lambda w: w.start) - 1)
        self.changed.emit()
        self.steps_changed.emit()

    def resume(self, draft: Draft) -> None:
        """Takes up a draft that was begun on the item before the program ended."""
        self._change(self.tr("resumed draft"), draft)

    @property
    def item(self) -> StoredItem | None:
        """The item before the eyes."""
        return self.draft.item if self.draft else None

    @property
    def text(self) -> str:
        """The caption as it reads now."""
        return self.draft.text if self.draft else ""

    @property
    def words(self) -> tuple[WordScore, ...]:
        """The words of `text`; scores are None where none are known or none are to be seen."""
        return self._words

    @property
    def word(self) -> WordScore | None:
        """The word in focus."""
        return self._words[self.focus] if self.focus < len(self._words) else None

    @property
    def spans(self) -> tuple[Span, ...]:
        """The marks where they stand in `text`."""
        if self._spans[0] is not self.draft:
            self._spans = self.draft, self.draft.shown_spans if self.draft else ()
        return self._spans[1]

    @property
    def is_changed(self) -> bool:
        """Whether the annotator's answer differs from what was shown at first."""
        return self.draft is not None and self._begun is not None and drafts.is_changed(self.draft, self._begun)

    @property
    def is_reworded(self) -> bool:
        """Whether the caption reads otherwise than it came."""
        return self.draft is not None and self.draft.edited

    def span_of(self, word: WordScore | None) -> Span | None:
        """The mark on a word, where it stands in `text`."""
        place = None if word is None else self.place_of_span(word)
        return None if place is None else self.spans[place]

    def place_of_span(self, word: WordScore) -> int | None:
        """Where in `spans` the mark on a word stands."""
        place = bisect_right(self.spans, word.start, key=lambda s: s.end)
        return place if place < len(self.spans) and self.spans[place].start < word.end else None

    def step_of(self, word: WordScore) -> int:
        """The tint of a word, −3 to 3."""
        return 0 if word.score is None else palette.step(word.score, scale=self.scale or self._own_scale)

    def place_of(self, word: WordScore) -> float | None:
        """Where a word stands on the scale, −1 to 1."""
        if word.score is None:
            return None
        return max(-1.0, min(1.0, word.score / (self.scale or self._own_scale)))

    def set_focus(self, index: int) -> None:
        """Moves the focus to a word; out of range, to the nearest."""
        index = max(0, min(index, len(self._words) - 1))
        if index != self.focus:
            self.focus = index
            self.focus_changed.emit()

    def move_to_mark(self, direction: int) -> None:
        """Moves the focus to the next mark, or the one before, around the ends."""
        marked = [i for i, w in enumerate(self._words) if self.span_of(w)]
        here = self.span_of(self.word)
        others = [i for i in marked if self.span_of(self._words[i]) != here] or marked
        ahead = [i for i in others if (i - self.focus) * direction > 0]
        if others:
            pick = ahead or others
            self.set_focus(min(pick) if direction > 0 else max(pick))

    def toggle(self) -> None:
        """Marks the word in focus, or takes its mark away."""
        where = self._where()
        if self.draft and where:
            title = self.tr("unmark “{0}”") if self.span_of(self.word) else self.tr("mark “{0}”")
            self._change(title.format(self._focused_text()), drafts.toggle(self.draft, *where))

    def extend(self, direction: int) -> None:
        """Stretches the mark at the focus over the next word on one side."""
        here = self.span_of(self.word) or self.word
        if here is None or self.draft is None:
            return
        inside = [i for i, w in enumerate(self._words) if w.start < here.end and here.start < w.end]
        neighbour = (inside[-1] if direction > 0 else inside[0]) + direction
        if not 0 <= neighbour < len(self._words):
            return
        other = self._words[neighbour]
        where = drafts.in_original(self.draft, min(here.start, other.start), max(here.end, other.end))
        if where:
            self._change(self.tr("extend the mark"), drafts.mark(self.draft, *where))
            self.set_focus(neighbour)

    def set_kind(self, kind: Kind) -> None:
        """Says what kind of thing is wrong at the focus."""
        where = self._where()
        if self.draft and where:
            self._change(self.tr("kind “{0}”").format(kind_name(kind)), drafts.set_kind(self.draft, *where, kind))

    def set_replacement(self, text: str | None) -> None:
        """Says what should stand in place of the word in focus."""
        where = self._where()
        if self.draft and where:
            title = self.tr("replace “{0}”").format(self._focused_text())
            self._change(title, drafts.set_replacement(self.draft, *where, text))

    def drop_replacement(self, text: str) -> None:
        """A replacement was typed and dropped; both are steps, so undo has it."""
        before = self.draft
        self.set_replacement(text)
        if before is not None:
            self._change(self.tr("drop the replacement"), before)

    def reword(self, text: str) -> None:
        """Takes another wording of the whole caption; its words have no scores until they come."""
        if self.draft is not None and text != self.draft.text and text.strip():
            self._change(self.tr("edit the caption"), drafts.reword(self.draft, text))

    def begin_edit(self) -> None:
        """The wording is about to change letter by letter; all of it will be one step."""
        self._before_edit = self.draft

    def reword_live(self, text: str) -> None:
        """Takes the wording as it is being typed; without a word in it the old one stays."""
        if self.draft is not None and text.strip():
            self._take(drafts.reword(self.draft, text))

    def end_edit(self, *, keep: bool) -> None:
        """Keeps what was typed as one step. If it is not to be kept, dropping it is a second step, so undo has it."""
        before, now = self._before_edit, self.draft
        self._before_edit = None
        if before is None or now is None or before.item != now.item or before.text == now.text:
            return
        self._take(before)
        self._change(self.tr("edit the caption"), now)
        if not keep:
            self._change(self.tr("drop the edit"), drafts.with_base(before, now.base))

    def take_scores(self, prediction: Prediction) -> None:
        """Takes the scores of the wording that is shown; of any other they are too late."""
        if prediction.caption == self.text and self.item is not None and not self.item.blind:
            self._words = prediction.words
            self.changed.emit()
            self.focus_changed.emit()

    def set_threshold(self, epsilon: float | None, ignored: AbstractSet[str] | None = None) -> None:
        """Marks anew. What the annotator shaped stays."""
        self.epsilon = epsilon
        self.ignored = self.ignored if ignored is None else ignored
        if self.draft is not None:
            self.draft = drafts.with_base(self.draft, self._marks(self.draft.item))
            self.changed.emit()

    def set_scale(self, scale: float) -> None:
        """Sets the attribution at which the strongest tint is full."""
        self.scale = scale
        self.changed.emit()

    @property
    def undo_title(self) -> str | None:
        """What `undo` would take back of this draft."""
        return self._done[-1].title if self._done else None

    @property
    def redo_title(self) -> str | None:
        """What `redo` would do again."""
        return self._undone[-1].title if self._undone else None

    @property
    def undo_number(self) -> int:
        """When what `undo` would take back was done; 0 for nothing."""
        return self._done[-1].number if self._done else 0

    @property
    def redo_number(self) -> int:
        """When what `redo` would do again was taken back; 0 for nothing."""
        return self._undone[-1].number if self._undone else 0

    def undo(self) -> bool:
        """Takes back one step of this draft; False if there is none."""
        return self._travel(self._done, self._undone)

    def redo(self) -> bool:
        """Does again what was taken back; False if there is nothing."""
        return self._travel(self._undone, self._done)

    def _travel(self, source: list[_Step], target: list[_Step]) -> bool:
        if not source or self.draft is None:
            return False
        step = source.pop()
        target.append(_Step(step.title, self.draft, self.numbers.take()))
        self._take(drafts.with_base(step.before, self.draft.base))
        return True

    def _change(self, title: str, draft: Draft) -> None:
        if self.draft is None or draft == self.draft:
            return
        self._done.append(_Step(title, self.draft, self.numbers.take()))
        self._undone.clear()
        self._take(draft)

    def _take(self, draft: Draft) -> None:
        reworded = self.draft is not None and draft.text != self.draft.text
        self.draft = draft
        if reworded:
            self._words = self._scored(draft)
            self.focus = max(0, min(self.focus, len(self._words) - 1))
            self.focus_changed.emit()
        self.changed.emit()
        self.steps_changed.emit()
        if reworded and draft.edited:
            self.wording_changed.emit()

    def _scored(self, draft: Draft) -> tuple[WordScore, ...]:
        prediction = draft.item.prediction
        if prediction is not None and not draft.item.blind and not draft.edited:
            return prediction.words
        return drafts.words_of(draft.text)

    def _marks(self, item: StoredItem) -> Sequence[Span]:
        epsilon = item.epsilon if self.epsilon is None else self.epsilon
        if item.prediction is None or epsilon is None:
            return item.marks
        return marks(item.prediction, epsilon, self.ignored)

    def _where(self) -> tuple[int, int] | None:
        if self.word is None or self.draft is None:
            return None
        return drafts.in_original(self.draft, self.word.start, self.word.end)

    def _focused_text(self) -> str:
        return self.word.text if self.word else ""

    def _focus_first_mark(self) -> None:
        for index, word in enumerate(self._words):
            if self.span_of(word):
                self.focus = index
                return
