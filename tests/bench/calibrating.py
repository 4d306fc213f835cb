"""Time and memory of ``captionlint calibrate``: ``python -m tests.bench calibrating``.

CAPTIONLINT_BENCH_ITEMS sets the number of items (300,000); 2,500 of them are reviewed. Every image has two captions,
a word in ten is wrong and scores lower. Synthetic: the figures that are printed say nothing about photographs.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from captionlint.core.prediction import Prediction, WordScore
from captionlint.core.review import Review, Span
from captionlint.db import schema
from captionlint.db.operations import predictions
from captionlint.db.rows import import_batch, lookups, revisions
from captionlint.db.store import Store

ITEMS = int(os.environ.get("CAPTIONLINT_BENCH_ITEMS", "300000"))
REVIEWED = 2500
BATCH = 1000
SENTENCE = "red dog cat sofa on a blue tree runs house near the old bicycle street window two large"
WORDS = SENTENCE.split()


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "review.db")
        fill(path, ITEMS, REVIEWED)
        begun = time.perf_counter()
        peak = calibrate(path)
        sys.stdout.write(
            f"calibrate, {ITEMS:,} items, {REVIEWED:,} reviewed: {time.perf_counter() - begun:.1f} s, {peak:.0f} MiB\n"
        )


def calibrate(path: Path) -> float:
    """Runs the command in a process of its own; its peak memory in MiB."""
    command = [sys.executable, "-m", "captionlint.cli", "calibrate", "--db", str(path)]
    process = subprocess.Popen(command)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"calibrate failed ({os.waitstatus_to_exitcode(status)})")
    return used.ru_maxrss / 1024


def fill(path: Path, count: int, reviewed: int) -> None:
    """A scored store; `reviewed` items, evenly spread, are reviewed as their makers know them."""
    lots = random.Random(0)
    every = max(count // reviewed, 1)
    with Store.open(path) as store:
        for start in range(1, count + 1, BATCH):
            ids = range(start, min(start + BATCH, count + 1))
            made = {item_id: _caption(lots) for item_id in ids}
            _insert(store, {item_id: prediction.caption for item_id, (prediction, _) in made.items()})
            results = [(item_id, prediction) for item_id, (prediction, _) in made.items()]
            predictions.record(store, scorer_version="bench", results=results)
            chosen = [item_id for item_id in ids if item_id % every == 0]
            with store.writing() as session:
                revisions.append(session, [_revision(item_id, made[item_id][1]) for item_id in chosen])


def _caption(lots: random.Random) -> tuple[Prediction, tuple[Span, ...]]:
    words, spans, start = [], [], 0
    for text in lots.choices(WORDS, k=lots.randint(6, 18)):
        is_wrong = lots.random() < 0.1
        words.append(WordScore(text, start, start + len(text), lots.gauss(-1e-4 if is_wrong else 1e-4, 1e-4)))
        if is_wrong:
            spans.append(Span(start, start + len(text)))
        start += len(text) + 1
    return Prediction("bench", " ".join(w.text for w in words), lots.gauss(0.25, 0.03), tuple(words)), tuple(spans)


def _insert(store: Store, captions: dict[int, str]) -> None:
    images = sorted({(item_id + 1) // 2 for item_id in captions})
    with store.writing(repeatable=True) as session:
        rows = [{"id": n, "location": f"https://example.org/{n}.jpg"} for n in images]
        lookups.upsert(session, schema.Image, rows, replace=False)
        items = []
        for item_id, caption in captions.items():
            shuffle, blind_rank = import_batch.draws(str(item_id))
            items.append(
                {
                    "id": item_id,
                    "source_id": str(item_id),
                    "image_id": (item_id + 1) // 2,
                    "caption": caption,
                    "shuffle": shuffle,
                    "blind_rank": blind_rank,
                    "status": "pending",
                    "suspicion": schema.UNRANKED,
                    "margin": schema.UNRANKED,
                }
            )
        import_batch.insert_items(session, items)


def _revision(item_id: int, spans: tuple[Span, ...]) -> revisions.NewRevision:
    review = Review("corrected" if spans else "accepted", spans, None, "ana", datetime.now(UTC))
    return revisions.NewRevision(item_id, "import", review)


if __name__ == "__main__":
    main()
