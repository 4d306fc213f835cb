#!/usr/bin/env python3
"""Takes the pictures of the window that the documentation shows: ``make screenshots``.

Drives the real window on drawn scenes with the bundled model; needs a display, of which Xvfb's is enough.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QSettings, Qt
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from captionlint.core.demo.dataset import write_dataset
from captionlint.core.formats.reading import read
from captionlint.core.prediction import WordScore
from captionlint.core.review import KINDS, Kind, Review
from captionlint.core.text.word_classes import word_class
from captionlint.db.operations import items, queue, reviews
from captionlint.db.store import Store
from captionlint.desktop.app.language import Language
from captionlint.desktop.app.window import MainWindow
from captionlint.desktop.background.project import Project
from captionlint.desktop.background.settings import Settings
from captionlint.desktop.dialogs.error_box import show_problem
from captionlint.desktop.queue.model import ITEM_ID
from captionlint.desktop.style.theme import Theme
from captionlint.desktop.welcome.window import WelcomeWindow

IMAGES = Path(__file__).parent / "images"
SIZE = (1440, 900)


def main() -> None:
    application = QApplication(sys.argv[:1])
    application.setStyle("Fusion")
    if "Inter" in QFontDatabase.families():
        font = QFont("Inter")
        font.setPointSizeF(9.75)
        application.setFont(font)
    with tempfile.TemporaryDirectory(prefix="photos-") as folder:
        path = Path(folder) / "review.db"
        settings = Settings(QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat))
        Language(application, "en")
        camera = Camera(application, path, settings)
        camera.run()
        welcome(camera.theme, settings)


def welcome(theme: Theme, settings: Settings) -> None:
    """The first screen, once it knows which models are here."""
    window = WelcomeWindow(settings)
    theme.dress(window)
    looked: list[bool] = []
    window.models.looked.connect(lambda: looked.append(True))
    window.show()
    wait(lambda: bool(looked))
    QTest.qWait(250)
    window.grab().save(str(IMAGES / "welcome.png"))
    print("welcome")
    window.close()


class Camera:
    """Brings the window into each state and takes its picture."""

    def __init__(self, application: QApplication, path: Path, settings: Settings) -> None:
        self.path = path
        self.source = write_dataset(path.parent, count=200, seed=11)
        with Store.open(path) as store:
            items.add(store, read(self.source))
        self.theme = Theme(application, "light")
        self.window = MainWindow(Project(str(path), annotator="ana"), theme=self.theme, settings=settings)
        self.window.resize(*SIZE)

    def run(self) -> None:
        window = self.window
        window.show()
        window.start()
        wait(lambda: window.review.item is not None)
        self.prelabel()
        self.review_some()
        self.decide_here()
        self.look_at_worst()
        self.take("review")
        self.theme.choose("dark")
        self.take("review-dark")
        self.theme.choose("light")
        self.heat()
        self.correct()
        self.overlay()
        window.show_screen("queue")
        wait(window.board.isVisible)
        QTest.qWait(500)
        wait(lambda: not window.thumbnails._asked)
        self.take("queue")
        window.show_screen("summary")
        wait(lambda: window.summary.charts.is_drawn and bool(window.summary.agreement.text()))
        QTest.qWait(500)
        self.take("summary")
        window.show_screen("review")
        more = _others(self.path.parent / "more")
        dialogue = window.dialogues.import_(str(more))
        dialogue.begin()
        wait(lambda: not dialogue.running.is_running)
        QTest.qWait(500)
        wait(lambda: window.project.worker.idle)
        self.take_with(dialogue, "import")
        dialogue.close()
        self.error()
        window.close()

    def prelabel(self) -> None:
        dialogue = self.window.dialogues.prelabel()
        dialogue.model.setCurrentText("demo")
        dialogue.running.run(*_job(self.path))
        wait(lambda: dialogue.running.bar.maximum() > 1 and dialogue.running.bar.value() > 60)
        self.take_with(dialogue, "prelabel")
        wait(lambda: not dialogue.running.is_running)
        dialogue.close()
        wait(
            lambda: self.window.threshold.distribution is not None and len(self.window.threshold.distribution.words) > 0
        )

    def review_some(self) -> None:
        """Sixty decisions by two people, so that the summary has something to sum up."""
        decide(self.path, count=60)
        self.window.reload()
        wait(lambda: self.window.project.worker.idle)
        QTest.qWait(500)

    def decide_here(self) -> None:
        """A few decisions at a person's speed, so that the rate and the time left are shown."""
        window = self.window
        for _ in range(6):
            QTest.qWait(5000)
            here = window.review.item
            window.actions_by_name["accept"].trigger()  # no window manager, so no window is active for keys
            wait(lambda here=here: window.review.item is not here)

    def look_at_worst(self) -> None:
        """The most suspicious item that is left, its mark's kind given, replacements offered."""
        window = self.window
        first = window.queue.data(window.queue.index(0), ITEM_ID)
        window.loop.go(first)
        wait(lambda: window.review.item is not None and window.review.item.item_id == first)
        QTest.qWait(800)
        window.review.set_kind(_kind_of(window.review.word))
        self.window.screen_review.stage.take_keyboard()
        self.window.assistant.suggest()
        wait(lambda: bool(self.window.assistant.suggestions))
        QTest.qWait(300)

    def heat(self) -> None:
        window = self.window
        scores = [word.score or 0.0 for word in window.review.words]
        window.review.set_focus(scores.index(max(scores)))
        window.assistant.toggle_heat()
        wait(lambda: window.assistant.heat is not None)
        QTest.qWait(400)
        self.take("heat-map")
        window.assistant.toggle_heat()

    def correct(self) -> None:
        window = self.window
        window.review.move_to_mark(1)
        window.assistant.suggest()
        wait(lambda: bool(window.assistant.suggestions))
        word, better = window.review.word, window.assistant.suggestions[0][0]
        window.screen_review.stage.edit()
        editor = window.screen_review.stage.editor
        QTest.keyClick(editor, Qt.Key.Key_Backspace, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(editor, better)
        wait(lambda: all(w.score is not None for w in window.review.words))
        QTest.qWait(300)
        self.take("correcting")
        QTest.keyClick(editor, Qt.Key.Key_Return)
        assert word is not None

    def overlay(self) -> None:
        self.window.overlay.toggle()
        self.take("keys")
        self.window.overlay.toggle()

    def error(self) -> None:
        box = show_problem(
            self.window, "The decision was not saved", OSError(28, "No space left on device", "review.db")
        )
        QTest.qWait(300)
        self.take_with(box, "error")
        box.close()

    def take(self, name: str) -> None:
        QTest.qWait(250)
        self.window.grab().save(str(IMAGES / f"{name}.png"))
        print(name)

    def take_with(self, dialogue: QWidget, name: str) -> None:
        """A dialogue over its window, as the screen shows them."""
        QTest.qWait(250)
        picture = self.window.grab()
        over = dialogue.grab()
        from PySide6.QtGui import QColor, QPainter

        painter = QPainter(picture)
        painter.fillRect(self.window.rect(), QColor(0, 0, 0, 70))
        x, y = (self.window.width() - dialogue.width()) // 2, (self.window.height() - dialogue.height()) // 2
        painter.drawPixmap(x, y, over)
        painter.end()
        picture.save(str(IMAGES / f"{name}.png"))
        print(name)


def _others(folder: Path) -> Path:
    """Forty captions more, without ids of their own, and one that is empty."""
    source = write_dataset(folder, count=40, seed=12)
    rows = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    rows = [{"image": row["image"], "caption": row["caption"]} for row in rows]
    rows.append({**rows[0], "caption": ""})
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return source


def _kind_of(word: WordScore | None) -> Kind:
    kind = word_class(word.text) if word else "noun"
    return "attribute" if kind in ("colour", "size", "adjective") else "count" if kind == "number" else "object"


def _job(path: Path) -> tuple[object, ...]:
    from captionlint.desktop.jobs import jobs

    return jobs.prelabel, str(path), "demo", False


def decide(path: Path, *, count: int) -> None:
    """Decides on items, ever so often otherwise than the marks say; every third by two people."""
    chance = random.Random(5)
    moment = datetime.now(UTC) - timedelta(minutes=12)
    with Store.open(path) as store:
        for number, entry in enumerate(queue.page(store, limit=count + 4)[4:]):
            item = items.get(store, item_id=entry.item_id)
            for name in ("ben", "ana") if number % 3 == 0 else ("ana",):
                moment += timedelta(seconds=chance.uniform(4, 16))
                kept = [s for s in item.marks if chance.random() < 0.85]
                spans = tuple(replace(s, kind=chance.choice(KINDS[:4])) for s in kept)
                status = "accepted" if len(spans) == len(item.marks) else "corrected"
                review = Review(status, spans, None, name, moment, chance.uniform(4, 16))
                reviews.adopt(store, item_id=item.item_id, review=review, uid=f"{number}-{name}")


def wait(until: Callable[[], bool], *, seconds: float = 240) -> None:
    """Lets the window work until something is so."""
    clock = QElapsedTimer()
    clock.start()
    while not until():
        if clock.elapsed() > seconds * 1000:
            raise TimeoutError("the window did not come to where its picture was to be taken")
        QTest.qWait(20)


if __name__ == "__main__":
    main()
