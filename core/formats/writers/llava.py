"""Conversations for LLaVA's supervised fine-tuning: one JSON list; right and corrected captions only.

Schema: LLaVA's ``llava_instruct_150k.json``.
"""

from __future__ import annotations

from typing import Any

from captionlint.core.formats.corrections import best_caption
from captionlint.core.formats.records import ExportItem
from captionlint.core.formats.writers.dpo import PROMPT


def row_of(item: ExportItem) -> dict[str, Any]:
    """An item that has a caption worth learning; the others are left out."""
    caption = best_caption(item)
    return {
        "id": item.id,
        "image": item.image,
        "conversations": [
            {"from": "human", "value": f"<image>\n{item.prompt or PROMPT}"},
            {"from": "gpt", "value": caption},
        ],
    }
