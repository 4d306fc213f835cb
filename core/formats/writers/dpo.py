"""Preference pairs for TRL, in the shape of ``trl-lib/rlaif-v``: the corrected caption is chosen over the original.

On loading, cast ``images`` to a list of `datasets.Image`.
"""

from __future__ import annotations

from typing import Any, Final

from captionlint.core.formats.corrections import LeftOut, corrected_caption, reviewed
from captionlint.core.formats.records import ExportItem

PROMPT: Final = "Describe the image."


def row_of(item: ExportItem) -> dict[str, Any]:
    """An item with a corrected caption; the others are left out."""
    chosen = pair_of(item)
    prompt = [{"type": "image"}, {"type": "text", "text": item.prompt or PROMPT}]
    return {
        "images": [item.image],
        "prompt": [{"role": "user", "content": prompt}],
        "chosen": [{"role": "assistant", "content": [{"type": "text", "text": chosen}]}],
        "rejected": [{"role": "assistant", "content": [{"type": "text", "text": item.caption}]}],
    }


def pair_of(item: ExportItem) -> str:
    """The caption to prefer over the original. Raises LeftOut where there is none."""
    reviewed(item)
    corrected = corrected_caption(item)
    if corrected is None:
        raise LeftOut("no corrected caption")
    return corrected
