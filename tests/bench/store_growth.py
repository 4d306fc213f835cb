"""What repeated work costs as a store grows: ``python -m tests.bench store_growth``.

Prints a table: milliseconds, statements and steps of SQLite for each call, and the longest transaction that wrote.
The exit code is 1 where one of them held the write lock for more than `LONGEST` seconds.
CAPTIONLINT_BENCH_ITEMS names the sizes (20000,200000). Stores are built once and kept in CAPTIONLINT_BENCH_FOLDER
(build/bench, 600 bytes an item); a million items take some minutes. CAPTIONLINT_BENCH_CALIBRATE=1 adds `calibrate`.

An earlier version is measured by its own code with this file, its stores built by that version, since they are
migrated by a later one: ``cd EARLIER; CAPTIONLINT_BENCH_FOLDER=… PYTHONPATH=. python …/tests/bench/store_growth.py``
"""

from __future__ import annotations

import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Pool, event

sys.path.append(str(Path(__file__).parent.parent / "shared"))

from growth import Cost, measured

from captionlint.core.formats.records import SourceItem
from captionlint.core.prediction import Failure, Prediction, WordScore
from captionlint.core.review import Review, Span
from captionlint.core.text.words import split_pieces
from captionlint.db.operations import (
    active_learning,
    calibration,
    ignored_words,
    items,
    predictions,
    queue,
    queue_rows,
    reviews,
    scorers,
    stats,
    undo,
)
from captionlint.db.operations import (
    export as exports,
)
from captionlint.db.operations.split import split
from captionlint.db.rows.filters import Filters
from captionlint.db.store import Store

SIZES = tuple(map(int, os.environ.get("CAPTIONLINT_BENCH_ITEMS", "20000,200000").split(",")))
FOLDER = Path(os.environ.get("CAPTIONLINT_BENCH_FOLDER", "build/bench"))
WITH_CALIBRATION = bool(os.environ.get("CAPTIONLINT_BENCH_CALIBRATE"))
LONGEST = 1.0
CALLS = 20
BATCH = 1000
WAITING = 1000
REVIEWS = 2500
RARE = 20
SENTENCE = "red dog cat sofa on a blue tree runs house near the old bicycle street window"
WORDS = SENTENCE.split()
PENDING = Filters(status=("pending",))


@dataclass
class Row:
    """One path: what its calls cost, and the longest that one of its transactions held the write lock."""

    title: str
    seconds: list[float] = field(default_factory=list)
    costs: list[Cost] = field(default_factory=list)
    held: float = 0.0


