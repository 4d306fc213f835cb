"""A whole session by keyboard; a kill in the middle of one; a second window; what the process never loads."""

import os
import random
import runpy
import signal
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path

import pytest
from package import PACKAGE_PATH
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from stores import rows

from captionlint.db.operations import items, queue, reviews
from captionlint.desktop.app.app import Program
from captionlint.desktop.background.project import Project

KEYS = {
    "accept": [Qt.Key.Key_Return],
    "reject": [Qt.Key.Key_R],
    "skip": [Qt.Key.Key_S],
    "unmark": [Qt.Key.Key_Space, Qt.Key.Key_Return],
    "kind": [Qt.Key.Key_3, Qt.Key.Key_Return],
    "other word": [Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_Return],
    "undone": [Qt.Key.Key_R],
}


def expected(answer, item):
    """Status and marks (text, kind, away) that an answer leaves."""
    marks = [(item.caption[m.start : m.end], "other", False) for m in item.marks]
    if answer in ("reject", "skip"):
        return {"reject": "rejected", "skip": "skipped"}[answer], []
    first = item.caption.split()[0 if not marks else 1]
    if answer == "unmark":
        return "corrected", [(first, "other", bool(marks))]
    if answer == "kind":
        return "corrected", [(first, "count", False)]
    if answer == "other word":
        words = item.caption.split()
        return "corrected", sorted([*marks, (words[words.index(first) + 1], "other", False)])
    return "accepted", marks


def test_fifty_items_by_keyboard_and_the_store_holds_what_was_decided(qtbot, open_window, fill, tmp_path, ask):
    db = fill(rows(tmp_path / "photos", 50), name="fifty.db")
    window = open_window(db)
    chance = random.Random(3)
    decided = {}
    for _ in range(50):
        item = window.review.item
        answer = chance.choice(list(KEYS))
        for key in KEYS[answer]:
            if key == KEYS[answer][-1]:
                with qtbot.waitSignal(window.loop.landed):
                    QTest.keyClick(window.screen_review.stage.caption, key)
            else:
                QTest.keyClick(window.screen_review.stage.caption, key)
        if answer == "undone":
            with qtbot.waitSignal(window.loop.landed):
                QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
            assert window.review.item.item_id == item.item_id
            with qtbot.waitSignal(window.loop.landed):
                QTest.keyClick(window.screen_review.stage.caption, Qt.Key.Key_Return)
            answer = "accept"
        decided[item.item_id] = expected(answer, item)
    assert window.review.item is None
    assert len(decided) == 50
    for item_id, (status, marks) in decided.items():
        (standing,) = ask(db, reviews.standing, item_id=item_id)
        caption = ask(db, items.get, item_id=item_id).caption
        found = sorted((caption[s.start : s.end], s.kind, s.removed) for s in standing.review.spans)
        assert (standing.review.status, found) == (status, sorted(marks))


SCRIPT = """
    import signal, sys
    from PySide6.QtCore import QTimer, Qt
    from PySide6.QtTest import QTest
    from captionlint.desktop.app import app
    from captionlint.desktop.app.window import MainWindow

    class Typist(MainWindow):
        def __init__(self, *arguments, **named):
            super().__init__(*arguments, **named)
            self.left = int(sys.argv[2])
            self.loop.landed.connect(lambda item: QTimer.singleShot(0, self.go_on))

        def go_on(self):
            if self.left:
                self.left -= 1
                print(self.review.item.item_id, flush=True)
                QTest.keyClick(self.screen_review.stage.caption, Qt.Key.Key_Return)
            else:
                self.review.set_kind("count")
                QTimer.singleShot(int(sys.argv[3]), lambda: print("ready", self.review.item.item_id, flush=True))

    for name in ("SIGINT", "SIGHUP"):  # which whoever runs the tests may have ignored
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    app.MainWindow = Typist
    sys.exit(app.main(["captionlint", sys.argv[1], "--annotator", "ana"]))
"""


def type_and_end(db, home, end, *, after):
    """Three items accepted, a kind given to the fourth, and, milliseconds later, a signal; the code, and the items."""
    command = [sys.executable, "-c", textwrap.dedent(SCRIPT), str(db), "3", str(after)]
    environment = {**os.environ, "HOME": str(home), "PYTHONPATH": PACKAGE_PATH}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as typist:
        lines = []
        for line in typist.stdout:
            lines.append(line.split())
            if lines[-1][0] == "ready":
                break
        os.kill(typist.pid, end)
        return typist.wait(60), lines


LATE_SIGNAL = """
    import os, signal, sys
    from PySide6.QtCore import QTimer
    from captionlint.desktop.app import app

    class Late:
        def __del__(self, write=os.write, kill=os.kill, pid=os.getpid(), number=signal.SIGTERM):
            write(1, b"late\\n")
            kill(pid, number)

    sys.late = Late()  # deleted when the interpreter has put its signal handlers away
    QTimer.singleShot(0, lambda: app.close_all())
    code = app.main(["captionlint review", sys.argv[1]])
    print("ended", code, flush=True)
    sys.exit(code)
"""


