"""FineMatch (Hua et al., ECCV 2024): captions with up to three mismatched phrases, each with its aspect.

Read as a JSON list of ``image``, ``caption`` and, by aspect (``entities``, ``relations``, ``attributes``,
``numbers``), the mismatched phrases, alone or as [phrase, correction]. The published file was not at hand when this
was written: the field names follow the paper's description and their capitals do not matter.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from captionlint.core.benchmarks.cases import Case, Dataset, first_of, inside, load_json, need, occurrences

FILES: Final = ("finematch_test.json", "FineMatch_test.json", "test.json")
ASPECTS: Final = ("entities", "relations", "attributes", "numbers")


def read(folder: Path) -> list[Case]:
    """A case a caption. Raises FormatError."""
    path = first_of(folder, FILES)
    cases = []
    for number, entry in enumerate(load_json(path)):
        row = {str(k).lower(): v for k, v in entry.items()} if isinstance(entry, dict) else entry
        need(row, ("image", "caption"), f"{path.name}, entry {number}")
        phrases = {aspect: _phrases(row.get(aspect)) for aspect in ASPECTS}
        caption = row["caption"]
        flags = inside(caption, (span for ps in phrases.values() for p in ps for span in occurrences(caption, p)))
        hits = frozenset(i for i, flag in enumerate(flags) if flag)
        kind = next((aspect for aspect, found in phrases.items() if found), "")
        cue = "; ".join(p for found in phrases.values() for p in found) or None
        cases.append(
            Case(str(number), row["image"], caption, cue is not None, flags, hits, str(number), cue=cue, kind=kind)
        )
    return cases


def _phrases(found: Any) -> list[str]:
    entries = found if isinstance(found, list) else []
    return [str(entry[0] if isinstance(entry, list) else entry) for entry in entries if entry]


DATASET: Final = Dataset("finematch", read, FILES[0])
