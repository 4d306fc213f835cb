"""HAT (ALOHa, NAACL 2024): ``hat-trainval.json``, 400 machine captions whose words people judged one by one.

A list of ``sample_id``, ``caption``, ``image_path``, ``grounding`` ([[word, hallucinated], …], words between
spaces), ``contains_hallucination``, ``references``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from captionlint.core.benchmarks.cases import Case, Dataset, first_of, inside, load_json, need
from captionlint.core.errors import FormatError

FILE: Final = "hat-trainval.json"


def read(folder: Path) -> list[Case]:
    """A case a caption. Raises FormatError."""
    path = first_of(folder, [FILE])
    cases = []
    for number, row in enumerate(load_json(path)):
        where = f"{path.name}, entry {number}"
        need(row, ("sample_id", "caption", "image_path", "grounding"), where)
        spans = _spans(row["caption"], row["grounding"], where)
        flags = inside(row["caption"], spans)
        hits = frozenset(i for i, flag in enumerate(flags) if flag)
        cue = " ".join(row["caption"][s:e] for s, e in spans) or None
        references = tuple(row.get("references", ()))
        id, image, caption = str(row["sample_id"]), row["image_path"], row["caption"]
        cases.append(Case(id, image, caption, bool(spans), flags, hits, id, references, cue))
    return cases


def _spans(caption: str, grounding: list[Any], where: str) -> list[tuple[int, int]]:
    spans, cursor = [], 0
    for word, hallucinated in grounding:
        start = caption.find(word, cursor)
        if start < 0:
            raise FormatError(f"{where}: the word {word!r} of its grounding is not in the caption.")
        cursor = start + len(word)
        if hallucinated:
            spans.append((start, cursor))
    return spans


DATASET: Final = Dataset(
    "hat",
    read,
    FILE,
    paper=(
        ("CLIPScore (quoted there)", {"ap": 0.39}),
        ("ALOHa", {"la": 0.20, "ap": 0.49}),
        ("CLIP4DM ViT-B/32", {"la": 0.19, "ap": 0.36}),
        ("CLIP4DM ViT-H/14", {"la": 0.35, "ap": 0.36}),
    ),
)
