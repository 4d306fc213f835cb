"""The demo set as a store: drawn scenes, written as files, imported and scored by the bundled model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from captionlint.core.demo.dataset import write_dataset
from captionlint.core.formats.reading import read
from captionlint.db.operations import items
from captionlint.db.prelabel.local import Progress, prelabel
from captionlint.db.store import Store

COUNT = 64
SEED = 7
STORE = "review.db"


def make(
    folder: Path, *, count: int = COUNT, seed: int = SEED, on_progress: Callable[[Progress], None] | None = None
) -> Path:
    """Writes the scenes into a folder and fills ``review.db`` there; returns the captions' file.

    What is there already is kept: a second run scores only what is new. Loads torch.
    """
    from captionlint.core.clip.scorer import Scorer

    source = write_dataset(folder, count=count, seed=seed)
    with Store.open(folder / STORE) as store:
        items.add(store, read(source), update=True)
        prelabel(store, Scorer.from_pretrained("demo"), on_progress=on_progress)
    return source
