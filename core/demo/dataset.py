"""A small data set of drawn scenes as files, as a user would bring one: pictures and a JSONL of captions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from captionlint.core.demo.scenes import Swap, draw, stream
from captionlint.core.text.words import split_pieces


def write_dataset(folder: Path, *, count: int, seed: int) -> Path:
    """Writes ``pictures/`` and ``captions.jsonl`` and returns the latter; every second caption has a wrong word.

    Each row has ``id``, ``image`` and ``caption``, and the truth in ``wrong``: null, or the swapped word's
    ``start``, ``end``, ``text``, its ``kind`` and the ``right`` word. Importing ignores that field.
    """
    pictures = folder / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    rows = []
    for index, swap in enumerate(stream(seed, count)):
        name = f"scene-{index:03}"
        draw(swap.scene)[0].save(pictures / f"{name}.png")
        rows.append({"id": name, "image": f"pictures/{name}.png", **_text(swap, wrong=index % 2 == 1)})
    path = folder / "captions.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def _text(swap: Swap, *, wrong: bool) -> dict[str, Any]:
    if not wrong:
        return {"caption": swap.scene.caption, "wrong": None}
    caption = swap.twin.caption
    piece = split_pieces(caption)[swap.word]
    right = swap.scene.caption.split()[swap.word]
    truth = {"start": piece.start, "end": piece.end, "text": piece.text, "kind": swap.kind, "right": right}
    return {"caption": caption, "wrong": truth}