def test_a_second_signal_while_the_interpreter_ends_changes_nothing(fill, home):
    command = [sys.executable, "-c", textwrap.dedent(LATE_SIGNAL), str(fill())]
    environment = {**os.environ, "HOME": str(home), "PYTHONPATH": PACKAGE_PATH}
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=120)
    assert (ran.returncode, ran.stdout) == (0, "ended 0\nlate\n")


def test_killed_in_the_middle_it_opens_at_the_same_item_with_the_same_draft(qtbot, open_window, fill, ask, home):
    db = fill()
    _, (*decided, (_, here)) = type_and_end(db, home, signal.SIGKILL, after=1500)
    assert len(decided) == 3
    for (item_id,) in decided:
        (standing,) = ask(db, reviews.standing, item_id=int(item_id))
        assert standing.review.status == "accepted"
    assert ask(db, queue.position, annotator="ana") == int(here)
    window = open_window(db)
    assert window.review.item.item_id == int(here)
    assert [s.kind for s in window.review.spans] == ["count"]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_asked_to_stop_the_window_closes_in_order_and_keeps_what_was_begun(open_window, fill, ask, home, name):
    db = fill()
    code, (*decided, (_, here)) = type_and_end(db, home, signal.Signals[name], after=0)
    assert code == 0
    assert not Path(f"{db}.lock").exists()
    for (item_id,) in decided:
        (standing,) = ask(db, reviews.standing, item_id=int(item_id))
        assert standing.review.status == "accepted"
    window = open_window(db)
    assert window.review.item.item_id == int(here)
    assert [s.kind for s in window.review.spans] == ["count"], "not yet half a second old"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
def test_what_stops_the_command_stops_its_window(qtbot, fill, home):
    db = fill()
    command = [sys.executable, "-m", "captionlint.cli", "review", "--db", str(db)]
    with subprocess.Popen(command, env={**os.environ, "HOME": str(home)}) as review:
        qtbot.waitUntil(lambda: bool(list(db.parent.glob("*.backup"))))  # made once the store is open
        lock = Path(f"{db}.lock")
        assert lock.exists()
        review.terminate()
        assert review.wait(60) == 0
    assert not lock.exists(), "no window is left behind that holds it"


def test_ctrl_c_before_the_program_listens_is_silent(monkeypatch, capsys):
    def interrupted(arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("captionlint.desktop.app.app.main", interrupted)
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("desktop", run_name="__main__")
    assert (ended.value.code, *capsys.readouterr()) == (130, "", "")


def test_a_second_window_on_the_same_file_is_refused_by_name(qtbot, qapp, fill, settings):
    db = fill()
    holder = Project(str(db), annotator="ben")
    assert holder.hold() is None
    program = Program(qapp, settings)
    assert program.open(str(db)) is None
    assert f"process {os.getpid()}" in program._box.informativeText()
    program._box.close()
    holder.close()
    free = Project(str(db), annotator="ben")
    assert free.hold() is None
    free.close()


def test_the_package_loads_neither_qt_nor_torch_and_the_window_no_torch():
    code = "import sys, desktop; print('PySide6' in sys.modules, 'torch' in sys.modules)"
    assert run(code) == "False False"
    code = "import sys, desktop.app.app; print('torch' in sys.modules, 'pyqtgraph' in sys.modules)"
    assert run(code) == "False False"
    code = "import sys, desktop.background.scorer_process, desktop.jobs.jobs; print('PySide6' in sys.modules)"
    assert run(code) == "False"


def run(code):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300
    ).stdout.strip()


def test_a_decision_that_fails_while_the_window_closes_keeps_it_open_once(qtbot, open_window, fill, tmp_path, ask):
    db = fill(rows(tmp_path / "photos", 3), name="full.db")
    window = open_window(db)
    qtbot.waitUntil(lambda: window.loop.ahead is not None)
    first = window.review.item.item_id
    with closing(sqlite3.connect(db)) as other, other:
        other.execute("CREATE TRIGGER full BEFORE INSERT ON revision BEGIN SELECT RAISE(ABORT, 'no room'); END")
    window.loop.decide("accept")
    assert window.review.item.item_id != first
    assert not window.close()
    assert window.isVisible()
    assert window.review.item.item_id == first
    assert "no room" in window.findChild(QMessageBox, "problem").informativeText()
    assert window.close()
    assert ask(db, reviews.standing, item_id=first) == ()


def test_an_item_that_cannot_be_read_is_not_called_a_decision_that_was_not_saved(qtbot, open_window, fill, tmp_path):
    db = fill(rows(tmp_path / "photos", 3), name="unread.db")
    window = open_window(db)
    with closing(sqlite3.connect(db)) as other, other:
        other.execute("CREATE TRIGGER full BEFORE UPDATE ON annotator BEGIN SELECT RAISE(ABORT, 'no room'); END")
    with qtbot.waitSignal(window.loop.failed):
        window.loop.next()
    problem = window.findChild(QMessageBox, "problem")
    assert problem.text() == "That did not work"
    problem.close()
    window.loop.next()
    assert window.close(), "nothing was decided that could be lost"
