"""Speed of the window on 100,000 items: ``python -m tests.bench desktop``. Offscreen, real files, one run.

Random attributions, drawn pictures. CAPTIONLINT_BENCH_ITEMS sets the store's size.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QDialog

from captionlint.db.store import Store
from captionlint.desktop.app.window import MainWindow
from captionlint.desktop.background.project import Project
from captionlint.desktop.background.responsiveness import keep_fluent
from captionlint.desktop.background.settings import Settings
from captionlint.desktop.style.theme import Theme
from tests.bench import desktop_store
from tests.bench.desktop_script import Session, Steps, press, rest, run, write
from tests.bench.watchdog import Queued, Watchdog

STARTS = 5
HOMES = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")

# What a person runs, with one line more: when the window's first painting and its first item are over.
START = """
    import runpy, sys, time
    from PySide6.QtCore import QTimer
    from captionlint.desktop.app import app
    from captionlint.desktop.app.window import MainWindow

    def tell(name):
        QTimer.singleShot(0, lambda: print(name, time.monotonic(), time.process_time(), flush=True))

    class Told(MainWindow):
        painted = False

        def start(self):
            self.loop.landed.connect(lambda item: tell("item"))
            super().start()

        def paintEvent(self, event):
            super().paintEvent(event)
            if not self.painted:
                self.painted = True
                tell("shown")

    app.MainWindow = Told
    sys.argv = ["desktop", sys.argv[1]]
    runpy.run_module("desktop", run_name="__main__")
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for variable in HOMES:
            os.environ[variable] = str(folder)
        started = time.perf_counter()
        path = desktop_store.make(folder)
        say(f"{desktop_store.ITEMS:,} items, made in {time.perf_counter() - started:.0f} s; {os.cpu_count()} cores\n")
        starts(path, folder)
        compiled(folder)
        in_the_window(path, folder)
        rescoring(folder)


def starts(path: Path, folder: Path) -> None:
    """Process start to painted window, and to the first item, each the median of some."""
    found: dict[str, list[float]] = {"shown": [], "item": []}
    worked: dict[str, list[float]] = {"shown": [], "item": []}
    # Installed packages have their bytecode; the first start here makes it.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    command = [sys.executable, "-c", textwrap.dedent(START), str(path)]
    subprocess.run([sys.executable, "-c", "import captionlint.desktop.app.app"], env=environment, check=True)
    for _ in range(STARTS):
        started = time.monotonic()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
            assert process.stdout is not None
            for _ in range(2):
                what, when, work = process.stdout.readline().split()
                found[what].append(float(when) - started)
                worked[what].append(float(work))
            process.kill()
    shown, item = (f"worst {max(found[name]):.2f}, processor's time {median(worked[name]):.2f} s" for name in found)
    compare("window painted after process start", median(found["shown"]), 1.5, "s", shown)
    say(f"{'  first item shown':<52} {median(found['item']):7.2f} s   {item}")


def compiled(folder: Path) -> None:
    """What this process is still to import has its bytecode, as installed: compiling held up every thread."""
    sys.pycache_prefix, sys.dont_write_bytecode = str(folder / "bytecode"), False
    names = ("desktop", "core", "db", "pyqtgraph", "numpy", "PIL", "sqlalchemy")
    places = [str(Path(found.origin).parent) for name in names if (found := find_spec(name)) and found.origin]
    environment = os.environ | {"PYTHONPYCACHEPREFIX": sys.pycache_prefix}
    subprocess.run([sys.executable, "-m", "compileall", "-qq", "-j", "0", *places], env=environment, check=False)


def in_the_window(path: Path, folder: Path) -> None:
    application = QApplication.instance() or QApplication(["bench"])
    assert isinstance(application, QApplication)
    application.setStyle("Fusion")
    keep_fluent(application)
    settings = Settings(QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat))
    window = MainWindow(Project(str(path), annotator="ana"), theme=Theme(application, "light"), settings=settings)
    window.resize(1440, 900)  # the screen there is not is smaller, and a small window has less to paint
    dog = Watchdog()
    window.show()
    window.start()
    session = Session(window, dog)
    times: dict[str, list[float]] = {}
    dog.start()
    opened = 0
    try:
        run(settled(session), dog=dog)
        opened = len(dog.gaps)
        run(next_items(session, times), dog=dog)
        run(slider(session, times), dog=dog)
        run(work(session), dog=dog)
        in_time(times)
    finally:
        dog.stop()
        report(dog, opened)
        window.close()


