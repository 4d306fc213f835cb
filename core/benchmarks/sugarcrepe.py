"""SugarCrepe (Hsieh et al. 2023, MIT licence): hard negative captions of COCO pictures, a file a piece.

Each file is an object by number with ``filename`` (val2017), ``caption`` and ``negative_caption``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from captionlint.core.benchmarks.cases import Case, Dataset, entries_of_pieces, need, pair_of_cases
from captionlint.core.errors import FormatError

PIECES: Final = ("add_att", "add_obj", "replace_att", "replace_obj", "replace_rel", "swap_att", "swap_obj")


def read(folder: Path) -> list[Case]:
    """Two cases a pair, of every piece whose file is there. Raises FormatError."""
    cases: list[Case] = []
    for piece, id, row in entries_of_pieces(folder, PIECES):
        need(row, ("filename", "caption", "negative_caption"), f"{piece}.json, entry {id}")
        image, right, wrong = row["filename"], row["caption"], row["negative_caption"]
        cases += pair_of_cases(id=f"{piece}/{id}", image=image, right=right, wrong=wrong, kind=piece)
    if not cases:
        raise FormatError(f"{folder} has no file of SugarCrepe, such as replace_att.json: give its data folder.")
    return cases


DATASET: Final = Dataset("sugarcrepe", read, "add_att.json, add_obj.json, …")
