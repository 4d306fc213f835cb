"""Learning from the reviews, in a process of its own: what `captionlint calibrate` does, at a click."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from captionlint.desktop.background.process import Child
from captionlint.desktop.style.strings import percent, reported, with_mark
from captionlint.desktop.summary.learning_process import Learned, Marking, Refused, SignalsNeeded, learn


@dataclass(frozen=True, slots=True)
class _Ran:
    """What the last run said, and whether it went wrong."""

    said: str = ""
    is_problem: bool = False


class Learning(QObject):
    """Fits marks to the reviews of one store and adopts them; nothing of it runs in the window's process.

    Signals:
        changed: it began, came further, or there is something else to say.
        learned: the store's marks are others now.
    """

    changed = Signal()
    learned = Signal()

    def __init__(self, db: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._db = db
        self._child: Child | None = None
        self._ran = _Ran()
        self._marked = ""

    @property
    def is_running(self) -> bool:
        """Whether a fit is on its way."""
        return self._child is not None

    @property
    def said(self) -> str:
        """How far it is, or the result in words; empty before the first run."""
        if not self.is_running:
            return self._ran.said
        return " ".join(filter(None, (self.tr("Learning from the reviews …"), self._marked)))

    @property
    def is_problem(self) -> bool:
        """Whether the last run went wrong."""
        return self._ran.is_problem and not self.is_running

    def start(self) -> None:
        """Learns, unless it does already."""
        if self._child is not None:
            return
        self._marked = ""
        self._child = Child(learn, self._db, parent=self)
        self._child.received.connect(self._take)
        self._child.ended.connect(self._lose)
        self.changed.emit()

    def stop(self) -> None:
        """Ends what runs; predictions that were written stay unused."""
        if self._child is not None:
            self._child.stop()
            self._child = None

    def _take(self, message: object) -> None:
        if isinstance(message, Marking):
            self._marked = percent(message.done / message.total)
            self.changed.emit()
        elif isinstance(message, Learned):
            self._end(_Ran(self._told(message)))
            self.learned.emit()
        elif isinstance(message, SignalsNeeded):
            said = self.tr("These marks were learned with a model. Learn again with: captionlint calibrate --model")
            self._end(_Ran(said, is_problem=True))
        elif isinstance(message, Refused):
            self._end(_Ran(reported(message.said), is_problem=True))

    def _told(self, learned: Learned) -> str:
        found = self.tr("Learned from %Ln caption(s).", "", learned.captions)
        ap, bare, blind = (
            with_mark(f"{value:.2f}") for value in (learned.ap, learned.ap_attribution, learned.ap_blind)
        )
        good = self.tr(
            "How well wrong words now come before right ones, on pictures not learned from: {0} of 1 (before: {1}; "
            "without looking at the picture: {2})."
        ).format(ap, bare, blind)
        told = [found, good]
        if learned.ap > learned.ap_attribution:
            told.append(self.tr("That is better than before."))
        elif learned.ap < learned.ap_attribution:
            told.append(self.tr("That is worse than before: review some more, then learn again."))
        told.append(self.tr("{0} of the words are marked.").format(percent(learned.flag_rate)))
        return " ".join(told)

    def _lose(self, code: int) -> None:
        if self._child is not None:
            self._end(_Ran(self.tr("The process ended unexpectedly ({0}).").format(code), is_problem=True))

    def _end(self, ran: _Ran) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.stop()
            child.deleteLater()
        self._ran = ran
        self.changed.emit()
