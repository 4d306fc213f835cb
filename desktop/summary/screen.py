"""The summary screen: how good the marks were, what was wrong, how fast the work went, how far annotators agree."""

from __future__ import annotations

from math import isnan

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from captionlint.db.operations import scorers, stats
from captionlint.db.operations.scored_words import judged
from captionlint.db.operations.stats import Agreement, Statuses
from captionlint.db.store import Store
from captionlint.desktop.background.project import Project
from captionlint.desktop.review.model.threshold import ThresholdModel
from captionlint.desktop.style.strings import QT_TRANSLATE_NOOP, number, percent, with_mark
from captionlint.desktop.style.theme import Theme
from captionlint.desktop.summary.charts import Charts
from captionlint.desktop.summary.figures import Curve, Figures, figures
from captionlint.desktop.summary.learning import Learning
from captionlint.desktop.widgets.flow_layout import Flow


class SummaryScreen(QWidget):
    """Reads the store anew whenever it is shown.

    Signals:
        export_asked: the export dialogue.
    """

    export_asked = Signal()

    def __init__(
        self, project: Project, threshold: ThresholdModel, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._project, self._threshold, self._theme = project, threshold, theme
        self.curve: Curve | None = None
        self.setObjectName("stage")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.cards = Flow(gap=12, stretch=True)
        self.numbers = {name: self._card(title) for name, title in _CARDS}
        self.agreement = QLabel(wordWrap=True)
        self.agreement.setProperty("dim", True)
        export = QPushButton(self.tr("Export …"))
        export.clicked.connect(self.export_asked)
        self.learning = Learning(project.path, self)
        self.learn = QPushButton(self.tr("Learn from reviews"))
        self.learn.setToolTip(self.tr("Fits the marks to what was reviewed, and marks by that from now on"))
        self.learn.clicked.connect(self.learning.start)
        self.learned = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.learned.hide()
        self.learning.changed.connect(self._show_learning)
        self.charts = Charts(theme)
        self.charts.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        body = QWidget()
        body.setObjectName("summaryBody")
        scroll.setWidget(body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)
        layout = QVBoxLayout(body)
        layout.setContentsMargins(28, 20, 28, 16)
        layout.setSpacing(14)
        layout.addLayout(self.cards)
        layout.addWidget(self.charts, 1)
        layout.addWidget(self.learned)
        foot = QHBoxLayout()
        foot.addWidget(self.agreement, 1)
        foot.addWidget(self.learn)
        foot.addWidget(export)
        layout.addLayout(foot)

    def showEvent(self, event: QShowEvent) -> None:
        """Reads the store."""
        super().showEvent(event)
        self.load()

    def load(self) -> None:
        """Reads what was decided, then how far annotators agree."""
        self._project.ask(_read, self._take, topic="summary")
        self._project.ask(_agreement, self._take_agreement, failed=self._no_agreement, topic="agreement")

    def _show_learning(self) -> None:
        self.learn.setEnabled(not self.learning.is_running)
        self.learned.setVisible(bool(self.learning.said))
        self.learned.setProperty("danger", self.learning.is_problem)
        self.learned.style().polish(self.learned)
        self.learned.setText(self.learning.said)

    def _take(self, found: tuple[Figures, Statuses, float | None]) -> None:
        drawn, counts, epsilon = found
        self.curve = drawn.curve
        self._count(counts, epsilon)
        self.charts.show_found(drawn, self._threshold.epsilon)

    def _count(self, counts: Statuses, epsilon: float | None) -> None:
        status = counts.by_status
        self.numbers["reviewed"].setText(f"{number(counts.reviewed)} / {number(counts.items)}")
        self.numbers["accepted"].setText(number(status["accepted"]))
        self.numbers["corrected"].setText(number(status["corrected"]))
        self.numbers["rejected"].setText(f"{number(status['rejected'])} + {number(status['skipped'])}")
        at = self.curve.at(epsilon) if self.curve and epsilon is not None else None
        for name, value in zip(("precision", "recall"), at or (None, None), strict=True):
            self.numbers[name].setText("–" if value is None or isnan(value) else percent(value))

    def _take_agreement(self, pairs: tuple[Agreement, ...]) -> None:
        if not pairs:
            self.agreement.setText(self.tr("Agreement is measured where two annotators reviewed the same items."))
            return
        told = []
        for pair in pairs:
            kappa = "–" if pair.kappa is None else with_mark(f"{pair.kappa:.2f}")
            told.append(self.tr("{0} and {1}: κ {2} over %Ln item(s)", "", pair.items).format(*pair.annotators, kappa))
        self.agreement.setText("   ·   ".join(told))

    def _no_agreement(self, error: Exception) -> None:
        self.agreement.setText(str(error))

    def _card(self, title: str) -> QLabel:
        frame = QFrame()
        frame.setProperty("card", True)
        column = QVBoxLayout(frame)
        column.setContentsMargins(14, 10, 14, 10)
        column.setSpacing(2)
        number = QLabel("–", textFormat=Qt.TextFormat.PlainText)
        font = number.font()
        font.setPointSizeF(font.pointSizeF() * 1.7)
        font.setWeight(font.Weight.DemiBold)
        number.setFont(font)
        label = QLabel(self.tr(title))
        label.setProperty("dim", True)
        number.setAccessibleName(self.tr(title))
        column.addWidget(number)
        column.addWidget(label)
        self.cards.addWidget(frame)
        return number


_CARDS = (
    ("reviewed", QT_TRANSLATE_NOOP("SummaryScreen", "reviewed")),
    ("accepted", QT_TRANSLATE_NOOP("SummaryScreen", "accepted")),
    ("corrected", QT_TRANSLATE_NOOP("SummaryScreen", "corrected")),
    ("rejected", QT_TRANSLATE_NOOP("SummaryScreen", "rejected + skipped")),
    ("precision", QT_TRANSLATE_NOOP("SummaryScreen", "of the marks were right")),
    ("recall", QT_TRANSLATE_NOOP("SummaryScreen", "of wrong words were marked")),
)


def _read(store: Store) -> tuple[Figures, Statuses, float | None]:
    scorer = scorers.current(store)
    return figures(judged(store)), stats.statuses(store), scorer.epsilon if scorer else None


def _agreement(store: Store) -> tuple[Agreement, ...]:
    """Only where two have decided: the measure's library takes a second to load."""
    found = judged(store)
    if len({who for _, who in found.decided}) < 2:
        return ()
    return stats.agreement(store)
