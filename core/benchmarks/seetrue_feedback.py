"""SeeTRUE-Feedback (Mismatch Quest, Gordon et al. 2023): captions, and what in each does not match its picture.

Rows as JSON Lines (``metadata.jsonl``, as the hub serves the split) with ``image_caption``, ``caption_misalignment``
(the cue) and the picture's ``file_name`` or ``image``. Measured by entailment: whether the cue entails the words
that were found (the published figures use bart-large-mnli); the entailment model is plugged in.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from captionlint.core.benchmarks.cases import Case, Dataset, first_of, inside, need, occurrences
from captionlint.core.errors import FormatError
from captionlint.core.formats.files.json_text import parse
from captionlint.core.formats.records import RowError

FILES: Final = ("metadata.jsonl", "test/metadata.jsonl", "test.jsonl")


def read(folder: Path) -> list[Case]:
    """A case a row; words of the cue that stand in the caption are wrong. Raises FormatError."""
    path = first_of(folder, FILES)
    cases = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        where = f"{path.name}, line {number}"
        try:
            row = parse(line)
        except RowError as error:
            raise FormatError(f"{where}: {error}") from error
        need(row, ("image_caption", "caption_misalignment"), where)
        image = str(row.get("file_name") or row.get("image") or "")
        caption, cue = row["image_caption"], row["caption_misalignment"]
        flags = inside(caption, occurrences(caption, cue))
        hits = frozenset(i for i, flag in enumerate(flags) if flag)
        cases.append(Case(str(row.get("id", number)), image, caption, True, flags, hits, str(number), cue=cue))
    return cases


DATASET: Final = Dataset(
    "seetrue-feedback",
    read,
    FILES[0],
    paper=(
        ("PaLI 5B", {"nli": 0.226}),
        ("CLIP4DM ViT-B/32", {"nli": 0.605}),
        ("CLIP4DM ViT-H/14", {"nli": 0.660}),
        ("PaLI 17B, fine-tuned on Mismatch Quest", {"nli": 0.785}),
    ),
)
