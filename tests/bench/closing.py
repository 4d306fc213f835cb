"""Closes the window again and again, in random states: ``python -m tests.bench closing``.

Each time a process of its own opens a copy of the demo store, decides some items, starts a job or opens a dialogue,
and is asked to end: by its window, by quitting, twice in a row, by a signal, while another program holds the write
lock for a moment. It must end within `SECONDS`, and every decision that was acknowledged must be in the store.

CAPTIONLINT_BENCH_CLOSINGS sets how often (default 300), CAPTIONLINT_BENCH_SEED the seed.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import captionlint
from captionlint.db.operations import reviews
from captionlint.db.prelabel import demo
from captionlint.db.store import Store

PACKAGE_PATH = str(Path(captionlint.__file__).parents[1])
SECONDS = 5.0
"""How long a process may take to end once it was asked to."""
START = 120.0
"""Seconds in which a window must be in its state; only then it is asked to end."""
DOINGS = (
    "nothing", "import", "export", "prelabel", "learn", "heat", "summary", "queue", "search", "edit", "threshold",
    "reload",
)  # fmt: skip
OVERS = ("nothing", "about", "keys", "annotator", "file", "ignored", "problem", "welcome", "menu")
ENDS = ("close", "twice", "again", "quit", "SIGTERM", "SIGINT", "SIGHUP", "SIGTERM SIGTERM")
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Plan:
    """One closing: what is done before, and how the end comes.

    Attributes:
        decisions: how many are made, each when the one before has landed.
        early: the end comes `after` so many milliseconds whatever the window shows by then; else `after` the state.
        doing, over: what runs, and which dialogue is open.
        hurry: one more decision comes right before the end.
        lock: seconds for which another program holds the write lock from just before the end on.
        end: how the window is asked.
    """

    seed: int
    decisions: int
    early: bool
    after: int
    doing: str
    over: str
    hurry: bool
    lock: float
    end: str


@dataclass(frozen=True, slots=True)
class Ended:
    """How a closing went; `seconds` from the request to the process's end, None where it had to be killed."""

    plan: Plan
    seconds: float | None
    acknowledged: int
    problems: tuple[str, ...]


def planned(number: int, seed: int) -> Plan:
    """The plan of one closing; the same for the same numbers."""
    chance = random.Random(seed * 100_003 + number)
    early = chance.random() < 0.15
    over, end = chance.choice(OVERS), chance.choice(ENDS)
    if over == "welcome" and not end.startswith("SIG"):
        end = "quit"  # the program goes on with its other window else
    return Plan(
        seed=chance.randrange(2**31),
        decisions=chance.choice((0, 1, 1, 2, 3, 5)),
        early=early,
        after=chance.choice((0, 30, 200, 700)) if early else chance.choice((0, 0, 20, 100, 400, 1200)),
        doing=chance.choice(DOINGS),
        over=over,
        hurry=chance.random() < 0.6,
        lock=chance.choice((0, 0, 0, 0.3, 1.0, 2.0)),
        end=end,
    )


def run(plan: Plan, db: Path, home: Path, *, seconds: float = SECONDS) -> Ended:
    """Opens a window on a store and ends it as planned; kills it where it does not end."""
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": os.pathsep.join((str(ROOT), PACKAGE_PATH)),
    }
    environment |= dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"), str(home))
    command = [sys.executable, "-m", "tests.bench.closing_script", str(db), str(home), json.dumps(asdict(plan))]
    problems = []
    with (
        tempfile.TemporaryFile("w+") as errors,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=ROOT, env=environment
        ) as window,
    ):
        heard = _Heard(window, plan, db)
        if not heard.asked.wait(START):
            problems.append("the window came into no state")
        taken = heard.wait_for_end(seconds)
        if taken is None:
            problems.append(f"it did not end within {seconds:g} s")
            window.kill()
        heard.finish()
        if not problems and window.returncode:
            problems.append(f"it ended with {window.returncode}")
        errors.seek(0)
        problems += [errors.read()[-2000:].strip()] if problems else []
    problems += lost(db, heard.acknowledged)
    if Path(f"{db}.lock").exists() and taken is not None:
        problems.append("it left its lock behind")
    return Ended(plan, taken, len(heard.acknowledged), tuple(problems))