def settled(session: Session) -> Steps:
    window = session.window
    yield lambda: window.review.item is not None and window.queue.rowCount() > 0
    yield lambda: window.threshold.distribution is not None and session.at_rest()
    yield rest(1.5)  # what is loaded when nothing else is to do
    yield session.at_rest


def next_items(session: Session, times: dict[str, list[float]]) -> Steps:
    """Accepts and moves on; the next pictures are decoded while the item is looked at."""
    times["next"], times["next, busy"], times["next, queued"] = [], [], []
    queue = Queued()
    for _ in range(30):
        yield session.at_rest
        yield rest(0.1)
        session.painted.expect()
        started, worked, queued = time.perf_counter(), time.thread_time(), queue.milliseconds()
        session.do("next item", "Return")
        yield lambda: session.painted.at is not None
        assert session.painted.at is not None
        times["next"].append(session.painted.at - started)
        times["next, busy"].append(time.thread_time() - worked)
        times["next, queued"].append((queue.milliseconds() - queued) / 1000)
    queue.close()


def slider(session: Session, times: dict[str, list[float]]) -> Steps:
    """Moves the slider and paints at once, on a caption of 12 words and on one of 3,000."""
    window = session.window
    with Store.open(window.project.path) as store:
        from captionlint.db.operations import items

        long = items.find(store, source_id=desktop_store.LONG)
    assert long is not None
    for name in ("short", "long"):
        if name == "long":
            session.dog.step = "3,000 words shown"
            window.loop.go(long)
            yield lambda: window.review.item is not None and window.review.item.item_id == long
        yield session.at_rest
        times[name] = []
        handle, caption = window.screen_review.inspector.slider, window.screen_review.stage.caption
        for position in range(500, 1000, 20):
            session.dog.step = f"slider, {name}"
            started = time.perf_counter()
            handle.setValue(position)
            caption.viewport().repaint()
            times[name].append(time.perf_counter() - started)
            yield rest(0.05)
        handle.setValue(800)
        yield rest(0.6)
        yield session.at_rest
    session.do("back", "P")
    yield session.at_rest


def work(session: Session) -> Steps:
    """Fifty items with all that a person does: decisions, kinds, edits, heat, search, slider, screens, dialogues."""
    window = session.window
    for number in range(50):
        yield from touched(session, number)
        yield session.at_rest
        here = window.review.item
        keys = {3: "R", 4: "S"}.get(number % 5, "Return")
        session.do(f"decision {keys}", keys)
        yield lambda here=here: window.review.item is not here
        if number % 10 == 9:
            session.do("undo", "Ctrl+Z")
            yield lambda: bool(window.review.item and window.review.item.status == "pending") and session.at_rest()
            session.do("redo", "Ctrl+Shift+Z")
            yield session.at_rest
            session.do("jump", "J")
            yield session.at_rest
    yield from elsewhere(session)


def touched(session: Session, number: int) -> Steps:
    """What is done to one item before it is decided."""
    window = session.window
    for keys in (("Right", "Space", "3"), ("Left", "Shift+Right"), (), ("Down", "D"), ("+", "+", "Z", "F"))[number % 5]:
        session.do(f"key {keys}", keys)
        yield rest(0.02)
    if number % 10 == 1:
        yield from edited(session)
    if number % 10 == 2:
        session.do("heat", "H")
        yield lambda: window.assistant.heat is not None
        session.do("heat off", "H")
        session.do("suggestions", "W")
        yield lambda: bool(window.assistant.suggestions) or window.assistant._words is not None
        yield rest(0.5)
        session.do("leave the line", "Return")
    if number % 10 == 6:
        for position in range(700, 900, 10):
            session.dog.step = "slider dragged"
            window.screen_review.inspector.slider.setValue(position)
            yield rest(0.01)


