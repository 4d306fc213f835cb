"""FOIL-COCO (Shekhar et al. 2017): ``foilv1.0_test_2017.json``, captions with one noun swapped.

``images`` with ``id``, ``file_name``; ``annotations`` with ``id``, ``image_id``, ``caption``, ``foil``,
``foil_word`` ("ORIG" in originals), ``target_word``. An original and its foils share the annotation's ``id``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from captionlint.core.benchmarks.cases import Case, Dataset, first_of, inside, load_json, need, occurrences, words_of
from captionlint.core.errors import FormatError

FILES: Final = ("foilv1.0_test_2017.json",)


def read(folder: Path) -> list[Case]:
    """A case an annotation. Raises FormatError."""
    path = first_of(folder, FILES)
    content = load_json(path)
    need(content, ("images", "annotations"), path.name)
    names = {image["id"]: image["file_name"] for image in content["images"]}
    cases = []
    for number, row in enumerate(content["annotations"]):
        need(row, ("id", "image_id", "caption", "foil_word"), f"{path.name}, annotation {number}")
        if row["image_id"] not in names:
            raise FormatError(f"{path.name}: annotation {number} names image {row['image_id']}, which is not listed.")
        caption, word = row["caption"], row["foil_word"]
        foil = word != "ORIG"
        flags = inside(caption, occurrences(caption, word)) if foil else (False,) * len(words_of(caption))
        hits = frozenset(i for i, flag in enumerate(flags) if flag and len(words_of(word)) == 1)
        cue = word if foil else None
        cases.append(
            Case(str(number), names[row["image_id"]], caption, foil, flags, hits, pair=str(row["id"]), cue=cue)
        )
    return cases


DATASET: Final = Dataset(
    "foil",
    read,
    FILES[0],
    mode="most_negative",
    positive="original",
    chance="one",
    paper=(
        ("CLIPScore ViT-B/32", {"ap": 0.71}),
        ("CLIPScore ViT-H/14", {"ap": 0.76}),
        ("ALOHa", {"la": 0.40, "ap": 0.61}),
        ("CLIP4DM ViT-B/32", {"la": 0.73, "ap": 0.71}),
        ("CLIP4DM ViT-H/14", {"la": 0.84, "ap": 0.81}),
    ),
)
