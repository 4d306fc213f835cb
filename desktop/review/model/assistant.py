"""What the model does for a person at work: scores a wording while it is typed, shows where it looks, ranks words."""

from __future__ import annotations

from functools import partial
from typing import Final, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from captionlint.core.prediction import Prediction
from captionlint.core.text.word_classes import WordClass, word_class
from captionlint.db.operations import ignored_words
from captionlint.desktop.background.project import Project
from captionlint.desktop.background.scorer_client import Scoring, needs_signals
from captionlint.desktop.background.scorer_process import Heat, Rank, Score
from captionlint.desktop.review.model.review_model import ReviewModel

DEBOUNCE: Final = 180
"""Milliseconds without a key before a wording is scored."""
_CANDIDATES: Final = 800
_FEW: Final = 3

_EMPTY: Final[frozenset[WordClass]] = frozenset({"function", "preposition"})

Method = Literal["gradient", "occlusion"]


class Assistant(QObject):
    """Asks the scorer on behalf of the review screen; answers for another item or wording are dropped.

    Attributes:
        heat: the map to show, or None. heat_says: what is done to make one, or why there is none; "" otherwise.
        suggestions: ranked replacements for the word in focus.

    Signals:
        heat_changed, heat_said, suggestions_changed: the attributes above.
        said: what is going on, in one line; "" when nothing is.
    """

    heat_changed = Signal()
    heat_said = Signal()
    suggestions_changed = Signal()
    said = Signal(str)

    def __init__(self, project: Project, model: ReviewModel, scoring: Scoring, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project, self._model, self._scoring = project, model, scoring
        self.heat: object | None = None
        self.heat_says = ""
        self.heat_method: Method | None = None
        self.suggestions: tuple[tuple[str, float], ...] = ()
        self._words: tuple[str, ...] | None = None
        self._heat_number = self._rank_number = 0
        self._is_looking = False
        self._typing = QTimer(self, interval=DEBOUNCE, singleShot=True)
        self._typing.timeout.connect(self._score)
        self._resting = QTimer(self, interval=DEBOUNCE, singleShot=True)
        self._resting.timeout.connect(self._follow)
        model.wording_changed.connect(self._typing.start)
        model.item_changed.connect(self._leave)
        model.focus_changed.connect(self._moved)
        scoring.progressed.connect(self._progress)
        scoring.state_changed.connect(self._tell)

    def toggle_heat(self, method: Method = "gradient") -> None:
        """Shows where the model looks for the word in focus; again, stops showing it or working on it."""
        if self.heat_method == method:
            self.heat_method = None
            self._scoring.cancel(self._heat_number)
            self._set_heat(None)
            self.said.emit("")
        else:
            self.heat_method = method
            self._ask_heat()

    def suggest(self) -> None:
        """Ranks replacements for the word in focus; loads the model where it is not there yet."""
        if self._words is None:
            job = partial(ignored_words.words_in_parts, limit=_CANDIDATES)
            self._project.ask_in_parts(job, self._take_words, topic="vocabulary")
        else:
            self._rank()

    def forget_words(self) -> None:
        """Reads the data set's vocabulary again when it is needed."""
        self._words = None

    def _take_words(self, counted: tuple[tuple[str, int], ...]) -> None:
        self._words = tuple(word for word, _ in counted if _can_replace(word))
        self._rank()

    def _rank(self) -> None:
        model = self._model
        item, word = model.item, model.word
        if item is None or word is None or not self._words or "://" in item.image:
            return
        own = {w.text.lower() for w in model.words}
        candidates = of_its_kind(word.text, tuple(w for w in self._words if w not in own))
        if candidates:
            place = {"start": word.start, "end": word.end, "caption": model.text}
            then = partial(self._take_ranked, item.item_id, word.start)
            self._rank_number = self._scoring.ask(Rank, then, image=item.image, candidates=candidates, **place)

    def _take_ranked(self, item_id: int, start: int, value: object, error: str | None) -> None:
        model = self._model
        if model.item is None or model.item.item_id != item_id or model.word is None or model.word.start != start:
            return
        self.suggestions = value if isinstance(value, tuple) else ()
        self.suggestions_changed.emit()
        self.said.emit(error or "")

    def _score(self) -> None:
        item = self._model.item
        if needs_signals(self._scoring.scorer):
            return  # without them the scores would be on no scale at all; the inspector says so
        if item is not None and not item.blind and "://" not in item.image:
            self._scoring.ask(Score, self._take_scores, image=item.image, caption=self._model.text)

    def _take_scores(self, value: object, error: str | None) -> None:
        if isinstance(value, Prediction):
            self._model.take_scores(value)
        self.said.emit(error or "")

    def _ask_heat(self) -> None:
        item, word = self._model.item, self._model.word
        if item is None or word is None or self.heat_method is None:
            self._set_heat(None)
        elif item.blind:
            self._set_heat(None, self.tr("No map: this item is shown without marks."))
        elif "://" in item.image:
            self._set_heat(None, self.tr("No map: the picture is not on this machine."))
        else:
            then = partial(self._take_heat, item.item_id, word.text)
            fields = {"image": item.image, "word": word.text, "method": self.heat_method}
            self._is_looking = True
            self._heat_number = self._scoring.ask(Heat, then, **fields)
            self._say_looking()

    def _take_heat(self, item_id: int, word: str, value: object, error: str | None) -> None:
        model = self._model
        wanted = model.item is not None and model.item.item_id == item_id and model.word is not None
        if not wanted or model.word is None or model.word.text != word or self.heat_method is None:
            return
        self._set_heat(value, error or "")
        self.said.emit(error or "")

    def _set_heat(self, heat: object | None, says: str = "") -> None:
        self.heat, self.heat_says, self._is_looking = heat, says, False
        self.heat_changed.emit()
        self.heat_said.emit()

    def _say_looking(self) -> None:
        """Says what is waited for; the map of the word before stays until the next one is there."""
        if self._is_looking:
            loading = self._scoring.is_starting
            self.heat_says = self.tr("Loading the model …") if loading else self.tr("Looking …")
            self.heat_said.emit()

    def _leave(self) -> None:
        self._typing.stop()
        self._scoring.cancel(self._heat_number)
        self._scoring.cancel(self._rank_number)
        self._set_heat(None)
        if self.heat_method == "occlusion":
            self.heat_method = None
        self._clear_suggestions()

    def _moved(self) -> None:
        self._clear_suggestions()
        self._is_looking = self.heat_method is not None
        self._say_looking()
        self._resting.start()

    def _clear_suggestions(self) -> None:
        if self.suggestions:
            self.suggestions = ()
            self.suggestions_changed.emit()

    def _follow(self) -> None:
        """The focus rests: a map that is shown follows it, and so do suggestions once the model is there."""
        if self.heat_method is not None:
            self._ask_heat()
        if self._scoring.is_ready and self._model.span_of(self._model.word) is not None:
            self.suggest()

    def _progress(self, _number: int, done: int, total: int) -> None:
        self.heat_says = self.tr("Covering parts of the picture: {0} of {1}").format(done, total)
        self.heat_said.emit()

    def _tell(self) -> None:
        self._say_looking()
        if self._scoring.is_starting:
            self.said.emit(self.tr("Loading the model …"))
        else:
            self.said.emit(self._scoring.problem or "")


def of_its_kind(word: str, candidates: tuple[str, ...]) -> tuple[str, ...]:
    """Candidates of the word's own class, colours for a colour; all where there are next to none."""
    alike = tuple(other for other in candidates if word_class(other) == word_class(word.lower()))
    return alike if len(alike) >= _FEW else candidates


def _can_replace(word: str) -> bool:
    """Words that name something; an article or a form of "to be" fits every picture and helps nobody."""
    return len(word) > 2 and not word.isdigit() and word_class(word) not in _EMPTY
