"""nocaps-FOIL (ALOHa, NAACL 2024): ``nocaps-val-foil.json``, 2,500 captions each with one noun swapped.

A list of ``image_path``, ``baseline``, ``foil``, ``replacement`` ([original, foil]), ``references``, ``domain``.
Evaluated as 5,000 captions. A foil of two words can never equal one predicted word: hence the ceiling.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from captionlint.core.benchmarks.cases import Case, Dataset, first_of, inside, load_json, need, occurrences, words_of

FILE: Final = "nocaps-val-foil.json"


def read(folder: Path) -> list[Case]:
    """Two cases a row: the foil and the original. Raises FormatError."""
    path = first_of(folder, [FILE])
    cases: list[Case] = []
    for number, row in enumerate(load_json(path)):
        need(row, ("image_path", "baseline", "foil", "replacement"), f"{path.name}, entry {number}")
        cases += _pair(str(number), row)
    return cases


def _pair(id: str, row: dict[str, Any]) -> list[Case]:
    image, right, foil = row["image_path"], row["baseline"], row["foil"]
    references, kind = tuple(row.get("references", ())), row.get("domain", "")
    word = row["replacement"][1]
    flags = inside(foil, occurrences(foil, word))
    single = len(words_of(word)) == 1
    hits = frozenset(i for i, flag in enumerate(flags) if flag and single)
    none = (False,) * len(words_of(right))
    return [
        Case(f"{id}:right", image, right, False, none, pair=id, references=references, kind=kind),
        Case(f"{id}:foil", image, foil, True, flags, hits, id, references, cue=word, kind=kind),
    ]


DATASET: Final = Dataset(
    "nocaps-foil",
    read,
    FILE,
    mode="most_negative",
    positive="original",
    chance="one",
    paper=(
        ("CLIPScore ViT-B/32", {"ap": 0.69}),
        ("CLIPScore ViT-H/14", {"ap": 0.72}),
        ("ALOHa", {"la": 0.45, "ap": 0.70}),
        ("CLIP4DM ViT-B/32", {"la": 0.60, "ap": 0.69}),
        ("CLIP4DM ViT-H/14", {"la": 0.72, "ap": 0.80}),
    ),
)
