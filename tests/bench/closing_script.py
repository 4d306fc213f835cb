"""The window that `tests.bench.closing` ends: it goes into a planned state, says so, and is told or asks to close.

Lines on stdout: ``committed ITEM STATUS`` for each decision that was acknowledged, ``lock`` when another program is to
hold the write lock, ``signal`` when a signal is to come, ``ending`` when the window was asked to close.
"""

from __future__ import annotations

import json
import random
import signal
import sys
from pathlib import Path

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QApplication

from captionlint.db.records import Decision
from captionlint.desktop.app import app
from captionlint.desktop.app.window import MainWindow
from captionlint.desktop.dialogs.error_box import show_problem

DB, FOLDER, PLAN = sys.argv[1], Path(sys.argv[2]), json.loads(sys.argv[3])
CHANCE = random.Random(PLAN["seed"])


def say(*words: object) -> None:
    print(*words, flush=True)


class Driver:
    """Decides, opens and starts things in a window, and has it asked to close."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self._left = PLAN["decisions"]
        self._is_over = PLAN["early"]
        window.loop.decided.connect(self._acknowledge)
        window.loop.landed.connect(lambda _: QTimer.singleShot(0, self._go_on))

    def _acknowledge(self, decision: Decision) -> None:
        say("committed", decision.item_id, decision.made.review.status)

    def _go_on(self) -> None:
        if self._is_over:
            return
        if self._left:
            self._left -= 1
            self._decide()
            return
        self._is_over = True
        getattr(self, f"do_{PLAN['doing']}")()
        getattr(self, f"open_{PLAN['over']}")()
        QTimer.singleShot(PLAN["after"], self.end)

    def _decide(self) -> None:
        if CHANCE.random() < 0.4:
            self.window.review.set_kind("count")
        self.window.loop.decide(CHANCE.choice(("accept", "accept", "reject", "skip")))

    def end(self) -> None:
        """Has the window asked to close, where another program is to hold the write lock once it does."""
        if not PLAN["lock"]:
            self._end()
            return
        say("lock")
        self._wait_for_lock()

    def _wait_for_lock(self) -> None:
        if Path(f"{DB}.locked").exists():
            self._end()
        else:
            QTimer.singleShot(5, self._wait_for_lock)

    def _end(self) -> None:
        if PLAN["hurry"] and self.window.review.item is not None:
            self._decide()
        how = PLAN["end"]
        if how.startswith("SIG"):
            say("signal")
            return
        say("ending")
        if how == "quit":
            self.window.actions_by_name["quit"].trigger()
            return
        for _ in range(2 if how == "twice" else 1):
            self.window.close()
        if how == "again":
            QTimer.singleShot(50, self.window.close)

    def do_nothing(self) -> None:
        pass

    def do_import(self) -> None:
        self.window.dialogues.import_(str(FOLDER.parent / "more.jsonl")).start.click()

    def do_export(self) -> None:
        dialogue = self.window.dialogues.export()
        dialogue.out.setText(str(FOLDER / "labels.jsonl"))
        dialogue.start.click()

    def do_prelabel(self) -> None:
        dialogue = self.window.dialogues.prelabel()
        dialogue.model.setCurrentText("demo")
        dialogue.start.click()

    def do_learn(self) -> None:
        self.window.summary.learning.start()

    def do_heat(self) -> None:
        self.window.assistant.toggle_heat()

    def do_summary(self) -> None:
        self.window.show_screen("summary")

    def do_queue(self) -> None:
        self.window.show_screen("queue")

    def do_search(self) -> None:
        self.window.screen_review.side.search_for("a")

    def do_edit(self) -> None:
        if self.window.review.item is not None:
            self.window.screen_review.stage.edit()

    def do_threshold(self) -> None:
        self.window.threshold.move(CHANCE.randrange(100, 900))

    def do_reload(self) -> None:
        self.window.reload()

    def open_nothing(self) -> None:
        pass

    def open_about(self) -> None:
        self.window.dialogues.about()

    def open_keys(self) -> None:
        self.window.dialogues.keys()

    def open_annotator(self) -> None:
        self.window.dialogues.annotator()

    def open_file(self) -> None:
        self.window.open_asked.emit("")

    def open_ignored(self) -> None:
        self.window.screen_review.inspector.list_asked.emit()

    def open_problem(self) -> None:
        show_problem(self.window, "A problem", ValueError("of the benchmark's own"))

    def open_welcome(self) -> None:
        self.window.welcome_asked.emit()

    def open_menu(self) -> None:
        if self.window.review.item is not None:
            self.window.screen_review.stage.caption.menu_asked.emit(QPoint(200, 200))


class Driven(MainWindow):
    """A window with its driver."""

    def start(self) -> None:
        driver = Driver(self)
        self._driver = driver
        super().start()
        if PLAN["early"]:
            QTimer.singleShot(PLAN["after"], driver.end)


def main() -> None:
    for name in ("SIGINT", "SIGHUP"):  # which whoever started this may have ignored
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    app.MainWindow = Driven  # type: ignore[misc]
    code = app.main(["captionlint review", DB, "--annotator", "ana"])
    assert not [w for w in QApplication.topLevelWidgets() if w.isVisible()]
    sys.exit(code)


if __name__ == "__main__":
    main()
