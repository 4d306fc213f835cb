"""What a heat map costs, in image encodes: ``python -m tests.bench heat``. ViT-B-32 dimensions, random weights."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import torch

from captionlint.core.clip.heatmap import HeatMaps
from captionlint.core.clip.scorer import Scorer
from captionlint.core.images.opening import open_image
from tests.bench.scoring import line, load, make_pictures, medians

WORDS = ("dog", "cat", "bicycle", "street", "window", "house", "tree", "shirt")


THREADS = max(1, (os.cpu_count() or 2) // 2)
"""As many as the window's scorer takes."""


def main() -> None:
    torch.set_num_threads(THREADS)
    scorer = Scorer(load())
    with tempfile.TemporaryDirectory() as name:
        path = make_pictures(Path(name), 1)[0]
        pixels = scorer.transform(open_image(path))[None]
        maps = HeatMaps(scorer)
        names = fresh()
        found = medians({
            "encode": lambda: scorer.picture_tower.encode(pixels),
            "word": lambda: maps.of_word(path, next(names)),
            "eight": lambda: maps.of_words(path, [f"{word} {next(names)}" for word in WORDS]),
            "first": lambda: HeatMaps(scorer).of_word(path, next(names)),
        }, rounds=15)  # fmt: skip
    encode = found["encode"]
    ms = {kind: f"{1e3 * seconds:.1f} ms" for kind, seconds in found.items()}
    print(f"ViT-B-32 dimensions, random weights, {THREADS} thread(s); one image encode {ms['encode']}\n")
    line("heat map of one word / one image encode", found["word"] / encode, "<= 0.5", ms["word"])
    line("each of eight words at once / one image encode", found["eight"] / 8 / encode, "", ms["eight"])
    line("the first word of a new picture / one image encode", found["first"] / encode, "", ms["first"])


def fresh() -> Iterator[str]:
    """Words that were not seen before."""
    number = 0
    while True:
        number += 1
        yield f"dog {number}"
