"""Three Ctrl-C in a row at any moment of a command: it ends silently, and the store is whole.

CAPTIONLINT_INTERRUPTS says how many times each command is interrupted (2 by default).
"""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from functools import partial

import pytest
from made_reviews import reviews as made
from stores import photo

from captionlint.core.formats.records import SourceItem
from captionlint.core.review import Span
from captionlint.db.operations import items, predictions, reviews
from captionlint.db.store import Store

TIMES = int(os.environ.get("CAPTIONLINT_INTERRUPTS", "2"))
START = "from captionlint.cli.__main__ import run; import sys; print('begun', file=sys.stderr, flush=True); run()"
SAID = ("stopped after ", "0 added", "items written", "left out: ", "Drift: ", "On these reviews ")
"""How lines begin or what they hold that a command may say on stderr, whether it came to its end or not."""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the signals are POSIX's")


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory):
    """The bytes of a store with 400 captions of 200 images, scored and most of them reviewed, and its folder."""
    folder = tmp_path_factory.mktemp("interrupts")
    captions = made(400)
    images = {name: photo(folder, f"{name}.png", (n, 9, 9)) for n, name in enumerate({c.image for c in captions})}
    photo(folder)
    with Store.open(folder / "full.db") as store:
        rows = [SourceItem(images[c.image], c.prediction.caption, "", id=str(n)) for n, c in enumerate(captions)]
        items.add(store, rows)
        ids = list(items.ids(store))
        results = [(i, c.prediction) for i, c in zip(ids, captions, strict=True)]
        predictions.record(store, scorer_version="made-1", results=results, epsilon=-0.01)
        for item_id, caption in list(zip(ids, captions, strict=True))[:150]:
            words = zip(caption.prediction.words, caption.wrong, strict=True)
            reviews.correct(
                store, item_id=item_id, annotator="ana", spans=[Span(w.start, w.end) for w, bad in words if bad]
            )
    lines = [f"a.png,a red dog number {n}\n" for n in range(20_000)]
    (folder / "rows.csv").write_text("image,caption\n" + "".join(lines))
    return folder


def interrupted(folder, arguments, seconds):
    """Runs a command, interrupts it three times after so many seconds, and returns how it ended."""
    # A job in the background of a script ignores Ctrl-C, and so would all that it starts.
    heed = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    command = [sys.executable, "-c", START, *arguments]
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    running = subprocess.Popen(command, cwd=folder, preexec_fn=heed, **pipes)  # noqa: PLW1509
    try:
        assert running.stderr.readline() == "begun\n"
        time.sleep(seconds)
        for _ in range(3):
            running.send_signal(signal.SIGINT)
            time.sleep(0.02)
        _, said = running.communicate(timeout=120)
    finally:
        running.kill()
    return running.returncode, said


@pytest.mark.parametrize(
    ("arguments", "longest"),
    [
        (["import", "rows.csv"], 3.0),
        (["export", "out.jsonl", "--format", "words", "--unreviewed"], 2.0),
        (["calibrate"], 4.0),
        (["prelabel", "--model", "demo", "--batch-size", "4"], 12.0),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_three_interrupts_at_any_moment_are_silent(reviewed, tmp_path, arguments, longest):
    lots = random.Random(longest)
    for number in range(TIMES):
        store = tmp_path / f"{number}.db"
        store.write_bytes((reviewed / "full.db").read_bytes())
        # Half of them in the first half second, where the libraries are loaded.
        seconds = lots.uniform(0.05, 0.5 if number % 2 else longest)
        code, said = interrupted(reviewed, [*arguments, "--db", str(store)], seconds)
        assert code in (0, 1, 130, -signal.SIGINT), (seconds, said)
        odd = [line for line in said.splitlines() if not any(one in line for one in SAID)]
        assert not odd, (seconds, said)
        with sqlite3.connect(store) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.close()
        with Store.open(store) as opened:
            assert items.count(opened) >= 400
            assert len(reviews.standing(opened, item_id=1)) == 1
    assert not list(reviewed.glob(".out.jsonl.*")), "an export left its temporary file"
