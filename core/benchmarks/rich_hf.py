"""Rich-HF 18k (Liang et al. 2024): prompts of generated pictures, which of their words are not drawn, and scores.

``test.tfrecord`` as published gives ``filename``, ``prompt_misalignment_label`` ("0 1 1 …", 0: misaligned) and
``misalignment_score`` (1 is aligned best). The prompts are Pick-a-Pic's and not in it: put them beside it as
``prompts.jsonl`` with ``filename`` and ``prompt``. Labels go by tokens between the characters ``,.?!":;`` and spaces.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from captionlint.core.benchmarks.cases import Case, Dataset, first_of, inside, need
from captionlint.core.benchmarks.tfrecord import read_examples
from captionlint.core.errors import FormatError
from captionlint.core.formats.files.json_text import parse
from captionlint.core.formats.records import RowError

FILE: Final = "test.tfrecord"
PROMPTS: Final = "prompts.jsonl"
_TOKEN: Final = re.compile(r'[^,.?!":; ]+')


def read(folder: Path) -> list[Case]:
    """A case a picture whose prompt is known. Raises FormatError."""
    prompts = _prompts(first_of(folder, [PROMPTS]))
    cases = []
    for number, example in enumerate(read_examples(first_of(folder, [FILE]))):
        need(example, ("filename", "prompt_misalignment_label"), f"{FILE}, record {number}")
        name = str(_one(example["filename"]))
        if name in prompts:
            cases.append(_case(name, prompts[name], example, f"{FILE}, record {number}"))
    if not cases:
        raise FormatError(f"{PROMPTS} names none of the pictures of {FILE}: its filename must be as in the records.")
    return cases


def _case(name: str, prompt: str, example: dict[str, Any], where: str) -> Case:
    labels = str(_one(example["prompt_misalignment_label"])).split()
    tokens = [(found.start(), found.end()) for found in _TOKEN.finditer(prompt)]
    if len(labels) != len(tokens):
        raise FormatError(f"{where}: {len(labels)} labels for {len(tokens)} tokens of its prompt: is it the right one?")
    spans = [token for token, label in zip(tokens, labels, strict=True) if label == "0"]
    flags = inside(prompt, spans)
    hits = frozenset(i for i, flag in enumerate(flags) if flag)
    cue = " ".join(prompt[s:e] for s, e in spans) or None
    score = _one(example.get("misalignment_score", [None]))
    human = None if score is None else float(score)
    return Case(name, name, prompt, bool(spans), flags, hits, name, cue=cue, human=human)


def _one(values: Any) -> Any:
    return values[0] if isinstance(values, list) and values else values


def _prompts(path: Path) -> dict[str, str]:
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = parse(line)
        except RowError as error:
            raise FormatError(f"{path.name}, line {number}: {error}") from error
        need(row, ("filename", "prompt"), f"{path.name}, line {number}")
        found[row["filename"]] = row["prompt"]
    return found


DATASET: Final = Dataset(
    "rich-hf",
    read,
    f"{FILE} and {PROMPTS}",
    paper=(
        ("ALOHa", {"f1": 0.34, "precision": 0.31, "recall": 0.39}),
        ("CLIP4DM ViT-B/32, epsilon −1e-5", {"f1": 0.40, "precision": 0.33, "recall": 0.50, "pearson": 0.28,
                                             "spearman": 0.33}),
        ("CLIP4DM ViT-H/14, epsilon −1e-5", {"f1": 0.43, "precision": 0.37, "recall": 0.52, "pearson": 0.37,
                                             "spearman": 0.43}),
        ("CLIP4DM ViT-H/14, epsilon −5e-5", {"f1": 0.31, "precision": 0.49, "recall": 0.23}),
        ("Rich-HF multi-head, fine-tuned", {"f1": 0.43, "precision": 0.63, "recall": 0.33, "pearson": 0.49,
                                            "spearman": 0.50}),
    ),
)  # fmt: skip
