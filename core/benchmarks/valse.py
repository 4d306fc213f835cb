"""VALSE (Parcalabescu et al. 2022, MIT licence): pairs with one linguistic phenomenon changed, a file a piece.

Each file is an object by id with ``image_file``, ``caption``, ``foil`` and ``mturk`` votes; as published results do,
only pairs are kept whose caption at least two of three people chose.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from captionlint.core.benchmarks.cases import Case, Dataset, entries_of_pieces, need, pair_of_cases
from captionlint.core.errors import FormatError

PIECES: Final = (
    "existence", "plurals", "counting-hard", "counting-small-quant", "counting-adversarial", "relations",
    "action-replacement", "actant-swap", "coreference-standard", "coreference-hard", "foil-it",
)  # fmt: skip


def read(folder: Path) -> list[Case]:
    """Two cases a pair, of every piece whose file is there. Raises FormatError."""
    cases: list[Case] = []
    for piece, id, row in entries_of_pieces(folder, PIECES):
        need(row, ("image_file", "caption", "foil"), f"{piece}.json, entry {id}")
        if row.get("mturk", {}).get("caption", 3) >= 2:
            image, right, wrong = row["image_file"], row["caption"], row["foil"]
            cases += pair_of_cases(id=f"{piece}/{id}", image=image, right=right, wrong=wrong, kind=piece)
    if not cases:
        raise FormatError(f"{folder} has no file of VALSE, such as existence.json: give its data folder as --data.")
    return cases


DATASET: Final = Dataset("valse", read, "existence.json, plurals.json, …")
