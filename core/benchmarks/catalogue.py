"""The benchmarks by the name that ``captionlint evaluate`` takes."""

from __future__ import annotations

from typing import Final

from captionlint.core.benchmarks import finematch, foil, hat, nocaps_foil, rich_hf, seetrue_feedback, sugarcrepe, valse
from captionlint.core.benchmarks.cases import Dataset

DATASETS: Final[dict[str, Dataset]] = {
    module.DATASET.name: module.DATASET
    for module in (foil, nocaps_foil, hat, seetrue_feedback, rich_hf, valse, sugarcrepe, finematch)
}
