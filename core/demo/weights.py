"""The bundled model on disk: its shape, and a checkpoint that holds only the token rows in use."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from captionlint.core.clip.presets import TEMPLATE
from captionlint.core.demo.vocabulary import known_words

FOLDER: Final = Path(__file__).parent
CHECKPOINT: Final = FOLDER / "demo.safetensors"
CONFIG: Final[dict[str, Any]] = {
    "embed_dim": 128,
    "vision_cfg": {"image_size": 96, "layers": 4, "width": 192, "head_width": 48, "patch_size": 16},
    "text_cfg": {"context_length": 32, "vocab_size": 49408, "width": 128, "heads": 4, "layers": 3},
}
EMBEDDING: Final = "token_embedding.weight"
ROWS_KEY: Final = "token_rows"


@cache
def token_rows() -> tuple[int, ...]:
    """Ids of the tokens that scenes' captions use, ascending: so the end token stays the highest."""
    from open_clip.tokenizer import SimpleTokenizer

    tokenizer = SimpleTokenizer()
    ids = {tokenizer.sot_token_id, tokenizer.eot_token_id}
    for word in (*known_words(), *TEMPLATE.split()):
        ids.update(tokenizer.encode(word))
    return tuple(sorted(ids))


def pack(state: dict[str, Tensor], rows: tuple[int, ...]) -> dict[str, Tensor]:
    """A trained state dict (its token table holding `rows` only) as float16, beside the rows' ids."""
    packed = {name: tensor.detach().to(torch.float16).contiguous() for name, tensor in state.items()}
    packed[ROWS_KEY] = torch.tensor(rows, dtype=torch.int32)
    return packed


def unpack(packed: dict[str, Tensor]) -> dict[str, Tensor]:
    """The full float32 state dict; the rows of tokens never seen in training are zero."""
    state = {name: tensor.to(torch.float32) for name, tensor in packed.items() if name != ROWS_KEY}
    table = torch.zeros(CONFIG["text_cfg"]["vocab_size"], CONFIG["text_cfg"]["width"])
    table[packed[ROWS_KEY].long()] = state[EMBEDDING]
    state[EMBEDDING] = table
    return state