class _Heard:
    """Hears what a window says, holds the write lock and sends the signals that it waits for.

    Attributes:
        acknowledged: the status of each decision that the window called kept, by item.
        asked: set once the window was asked to end, or has ended by itself.
    """

    def __init__(self, window: subprocess.Popen[str], plan: Plan, db: Path) -> None:
        self._window, self._plan, self._db = window, plan, db
        self.acknowledged: dict[int, str] = {}
        self.asked = threading.Event()
        self._since = 0.0
        self._threads = [threading.Thread(target=self._read, daemon=True)]
        self._threads[0].start()

    def wait_for_end(self, seconds: float) -> float | None:
        """The seconds that the end took; None where it did not come in time."""
        since = self._since or time.monotonic()
        try:
            self._window.wait(max(since + seconds - time.monotonic(), 0.01))
        except subprocess.TimeoutExpired:
            return None
        return time.monotonic() - since

    def finish(self) -> None:
        """Waits for the last line of a process that is ending, and lets go of the store."""
        self.asked.set()
        self._window.wait(60)
        for thread in self._threads:
            thread.join(60)

    def _read(self) -> None:
        assert self._window.stdout is not None
        for line in self._window.stdout:
            word, *rest = line.split()
            if word == "committed":
                self.acknowledged[int(rest[0])] = rest[1]
            elif word == "lock":
                self._threads.append(threading.Thread(target=self._hold_lock, daemon=True))
                self._threads[-1].start()
            else:
                self._since = time.monotonic()
                self.asked.set()
                if word == "signal":
                    self._send()
        self.asked.set()

    def _hold_lock(self) -> None:
        """Writes to the store from before the end is asked for until some time after."""
        with closing(sqlite3.connect(self._db, isolation_level=None, timeout=30)) as other:
            other.execute("BEGIN IMMEDIATE")
            Path(f"{self._db}.locked").touch()
            self.asked.wait(START)
            time.sleep(self._plan.lock)
            other.rollback()

    def _send(self) -> None:
        for name in self._plan.end.split():
            self._window.send_signal(signal.Signals[name])
            time.sleep(0.02)


def lost(db: Path, acknowledged: dict[int, str]) -> list[str]:
    """What is not in the store though it was acknowledged."""
    found = []
    with Store.open(db, create=False) as store:
        for item_id, status in acknowledged.items():
            kept = [r.review.status for r in reviews.standing(store, item_id=item_id)]
            if kept != [status]:
                found.append(f"item {item_id} was acknowledged as {status}, and the store has {kept}")
    return found


def copied(source: Path, name: str) -> Path:
    """A copy of a closed store under another name beside it, where its images' paths lead to the same files."""
    return Path(shutil.copy(source, source.with_name(name)))


def main() -> None:
    times = int(os.environ.get("CAPTIONLINT_BENCH_CLOSINGS", "300"))
    seed = int(os.environ.get("CAPTIONLINT_BENCH_SEED", "13"))
    with tempfile.TemporaryDirectory(prefix="captionlint-closing-") as name:
        folder = Path(name)
        captions = demo.make(folder)
        shutil.copy(captions, folder / f"more{captions.suffix}")
        ended = []
        for number in range(times):
            db = copied(folder / demo.STORE, f"closing-{number}.db")
            home = folder / f"home-{number}"
            home.mkdir()
            ended.append(run(planned(number, seed), db, home))
            if ended[-1].problems:
                print(f"{number}: {ended[-1].plan}\n   " + "\n   ".join(ended[-1].problems), flush=True)
            for left in folder.glob(f"closing-{number}.db*"):
                left.unlink()
            shutil.rmtree(home, ignore_errors=True)
    sys.exit(1 if summed_up(ended, seed) else 0)


def summed_up(ended: list[Ended], seed: int) -> int:
    """Prints what came of all; returns how many went wrong."""
    bad = sum(bool(one.problems) for one in ended)
    taken = sorted(one.seconds for one in ended if one.seconds is not None)
    print(f"{len(ended)} closings (seed {seed}), {sum(one.acknowledged for one in ended)} acknowledged decisions")
    if taken:
        print(f"ended after {taken[len(taken) // 2]:.2f} s (median), {taken[-1]:.2f} s (longest)")
    print(f"{bad} went wrong" if bad else f"all ended within {SECONDS:g} s, and nothing acknowledged was lost")
    return bad


if __name__ == "__main__":
    main()