class Holding:
    """How long each transaction that writes holds the lock: from its begin until its connection is free again."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._since: dict[int, float] = {}

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Watches all stores of this process."""
        event.listen(Engine, "after_cursor_execute", self._executed)
        event.listen(Pool, "checkin", self._free)
        try:
            yield
        finally:
            event.remove(Engine, "after_cursor_execute", self._executed)
            event.remove(Pool, "checkin", self._free)

    def _executed(self, connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement == "BEGIN IMMEDIATE":
            self._since[id(connection.connection.dbapi_connection)] = time.perf_counter()

    def _free(self, connection: Any, _record: Any) -> None:
        since = self._since.pop(id(connection), None)
        if since is not None:
            self.longest = max(self.longest, time.perf_counter() - since)


def main() -> None:
    """Measures every size and prints one table."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    tables = []
    for size in SIZES:
        built = FOLDER / f"store-{size}.db"
        if not built.exists():
            start = time.perf_counter()
            build(built, size)
            say(f"built {size:,} items in {time.perf_counter() - start:.0f} s")
        with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
            copy = Path(folder) / "review.db"
            shutil.copyfile(built, copy)
            with Store.open(copy) as store:
                tables.append(measure(store, Path(folder), size))
    show(tables)
    if held_too_long(tables):
        sys.exit(1)


def build(path: Path, size: int) -> None:
    """Items of a picture each five, on the web; all but the last `WAITING` scored, one in twenty failed."""
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.unlink(missing_ok=True)
    with Store.open(unfinished) as store:
        items.add(store, sources(size))
        after: int | None = None
        while page := queue.page(store, order="file", after=after, limit=BATCH):
            after = page[-1].item_id
            page = tuple(entry for entry in page if entry.item_id <= size - WAITING)
            predictions.record(store, scorer_version="bench", results=[result(e.item_id, e.caption) for e in page])
    unfinished.rename(path)


def sources(size: int, first: int = 0) -> Iterator[SourceItem]:
    """Captions of twelve words; `RARE` of them hold a word that no other one has."""
    lots = random.Random(first)
    for number in range(first, first + size):
        caption = " ".join(lots.choices(WORDS, k=12))
        if number % max(1, size // RARE) == 0 and not first:
            caption += " axolotl"
        said = (review(number),) if number % max(1, size // REVIEWS) == 0 and not first else ()
        image = f"https://example.org/{number // 5}.jpg"
        yield SourceItem(image, caption, f"line {number}", id=str(number), reviews=said)


def review(number: int) -> Review:
    """One in three is wrong: the first word is marked."""
    when = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
    spans = (Span(0, 1),) if number % 3 else ()
    return Review("corrected" if spans else "accepted", spans, None, "ana", when, 3.0)


def result(item_id: int, caption: str) -> tuple[int, Prediction | Failure]:
    if item_id % 20 == 0:
        return item_id, Failure("bench", caption, f"https://example.org/{item_id}.jpg: the connection was lost.")
    lots = random.Random(item_id)
    pieces = [piece for piece in split_pieces(caption) if piece.is_word]
    words = tuple(WordScore(p.text, p.start, p.end, lots.gauss(5e-5, 1e-4)) for p in pieces)
    return item_id, Prediction("bench", caption, lots.random(), words)


def decide(store: Store, item_id: int) -> Any:
    return reviews.correct(store, item_id=item_id, annotator="ana", spans=[Span(0, 1)], seconds=3.0)


def measure(store: Store, folder: Path, size: int) -> list[Row]:
    rows = []
    for title, calls in paths(store, folder, size):
        holding, row = Holding(), Row(title)
        with holding.watched(), measured(grain=100) as cost:
            for call in calls:
                before, start = cost.now(), time.perf_counter()
                call()
                row.seconds.append(time.perf_counter() - start)
                row.costs.append(cost - before)
        row.held = holding.longest
        rows.append(row)
        say(f"{size:,}: {title}: {1000 * statistics.median(row.seconds):.1f} ms")
    return rows


def paths(store: Store, folder: Path, size: int) -> Iterator[tuple[str, list[Callable[[], object]]]]:
    """What a person or a run repeats, and what reads everything; each with the calls to make."""
    yield "open: first page and counts", [partial(queue.page, store), partial(on_opening, store)]
    ids = queue.item_ids(store)
    some = [ids[len(ids) * n // (CALLS + 1)] for n in range(1, CALLS + 1)]
    for order in ("suspicious", "uncertain", "random", "file"):
        for title, filters in (("next", PENDING), ("page behind", Filters())):
            call = queue.following if title == "next" else partial(queue.page, limit=64)
            ways = [partial(call, store, order=order, filters=filters, after=i) for i in some]
            yield f"{title}: {order}", ways
    made: list[Any] = []
    yield "decide", [lambda i=i: made.append(decide(store, i)) for i in some]
    yield "counts after a decision", [partial(after_decision, store, decision) for decision in made]
    yield "undo", [partial(undo.undo, store, annotator="ana") for _ in some]
    yield "lines of the queue", [partial(queue_rows.read, store, item_ids=some) for _ in range(3)]
    for title, filters in (("rare", Filters(text="axolotl")), ("frequent", Filters(text="bicy"))):
        yield f"search, list: {title}", [partial(queue.item_ids, store, filters=filters)]
        yield f"search, page: {title}", [partial(queue.page, store, filters=filters, limit=64)]
        yield f"search, next: {title}", [partial(queue.following, store, filters=filters, after=i) for i in some[:5]]
    waiting = [e for e in queue.page(store, order="file", after=size - WAITING, limit=WAITING)]
    batches = [[result(e.item_id, e.caption) for e in waiting[n : n + 32]] for n in range(0, 32 * CALLS, 32)]
    yield (
        "pre-label: batch of 32",
        [partial(predictions.record, store, scorer_version="bench", results=b) for b in batches],
    )
    new = list(sources(10 * BATCH, first=size))
    yield "import: batch of 1000", [partial(items.add, store, new[n : n + BATCH]) for n in range(0, len(new), BATCH)]
    yield "import again: batch of 1000", [partial(items.add, store, new[:BATCH])]
    yield "never mark: rare word", [partial(ignored_words.ignore, store, word="axolotl")]
    yield "never mark: frequent word", [partial(ignored_words.ignore, store, word="dog")]
    yield "mark again: frequent word", [partial(ignored_words.heed, store, word="dog")]
    yield "threshold", [partial(scorers.set_epsilon, store, epsilon=-7e-5)]
    yield "what the threshold marks", [partial(queue_rows.distribution, store)]
    yield "most instructive", [partial(active_learning.most_instructive, store)]
    yield "split for two", [partial(split, store, annotators=["ana", "ben"], folder=folder / "parts")]
    export = partial(exports.write, store, format="words", out=folder / "all.jsonl", unreviewed=True)
    yield "export of everything", [export]
    if WITH_CALIBRATION:
        yield "calibrate", [partial(calibrate, store)]


def on_opening(store: Store) -> object:
    """What the window counts when it opens a store; versions before 0.1 counted failures too."""
    return getattr(stats, "statuses", stats.counts)(store)


def after_decision(store: Store, decision: Any) -> object:
    """What the window does to count a decision."""
    known = getattr(stats, "Statuses", None)
    if known is None:
        return stats.counts(store)
    return known(dict.fromkeys(("pending", "accepted", "corrected", "rejected", "skipped"), 9)).after(decision)


def calibrate(store: Store) -> object:
    return calibration.adopt(store, calibration=calibration.learn(store).calibration)


def show(tables: list[list[Row]]) -> None:
    """One line a path, the sizes side by side."""
    say("\n" + f"{'':30}" + "".join(f"{size:>47,} items" for size in SIZES))
    say(f"{'':30}" + f"{'ms':>12}{'statements':>12}{'steps':>14}{'lock ms':>11}    " * len(tables))
    for rows in zip(*tables, strict=True):
        say(f"{rows[0].title:30}" + "".join(f"{_cells(row)}    " for row in rows))
    for size, table in zip(SIZES, tables, strict=True):
        worst = max(table, key=lambda row: row.held)
        say(f"{size:,} items: the write lock was held for {1000 * worst.held:.0f} ms at most ({worst.title})")


def held_too_long(tables: list[list[Row]]) -> bool:
    """Names each path with a transaction that held the write lock for too long, and tells whether there is one."""
    late = [(size, row) for size, table in zip(SIZES, tables, strict=True) for row in table if row.held > LONGEST]
    for size, row in late:
        say(f"TOO LONG: {size:,} items: {row.title}: the write lock was held for {1000 * row.held:.0f} ms")
    return bool(late)


def _cells(row: Row) -> str:
    median = statistics.median
    took = 1000 * median(row.seconds)
    said, steps = median(c.statements for c in row.costs), median(c.steps for c in row.costs)
    return f"{took:12,.1f}{said:12,.0f}{steps:14,.0f}{1000 * row.held:11,.1f}"


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
