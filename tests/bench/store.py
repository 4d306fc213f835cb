"""Speed and memory of the store: ``python -m tests.bench store``. CAPTIONLINT_BENCH_ITEMS sets its size (100,000).

Rates stand beside what bare sqlite3 does with the same rows in the same run, since disks and machines differ.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from captionlint.core.formats.records import SourceItem
from captionlint.core.formats.writing import open_writer
from captionlint.core.prediction import Prediction, WordScore
from captionlint.core.text.words import split_pieces
from captionlint.db.operations import active_learning, export, items, predictions, queue, queue_rows, scorers, stats
from captionlint.db.rows.filters import Filters
from captionlint.db.store import Store

ITEMS = int(os.environ.get("CAPTIONLINT_BENCH_ITEMS", "100000"))
PICTURES = 1000
BATCH = 1000
SENTENCE = "red dog cat sofa on a blue tree runs house near the old bicycle street window"
WORDS = SENTENCE.split()


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_pictures(folder)
        path = folder / "review.db"
        say(f"{ITEMS:,} items, {PICTURES:,} pictures")
        fill(path, folder)
        look(path)
        memory(folder)


def fill(path: Path, folder: Path) -> None:
    rows = list(sources(folder, ITEMS))
    bare = rate(lambda: plain_sqlite(folder / "plain.db", rows))
    with Store.open(path) as store:
        imported = rate(lambda: items.add(store, rows))
        again = rate(lambda: items.add(store, rows))
        results = list(make_results(store))
        recorded = rate(lambda: record(store, results))
    say(f"import               {imported:9,.0f} rows/s   {imported / bare:.2f} of bare sqlite3 ({bare:,.0f})")
    say(f"import again         {again:9,.0f} rows/s")
    say(f"prediction writing   {recorded:9,.0f} rows/s")


def look(path: Path) -> None:
    store = Store.open(path)
    queue.page(store)
    store.close()  # imports and the file's first reading are not the store's time
    shown: list[tuple[str, float, float]] = []
    with timed(shown, "open and first page", 300):
        store = Store.open(path)
        queue.page(store)
    ids = queue.item_ids(store)
    middle = [ids[len(ids) * n // 21] for n in range(1, 21)]
    shown.append(("next item", median(lambda i: queue.following(store, after=i), middle), 20))
    for title in ("choose what teaches most", "the same, still good"):
        with timed(shown, title, 200):
            active_learning.arrange(store)
    for order in ("suspicious", "uncertain", "instructive", "random", "file"):
        shown.append((f"sort: {order}", worst(lambda o=order: queue.page(store, order=o)), 200))
    for title, filters in FILTERS.items():
        both = lambda f=filters: (queue.page(store, filters=f), queue.count(store, filters=f))  # noqa: E731
        shown.append((f"filter and count: {title}", worst(both), 200))
    shown.append(("words flagged at any epsilon", worst(lambda: queue_rows.distribution(store)), 1000))
    with timed(shown, "a new epsilon", 5000):
        scorers.set_epsilon(store, epsilon=-7e-5)
    with timed(shown, "stats", 1000):
        stats.counts(store)
    store.close()
    for title, milliseconds, limit in shown:
        say(f"{title:32} {milliseconds:8.1f} ms   {milliseconds / limit:5.2f} of {limit} ms")


FILTERS = {
    "status": Filters(status=("pending",)),
    "no such status": Filters(status=("rejected",)),
    "word": Filters(word="bicycle"),
    "full text": Filters(text="bicy str"),
    "another script": Filters(text="犬"),
    "score": Filters(score=(-1e-3, -1e-4)),
    "annotator": Filters(annotator="ana", status=("pending",)),
    "kind": Filters(kind="object"),
}


def memory(folder: Path) -> None:
    """Peak memory of an export in a process of its own, for a tenth of the items and for all."""
    peaks = [in_process(export_peak, folder, number) for number in (ITEMS // 10, ITEMS)]
    say(f"peak memory of an export: {peaks[1]:.0f} MiB, {peaks[1] / peaks[0]:.2f} of a tenth's ({peaks[0]:.0f} MiB)")


def export_peak(folder: Path, number: int) -> float:
    with Store.open(folder / "review.db") as store:
        rows = export.items(store, root=folder, unreviewed=True)
        with open_writer("words", folder / f"{number}.jsonl", unreviewed=True) as writer:
            for _, item in zip(range(number), rows, strict=False):
                writer.write(item)
        rows.close()
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) / 1024  # ru_maxrss would begin with what the parent held


def in_process(work: Callable[..., float], *arguments: Any) -> float:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, arguments)


def make_pictures(folder: Path) -> None:
    for number in range(PICTURES):
        Image.new("RGB", (64, 64), (number % 256, number // 256, 5)).save(folder / f"{number}.png")


def sources(folder: Path, count: int) -> Iterator[SourceItem]:
    lots = random.Random(0)
    for number in range(count):
        caption = " ".join(lots.choices(WORDS, k=12))
        yield SourceItem(str(folder / f"{number * PICTURES // count}.png"), caption, f"line {number}", id=str(number))


def make_results(store: Store) -> Iterator[tuple[int, Prediction]]:
    lots = random.Random(1)
    for entry in _everything(store):
        words = tuple(
            WordScore(p.text, p.start, p.end, lots.gauss(0, 1e-4)) for p in split_pieces(entry.caption) if p.is_word
        )
        yield entry.item_id, Prediction("bench", entry.caption, lots.random(), words)


def _everything(store: Store) -> Iterator[Any]:
    after = None
    while page := queue.page(store, order="file", after=after, limit=5000):
        yield from page
        after = page[-1].item_id


def record(store: Store, results: list[tuple[int, Prediction]]) -> None:
    for start in range(0, len(results), BATCH):
        predictions.record(store, scorer_version="bench", results=results[start : start + BATCH])


def plain_sqlite(path: Path, rows: list[SourceItem]) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, source_id TEXT UNIQUE, image TEXT, caption TEXT)")
    for start in range(0, len(rows), BATCH):
        batch = [(r.id, r.image, r.caption) for r in rows[start : start + BATCH]]
        with connection:
            connection.executemany("INSERT INTO item (source_id, image, caption) VALUES (?, ?, ?)", batch)
    connection.close()


def rate(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return ITEMS / (time.perf_counter() - start)


def median(work: Callable[[int], object], arguments: list[int]) -> float:
    times = []
    for argument in arguments:
        start = time.perf_counter()
        work(argument)
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def worst(work: Callable[[], object]) -> float:
    """The slowest of three runs, in milliseconds."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return 1000 * max(times)


class timed:
    """Times a block into a list of (title, milliseconds, limit)."""

    def __init__(self, into: list[tuple[str, float, float]], title: str, limit: float) -> None:
        self.into, self.title, self.limit = into, title, limit

    def __enter__(self) -> None:
        self.start = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.into.append((self.title, 1000 * (time.perf_counter() - self.start), self.limit))


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
