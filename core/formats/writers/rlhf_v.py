"""Preference pairs in the shape of openbmb/RLHF-V-Dataset, Parquet.

As there, ``text`` and ``origin_split`` are JSON objects written as text: ``{"question", "chosen", "rejected"}``
and ``{"model", "type"}``. ``idx`` counts the rows from 0.
"""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any, Final

from captionlint.core.formats.files.json_text import compact
from captionlint.core.formats.readers.parquet import ParquetSink, arrow, image_struct, image_type
from captionlint.core.formats.records import ExportItem
from captionlint.core.formats.writers.dpo import PROMPT, pair_of

NAME: Final = "captionlint"


def sink(out: Path) -> ParquetSink:
    """Writes items with a corrected caption; the others are left out."""
    pa, _ = arrow()
    numbers = count()
    fields = [(name, pa.string()) for name in ("ds_name", "text", "origin_dataset", "origin_split", "image_path")]
    fields[1:1] = [("image", image_type())]
    fields[-1:-1] = [("idx", pa.int64())]
    return ParquetSink(out, fields, lambda item: _row(item, numbers))


def _row(item: ExportItem, numbers: count[int]) -> dict[str, Any]:
    text = {"question": item.prompt or PROMPT, "chosen": pair_of(item), "rejected": item.caption}
    return {
        "ds_name": NAME,
        "image": image_struct(item),
        "text": compact(text),
        "origin_dataset": NAME,
        "origin_split": compact({"model": item.scorer.get("model"), "type": "detailed_description"}),
        "idx": next(numbers),
        "image_path": item.image,
    }
