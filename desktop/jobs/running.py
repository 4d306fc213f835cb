"""A job in a process of its own with its progress; a dialogue's lower part."""

from __future__ import annotations

import shlex
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QProgressBar, QPushButton, QVBoxLayout, QWidget

from captionlint.desktop.background.process import Child, Target
from captionlint.desktop.jobs.jobs import Done, Failed, Moved, Outcome, Work
from captionlint.desktop.style.strings import QT_TRANSLATE_NOOP, is_english, number

_BEGINS: Final[dict[Work, str]] = {
    "read": QT_TRANSLATE_NOOP("Running", "Reading captions …"),
    "load": QT_TRANSLATE_NOOP("Running", "Loading the model …"),
    "score": QT_TRANSLATE_NOOP("Running", "Scoring …"),
    "write": QT_TRANSLATE_NOOP("Running", "Writing …"),
    "download": QT_TRANSLATE_NOOP("Running", "Downloading …"),
    "draw": QT_TRANSLATE_NOOP("Running", "Drawing scenes …"),
}
_MOVES: Final[dict[Work, str]] = {
    "read": QT_TRANSLATE_NOOP("Running", "{0} captions read"),
    "load": QT_TRANSLATE_NOOP("Running", "Loading the model …"),
    "score": QT_TRANSLATE_NOOP("Running", "{0} captions scored"),
    "write": QT_TRANSLATE_NOOP("Running", "{0} items written"),
    "download": QT_TRANSLATE_NOOP("Running", "{0} MB of the model downloaded"),
    "draw": QT_TRANSLATE_NOOP("Running", "{0} scenes drawn"),
}


class Running(QWidget):
    """Runs one job at a time and shows how it goes.

    Signals:
        started, ended: whether a job runs. `ended` tells if it came to its end without an error.
    """

    started = Signal()
    ended = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._child: Child | None = None
        self._over = False
        self.bar = QProgressBar(textVisible=False)
        self.bar.setFixedHeight(4)
        self.said = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.details = QPlainTextEdit(readOnly=True)
        self.details.setMaximumHeight(140)
        self.unfold = QPushButton(self.tr("Details"), flat=True)
        self.unfold.setCheckable(True)
        self.unfold.toggled.connect(self.details.setVisible)
        row = QHBoxLayout()
        row.addWidget(self.said, 1)
        row.addWidget(self.unfold, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.addWidget(self.bar)
        layout.addLayout(row)
        layout.addWidget(self.details)
        self._show("", None)
        self.bar.hide()

    @property
    def is_running(self) -> bool:
        """Whether a job runs."""
        return self._child is not None

    def run(self, target: Target, *arguments: Any) -> None:
        """Starts a job of `desktop.jobs.jobs`."""
        self._over = False
        self._show(self.tr("Starting …"), None)
        self._child = Child(target, *arguments, parent=self)
        self._child.received.connect(self._take)
        self._child.ended.connect(self._lose)
        self.bar.show()
        self.bar.setRange(0, 0)
        self.started.emit()

    def cancel(self) -> None:
        """Ends the job at once; what it reported is kept."""
        if self._child is not None:
            self._child.stop()
            self._finish(self.tr("Stopped. What was done is kept; start again to go on."), (), good=False)

    def _take(self, message: object) -> None:
        if isinstance(message, Moved):
            self.bar.setRange(0, message.total or 0)
            self.bar.setValue(message.done)
            self._show(self._progress(message), None)
        elif isinstance(message, Done):
            self._finish(self._outcome(message), message.problems, good=True)
        elif isinstance(message, Failed):
            self._fail(message)

    def _progress(self, moved: Moved) -> str:
        """How far it is: a count where there is one, else what is going on."""
        if not moved.done and moved.total is None:
            return self.tr(_BEGINS[moved.what])
        of = "" if moved.total is None else self.tr(" of {0}").format(number(moved.total))
        return self.tr(_MOVES[moved.what]).format(number(moved.done) + of)

    def _outcome(self, done: Done) -> str:
        """What came of it: the first count always, others where they are not zero."""
        told = [self._count(what, count) for n, (what, count) in enumerate(done.counts) if count or not n]
        said = ", ".join(told).format(done.out) + "."
        if done.shown:
            shown = self.tr("Shown: the marks of {0}. To switch: captionlint settings --db {1} --scorer VERSION")
            said = f"{said} {shown.format(done.shown, shlex.quote(done.store))}"
        return said

    def _count(self, what: Outcome, n: int) -> str:
        return {
            "added": self.tr("%Ln added", "", n),
            "known": self.tr("%Ln already there", "", n),
            "updated": self.tr("%Ln updated", "", n),
            "repeated": self.tr("%Ln repeated in the file", "", n),
            "bad": self.tr("%Ln not usable", "", n),
            "conflicts": self.tr("%Ln contradicting what is there", "", n),
            "scored": self.tr("%Ln caption(s) scored", "", n),
            "failed": self.tr("%Ln could not be", "", n),
            "written": self.tr("%Ln item(s) written to {0}", "", n),
            "fetched": self.tr("The model is on this machine"),
        }[what]

    def _fail(self, failed: Failed) -> None:
        details = (failed.details,) if failed.details else ()
        if is_english():
            self._finish(failed.said, details, good=False)
        else:
            said = self.tr("That did not work. What was reported stands in English under “Details”.")
            self._finish(said, (failed.said, *details), good=False)

    def _lose(self, code: int) -> None:
        if not self._over:
            self._finish(self.tr("The process ended unexpectedly ({0}).").format(code), (), good=False)

    def _finish(self, said: str, problems: tuple[str, ...], *, good: bool) -> None:
        self._over = True
        child, self._child = self._child, None
        if child is not None:
            child.stop()
            child.deleteLater()
        self.bar.hide()
        self._show(said, "\n".join(problems) or None)
        self.said.setProperty("danger", not good)
        self.said.style().polish(self.said)
        self.ended.emit(good)

    def _show(self, said: str, details: str | None) -> None:
        self.said.setProperty("danger", False)
        self.said.style().polish(self.said)
        self.said.setText(said)
        self.unfold.setVisible(details is not None)
        self.unfold.setChecked(False)
        self.details.hide()
        self.details.setPlainText(details or "")
