"""The right column: the word in focus in words before numbers, its kind, its replacement, the threshold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from captionlint.core.review import KINDS, Kind
from captionlint.desktop.review.model.review_model import ReviewModel
from captionlint.desktop.review.model.threshold import STEPS, ThresholdModel
from captionlint.desktop.review.view.saved_label import SavedLabel
from captionlint.desktop.review.view.scale_bar import ScaleBar, SuggestionButton
from captionlint.desktop.style.strings import QT_TRANSLATE_NOOP, kind_name, percent, reported, short, signed
from captionlint.desktop.style.theme import Theme
from captionlint.desktop.widgets.escape import on_escape

_SAYS: Final = {
    -3: QT_TRANSLATE_NOOP("Inspector", "the picture speaks strongly against it"),
    -2: QT_TRANSLATE_NOOP("Inspector", "the picture speaks against it"),
    -1: QT_TRANSLATE_NOOP("Inspector", "the picture speaks a little against it"),
    0: QT_TRANSLATE_NOOP("Inspector", "the picture says little about it"),
    1: QT_TRANSLATE_NOOP("Inspector", "the picture speaks a little for it"),
    2: QT_TRANSLATE_NOOP("Inspector", "the picture speaks for it"),
    3: QT_TRANSLATE_NOOP("Inspector", "the picture speaks strongly for it"),
}
SUGGESTIONS: Final = 5


class Inspector(QWidget):
    """Shows the word in focus and changes its mark.

    Signals:
        kind_chosen: a kind for the word in focus.
        replacement_given: what should stand there; None takes it back.
        list_asked: the words that are never marked.
        left: the keyboard goes back to the caption.
    """

    kind_chosen = Signal(str)
    replacement_given = Signal(object)
    list_asked = Signal()
    left = Signal()

    def __init__(
        self, model: ReviewModel, threshold: ThresholdModel, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._model, self._threshold, self._theme = model, threshold, theme
        self.word = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        font = self.word.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        font.setWeight(font.Weight.DemiBold)
        self.word.setFont(font)
        self.says = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.says.setProperty("dim", True)
        self.scale = ScaleBar(theme)
        self.kinds = {kind: self._kind_button(number, kind) for number, kind in enumerate(KINDS, 1)}
        self.replacement = QLineEdit(placeholderText=self.tr("what would be right"))
        self.replacement.setAccessibleName(self.tr("Replace with (optional)"))
        self.replacement.returnPressed.connect(self._give)
        self.replacement.editingFinished.connect(self.keep_typed)
        on_escape(self.replacement, self._drop)
        self.suggestions = [SuggestionButton(theme) for _ in range(SUGGESTIONS)]
        self.suggesting = QLabel(wordWrap=True)
        self.suggesting.setProperty("dim", True)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, STEPS)
        self.slider.setAccessibleName(self.tr("Mark words below"))
        self.slider.valueChanged.connect(threshold.move)
        self.counts = QLabel(wordWrap=True)
        self.counts.setProperty("dim", True)
        self.never = QPushButton(flat=True)
        self.never.setProperty("flush", True)
        self.never.clicked.connect(self.list_asked)
        self.saved = SavedLabel()
        self._lay_out()
        self.show_suggestions(())
        model.focus_changed.connect(self.refresh)
        model.changed.connect(self.refresh)
        threshold.changed.connect(self._refresh_threshold)
        self.refresh()
        self._refresh_threshold()

    def show_suggestions(self, ranked: Sequence[tuple[str, float]], said: str = "") -> None:
        """Offers replacements, the best first, each with its share of the best one's fit."""
        self.suggesting.setText(said)
        self.suggesting.setVisible(bool(said))
        for button, pair in zip(self.suggestions, [*ranked, *[None] * SUGGESTIONS], strict=False):
            button.setVisible(pair is not None)
            if pair is not None:
                button.show_suggestion(*pair)

    def edit_replacement(self) -> None:
        """Puts the keyboard into the replacement's line."""
        self.replacement.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.replacement.selectAll()

    def keep_typed(self) -> None:
        """Takes over a replacement that was typed and not confirmed: the line was left by mouse or menu."""
        if self._is_typed():
            self.replacement_given.emit(self._typed())

    def refresh(self) -> None:
        """Shows the word in focus."""
        model = self._model
        word = model.word
        self.word.setText(word.text if word else "")
        self.says.setText(self._said())
        limit = None if self._threshold.epsilon is None else self._threshold.epsilon / self._threshold.scale
        hidden = word is None or word.score is None
        self.scale.show_place(model.place_of(word) if word else None, None if hidden else limit)
        span = model.span_of(word)
        for kind, button in self.kinds.items():
            button.setChecked(span is not None and span.kind == kind)
            button.setEnabled(word is not None)
        self.replacement.setEnabled(word is not None)
        if not self.replacement.hasFocus():
            self.replacement.setText(self._known())

    def _known(self) -> str:
        """The replacement that the mark has."""
        span = self._model.span_of(self._model.word)
        return (span.replacement or "") if span else ""

    def _typed(self) -> str | None:
        return self.replacement.text().strip() or None

    def _is_typed(self) -> bool:
        """Whether the line holds something that the mark has not; false from then on."""
        was_typed = self.replacement.isModified()
        self.replacement.setModified(False)
        return was_typed and (self._typed() or "") != self._known()

    def _said(self) -> str:
        model, word = self._model, self._model.word
        if model.item is None or word is None:
            return ""
        if model.item.blind:
            return self.tr("This item is shown without marks: mark what you see.")
        if word.score is None and model.is_reworded and self._threshold.needs_signals:
            return self.tr("no score for this wording yet: the calibration needs more than is looked at while you type")
        if word.score is None:
            why = word.reason or model.item.failure
            return reported(why) if why else self.tr("not scored")
        says = self.tr(_SAYS[model.step_of(word)])
        if self._threshold.is_calibrated:
            return f"{says}\n" + self.tr("{0} likely wrong").format(percent(-word.score))
        return f"{says}\n" + self.tr("attribution {0}").format(signed(word.score))

    def _refresh_threshold(self) -> None:
        threshold = self._threshold
        self.slider.blockSignals(True)
        self.slider.setEnabled(threshold.epsilon is not None)
        self.slider.setValue(threshold.position)
        self.slider.blockSignals(False)
        flagged = threshold.flagged
        if threshold.epsilon is None:
            self.counts.setText(self.tr("Nothing is scored yet: Store → Pre-label."))
        elif flagged is not None:
            words, captions = flagged
            marks = self.tr("marks %Ln word(s)", "", words)
            places = self.tr("in %Ln caption(s)", "", captions)
            below = self.tr("threshold {0}").format(short(threshold.epsilon))
            self.counts.setText(f"{marks} {places}\n{below}")
        number = len(threshold.ignored)
        self.never.setText(self.tr("Never marked: %Ln word(s) …", "", number) if number else self.tr("Never marked …"))
        self.refresh()

    def _give(self) -> None:
        self.replacement.setModified(False)
        self.replacement_given.emit(self._typed())
        self.left.emit()

    def _drop(self) -> None:
        typed = self._typed()
        if self._is_typed() and typed is not None:
            self._model.drop_replacement(typed)
        self.left.emit()
        self.refresh()  # without the keyboard, the line shows what the mark has

    def _kind_button(self, number: int, kind: Kind) -> QPushButton:
        button = QPushButton(f"{number}  {kind_name(kind)}")
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(self.tr("Kind: {0}").format(kind_name(kind)))
        button.clicked.connect(lambda _=False, kind=kind: self._choose_kind(kind))
        return button

    def _choose_kind(self, kind: Kind) -> None:
        self.kind_chosen.emit(kind)
        self.refresh()

    def _heading(self, text: str) -> QLabel:
        label = QLabel(text.upper())
        font = label.font()
        font.setPointSizeF(font.pointSizeF() * 0.88)
        label.setFont(font)
        label.setProperty("head", True)
        return label

    def _lay_out(self) -> None:
        body = QWidget()
        body.setObjectName("inspectorBody")
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 18, 16, 8)
        column.setSpacing(6)
        for widget in (self.word, self.says, self.scale):
            column.addWidget(widget)
        column.addSpacing(12)
        column.addWidget(self._heading(self.tr("Kind")))
        grid = QGridLayout()
        grid.setSpacing(6)
        for place, button in enumerate(self.kinds.values()):
            grid.addWidget(button, place // 2, place % 2)
        column.addLayout(grid)
        column.addSpacing(12)
        column.addWidget(self._heading(self.tr("Replace with (optional)")))
        column.addWidget(self.replacement)
        for offer in self.suggestions:
            column.addWidget(offer)
            offer.clicked.connect(lambda _=False, offer=offer: self._take(offer))
        column.addWidget(self.suggesting)
        column.addSpacing(12)
        column.addWidget(self._heading(self.tr("Mark words below")))
        column.addWidget(self.slider)
        column.addWidget(self.counts)
        column.addWidget(self.never, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)
        scroll.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 10)
        whole.addWidget(scroll, 1)
        self.saved.setContentsMargins(16, 0, 16, 0)
        whole.addWidget(self.saved)

    def _take(self, button: SuggestionButton) -> None:
        self.replacement.setText(button.text())
        self._give()
