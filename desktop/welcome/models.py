"""Which model is to score: what each is good for, how large it is, and getting it here ahead of the first use."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from captionlint.core.clip.presets import PRESETS, Preset
from captionlint.desktop.background.process import Child
from captionlint.desktop.background.settings import Settings
from captionlint.desktop.jobs import jobs
from captionlint.desktop.jobs.running import Running
from captionlint.desktop.style.qt_strings import borrowed
from captionlint.desktop.style.strings import number
from captionlint.desktop.welcome.card import Card


class ModelChooser(QWidget):
    """Keeps the choice in the settings; a download can be stopped and goes on where it was.

    Signals:
        looked: which models are on this machine is known.
    """

    looked = Signal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._here: frozenset[str] | None = None
        self._look: Child | None = None
        self.cards = {name: self._card(preset) for name, preset in PRESETS.items()}
        self._group = QButtonGroup(self)
        self.running = Running()
        self.get = QPushButton(self.tr("Download now"), autoDefault=True)
        self.stop = QPushButton(self.tr("Pause"), autoDefault=True)
        self.note = QLabel(wordWrap=True)
        self.note.setProperty("dim", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for card in self.cards.values():
            self._group.addButton(card)
            column.addWidget(card)
        row = QHBoxLayout()
        row.addWidget(self.note, 1)
        row.addWidget(self.get)
        row.addWidget(self.stop)
        column.addSpacing(4)
        column.addLayout(row)
        column.addWidget(self.running)
        self.get.clicked.connect(self._fetch)
        self.stop.clicked.connect(self.running.cancel)
        self.running.started.connect(self._refresh)
        self.running.ended.connect(self._fetched)
        chosen = settings.model if settings.model in self.cards else next(iter(self.cards))
        self.cards[chosen].setChecked(True)
        self._refresh()

    @property
    def chosen(self) -> str:
        """The name of the model that is to be used."""
        return next((name for name, card in self.cards.items() if card.isChecked()), "")

    def look(self) -> None:
        """Asks which models are on this machine, in a process of its own: it takes open_clip to know."""
        self._look = Child(jobs.look_for_models, parent=self)
        self._look.received.connect(self._take_found)

    def close_down(self) -> None:
        """Ends what runs; a download that is stopped is kept as far as it came."""
        self.running.cancel()
        if self._look is not None:
            self._look.stop()

    def _take_found(self, message: object) -> None:
        if isinstance(message, jobs.Found):
            self._here = frozenset(message.names)
            self._refresh()
            self.looked.emit()

    def _fetch(self) -> None:
        self.running.run(jobs.fetch_model, self.chosen)

    def _fetched(self, good: bool) -> None:
        if good:
            self._here = (self._here or frozenset()) | {self.chosen}
        self._refresh()

    def _card(self, preset: Preset) -> Card:
        good_for = borrowed(preset.good_for)
        explains = f"{preset.model} · {preset.pretrained}\n{good_for}" if preset.pretrained else good_for
        card = Card(preset.name, explains)
        card.setCheckable(True)
        card.clicked.connect(self._choose)
        return card

    def _choose(self) -> None:
        self._settings.model = self.chosen
        self._refresh()

    def _refresh(self) -> None:
        busy = self.running.is_running
        for name, card in self.cards.items():
            card.setEnabled(not busy)
            card.say_aside(self._place(PRESETS[name]))
        here = not PRESETS[self.chosen].pretrained or self.chosen in (self._here or ())
        self.get.setVisible(not busy and not here)
        self.stop.setVisible(busy)
        if here:
            self.note.setText(self.tr("It is on this machine; nothing needs to be downloaded."))
        elif busy:
            self.note.setText(self.tr("You can pause; it goes on where it was."))
        else:
            self.note.setText(self.tr("It is downloaded when it is first needed, or now."))

    def _place(self, preset: Preset) -> str:
        if not preset.pretrained:
            return self.tr("bundled")
        if preset.name in (self._here or ()):
            return self.tr("on this machine")
        return self.tr("{0} MB").format(number(preset.megabytes))
