"""Conversations for LLaVA's supervised fine-tuning: one JSON list; right and corrected captions only.

Schema: LLaVA's ``llava_instruct_150k.json``.
"""

from __future__ import annotations

from typing import Any

from core.formats.corrections import best_caption
from core.formats.dpo import PROMPT
from core.formats.records import ExportItem


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