def edited(session: Session) -> Steps:
    """Types a word and waits for its scores."""
    window = session.window
    session.do("edit", "E")
    for letter in " cat":
        session.dog.step = "typing"
        write(letter)
        yield rest(0.05)
    session.dog.step = "scores come"
    yield lambda: all(word.score is not None for word in window.review.words)
    session.do("keep the edit", "Return")
    yield rest(0.05)


def elsewhere(session: Session) -> Steps:
    """The other screens, the search, the theme, and the dialogues."""
    window = session.window
    session.do("queue screen", "Alt+2")
    yield rest(0.5)
    for page in range(8):
        session.dog.step = "queue scrolled"
        window.board.list.verticalScrollBar().setValue(page * 5000)
        yield rest(0.1)
    session.do("summary", "Alt+3")
    yield session.at_rest
    yield rest(0.6)
    session.do("summary again", "Alt+3")
    yield rest(0.2)
    session.do("review screen", "Alt+1")
    session.do("search", "/")
    for letter in "bicycle":
        session.dog.step = "searching"
        write(letter)
        yield rest(0.05)
    yield rest(0.5)
    yield session.at_rest
    press(window, "Return")
    for choice in ("dark", "light"):
        session.dog.step = f"theme {choice}"
        window.theme.choose(choice)
        yield rest(0.3)
    for name in ("ask_import", "prelabel", "export", "keys", "about"):
        session.dog.step = f"dialogue {name}"
        dialogue: QDialog = getattr(window.dialogues, name)()
        yield rest(0.3)
        dialogue.close()
        yield rest(0.1)
    session.do("all keys", "?")
    yield rest(0.2)


def in_time(times: dict[str, Sequence[float]]) -> None:
    ms = {name: sorted(1000 * t for t in values) for name, values in times.items()}
    p95 = {name: values[int(0.95 * (len(values) - 1))] for name, values in ms.items()}
    busy = f"median {median(ms['next']):.0f}; the window's thread worked {p95['next, busy']:.0f}"
    busy += f" and stood in the processors' queue for {p95['next, queued']:.0f}"
    compare("next item, key to painted picture, p95", p95["next"], 50, "ms", busy)
    for name, title in (("short", "12 words"), ("long", "3,000 words")):
        compare(f"slider marks anew, {title}, p95", p95[name], 16, "ms", f"median {median(ms[name]):.1f}")


def report(dog: Watchdog, opened: int) -> None:
    """The pauses by the clock, and those in which the window's own thread worked longest."""
    longest, busiest = dog.longest(6), dog.busiest(12)
    compare("event loop stands still, p99", dog.percentile(0.99), 50, "ms", f"{len(dog.gaps):,} turns")
    queued = f"{longest[0].step}; in the processors' queue {longest[0].queued:.0f}"
    compare("event loop stands still, longest", longest[0].milliseconds, 50, "ms", queued)
    compare("  of it at work, longest", busiest[0].busy, 50, "ms", busiest[0].step)
    late = set(map(id, dog.gaps[opened:]))
    for gap in [*longest, *(gap for gap in busiest if gap not in longest)]:
        when = "" if id(gap) in late else ", while opening"
        times = f"{gap.milliseconds:6.1f} ms, at work {gap.busy:5.1f}, in the processors' queue {gap.queued:5.1f}"
        say(f"  {times}  {gap.step}{when}: {gap.seen}")


def rescoring(folder: Path) -> None:
    from tests.bench import desktop_rescoring

    gc.unfreeze()  # a window's process has no torch in it, whose parts complain when they are not taken down

    answer, encode = desktop_rescoring.measure(folder)
    detail = f"{1000 * median(answer):.1f} of {1000 * median(encode):.1f} ms, one thread, ViT-B-32 dimensions"
    compare("edited caption scored / one image encode", median(answer) / median(encode), 0.4, "", detail)


def compare(name: str, value: float, bar: float, unit: str, detail: str = "") -> None:
    say(f"{name:<52} {value:7.2f} {unit:<2}  asked <= {bar:<5} {'yes' if value <= bar else 'NO ':<3}  {detail}")


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
