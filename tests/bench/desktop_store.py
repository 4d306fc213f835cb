"""A store for the window's bench: a hundred thousand scored items, the most suspicious with large photographs."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from captionlint.core.formats.records import SourceItem
from captionlint.core.prediction import Prediction, WordScore
from captionlint.core.text.words import split_pieces
from captionlint.db.operations import items, predictions, queue, scorers
from captionlint.db.store import Store

ITEMS = int(os.environ.get("CAPTIONLINT_BENCH_ITEMS", "100000"))
LARGE = 60
"""Items with a photograph of 12 megapixels each; they come first in the queue."""
LONG = "long"
SMALL = 500
BATCH = 1000
WORDS = "red dog cat sofa on a blue tree runs house near the old bicycle street window".split()  # noqa: SIM905
DETAILS = {"model": "demo", "pretrained": "", "layers": 3, "aggregate": "mean"}
"""So that the window scores with the bundled model."""


def make(folder: Path) -> Path:
    """Makes the store in `folder` and returns its path."""
    make_pictures(folder)
    path = folder / "review.db"
    with Store.open(path) as store:
        items.add(store, sources(folder))
        batch: list[tuple[int, Prediction]] = []
        for item_id, caption in everything(store):
            batch.append((item_id, scored(item_id, caption)))
            if len(batch) == BATCH:
                record(store, batch)
                batch = []
        record(store, batch)
        scorers.choose(store, version="demo-bench")
    return path


def record(store: Store, batch: list[tuple[int, Prediction]]) -> None:
    predictions.record(store, scorer_version="demo-bench", results=batch, details=DETAILS, epsilon=-5e-5)


def make_pictures(folder: Path) -> None:
    for number in range(SMALL):
        Image.new("RGB", (64, 64), (number % 256, number // 256, 5)).save(folder / f"{number}.png")
    rng = np.random.default_rng(0)
    for number in range(LARGE):
        rough = Image.fromarray(rng.integers(0, 255, (300, 400, 3), dtype=np.uint8))
        rough.resize((4000, 3000), Image.Resampling.BILINEAR).save(folder / f"large-{number}.jpg", quality=90)


def sources(folder: Path) -> Iterator[SourceItem]:
    """Captions of 12 words, large photographs first; the last one has 3,000 words."""
    lots = random.Random(0)
    for number in range(ITEMS - 1):
        picture = f"large-{number}.jpg" if number < LARGE else f"{number % SMALL}.png"
        caption = " ".join(lots.choices(WORDS, k=12))
        yield SourceItem(str(folder / picture), caption, f"line {number}", id=str(number))
    caption = " ".join(f"w{n}" for n in range(3000))
    yield SourceItem(str(folder / "0.png"), caption, "the last line", id=LONG)


def everything(store: Store) -> Iterator[tuple[int, str]]:
    after = None
    while page := queue.page(store, order="file", after=after, limit=5000):
        yield from ((entry.item_id, entry.caption) for entry in page)
        after = page[-1].item_id


def scored(item_id: int, caption: str) -> Prediction:
    """Random attributions; those of the first items are so low that they come first, in their order."""
    lots = random.Random(item_id)
    pieces = [p for p in split_pieces(caption) if p.is_word]
    size = 1e-4 if len(pieces) < 100 else 1e-5  # a long caption would come first by its length
    words = [WordScore(p.text, p.start, p.end, lots.gauss(0, size)) for p in pieces]
    if item_id <= LARGE:
        first = words[1]
        words[1] = WordScore(first.text, first.start, first.end, -1e-2 + 1e-5 * item_id)
    return Prediction("demo-bench", caption, 0.2, tuple(words))
