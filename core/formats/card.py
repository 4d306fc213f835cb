"""``dataset_card.md``: what an export holds, in numbers, for those who train on it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from captionlint.core.formats.corrections import corrected_caption, kept_spans
from captionlint.core.formats.files.atomic import finished_text
from captionlint.core.formats.files.json_text import compact
from captionlint.core.formats.records import ExportItem
from captionlint.core.formats.round_trip.words import scorer_name

CARD_NAME: Final = "dataset_card.md"
UNKNOWN_LICENCE: Final = "unknown"


@dataclass(slots=True)
class Tally:
    """Counts over the items of an export. Words are counted where they were reviewed."""

    items: int = 0
    words: int = 0
    marked_words: int = 0
    marked_items: int = 0
    corrected_items: int = 0
    blind_items: int = 0
    splits: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    annotators: Counter[str] = field(default_factory=Counter)
    scorers: Counter[str] = field(default_factory=Counter)

    def add(self, item: ExportItem) -> None:
        """Counts an item."""
        spans = kept_spans(item)
        self.items += 1
        self.words += sum(tag >= 0 for tag in item.tags)
        self.marked_words += sum(tag == 1 for tag in item.tags)
        self.marked_items += bool(spans)
        self.corrected_items += corrected_caption(item) is not None
        self.blind_items += item.blind
        self.splits[item.split] += 1
        self.statuses[item.review.status if item.review else "pending"] += 1
        self.kinds.update(span.kind for span in spans)
        self.annotators.update(item.annotators)
        self.scorers[scorer_name(item.scorer) or "none"] += 1


def card_path(export: Path) -> Path:
    """Where the card of an export lies: in its folder; beside the card of another export, under the file's name."""
    if export.is_dir():
        return export / CARD_NAME
    usual = export.parent / CARD_NAME
    if usual.is_file() and _of(export) not in usual.read_text(encoding="utf-8", errors="replace"):
        return export.with_name(f"{export.name}.{CARD_NAME}")
    return usual


def is_export(file: Path) -> bool:
    """Whether a card says that a file is an earlier export, which a new one may replace."""
    cards = file.with_name(CARD_NAME), file.with_name(f"{file.name}.{CARD_NAME}")
    return any(c.is_file() and _of(file) in c.read_text(encoding="utf-8", errors="replace") for c in cards)


def _of(export: Path) -> str:
    return f"| File | {_cell(export.name)} |"


def write_card(
    export: Path,
    tally: Tally,
    *,
    format: str,
    root: Path,
    left_out: Mapping[str, int] | None = None,
    kappa: float | None = None,
    double_reviewed: int = 0,
    licence: str = UNKNOWN_LICENCE,
) -> None:
    """Writes the card of an export, a file or folder; image names start from `root`.

    `kappa` is Cohen's, over the words of the `double_reviewed` items; None where it cannot be told. `licence` is
    the captions' and labels', as an identifier that dataset hubs know.
    """
    card = card_path(export)
    with finished_text(card) as stream:
        stream.write(
            _card(
                tally,
                place={
                    "File": "all files of this folder" if export.is_dir() else export.name,
                    "Image names start from": Path(os.path.relpath(root, card.parent)).as_posix(),
                },
                format=format,
                left_out=left_out or {},
                licence=licence,
                agreement=_agreement(kappa, double_reviewed),
            )
        )


def _agreement(kappa: float | None, double_reviewed: int) -> str:
    if kappa is None:
        return f"unknown ({double_reviewed} items were reviewed by two annotators)"
    return f"Cohen's kappa {kappa:.3f} over the words of {double_reviewed} items that two annotators reviewed"


def _card(
    tally: Tally, *, place: Mapping[str, str], format: str, left_out: Mapping[str, int], licence: str, agreement: str
) -> str:
    facts = {
        **place,
        "Format": format,
        "Items": f"{tally.items} ({_counts(tally.splits)})",
        "Status": _counts(tally.statuses),
        "Left out": _counts(left_out),
        "Items with marks": _share(tally.marked_items, tally.items),
        "Items with a corrected caption": _share(tally.corrected_items, tally.items),
        "Hallucinated words, of those reviewed": _share(tally.marked_words, tally.words),
        "Marks by kind": _counts(tally.kinds),
        "Items reviewed without seeing marks": _share(tally.blind_items, tally.items),
        "Annotators": _counts(tally.annotators),
        "Agreement": agreement,
        "Scorer version": _counts(tally.scorers),
        "Licence": licence,
    }
    lines = [f"| {name} | {_cell(value)} |" for name, value in facts.items()]
    return "\n".join([
        "---", f"license: {compact(licence)}", "tags:", "- captionlint", "---", "",
        "# Reviewed captions", "",
        "Words of captions that their pictures do not bear out, marked and reviewed with Captionlint. "
        "Splits go by the image's hash: an image, with all its captions, stays in its split in every export.", "",
        "| | |", "|---|---|", *lines, "",
    ])  # fmt: skip


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole}" + (f" ({100 * part / whole:.1f} %)" if whole else "")


def _counts(counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return ", ".join(f"{name} {count}" for name, count in ordered) or "none"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
