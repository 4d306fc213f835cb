"""A text tower taken apart: its inputs, its blocks, and the row that it pools from.

Every tower is compared with the model's own ``encode_text`` before it is used, so that no attribution is ever
read from a tower that was misunderstood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from captionlint.core.clip.blocks import KeysValues, project, run_block
from captionlint.core.errors import UnprobeableError, unprobeable

TOLERANCE: Final = 1e-4
"""Largest difference from ``encode_text``, in units of the feature's largest entry."""


@dataclass(frozen=True, slots=True)
class TextInputs:
    """What the first block reads: x (B, L, W), an additive mask (L, keys) or (B, L, keys), the pooled rows of x (B,).

    Where all captions begin alike, `shared` holds each block's keys and values of that beginning, `offset` tokens
    long, and x only what follows: the pooled token is then key number ``row + offset``.
    """

    x: Tensor
    mask: Tensor | None
    row: Tensor
    shared: Sequence[KeysValues | None]
    offset: int = 0


class TextTower:
    """The text side of an open_clip model: plain `CLIP`, `CustomTextCLIP` or `CoCa`.

    Attributes:
        blocks: the residual attention blocks, first to last.
        causal: whether no position sees a later one. Then what follows the pooled token changes nothing, and
            only the pooled row's own path carries the gradient.
        context_length: tokens that the tower takes.
    """

    def __init__(self, model: nn.Module, *, name: str) -> None:
        holder: Any = model.text if isinstance(getattr(model, "text", None), nn.Module) else model
        self.name = name
        self._holder = holder
        for part in ("token_embedding", "positional_embedding", "ln_final", "transformer"):
            if not hasattr(holder, part):
                raise self._refusal(f"its text tower is a {type(holder).__name__}")
        self.blocks: list[Any] = list(getattr(holder.transformer, "resblocks", []))
        if not self.blocks or any(getattr(b.attn, "in_proj_weight", None) is None for b in self.blocks):
            raise self._refusal("its text blocks have no joint projection of queries, keys and values")
        self._pool = getattr(holder, "pool_type", getattr(holder, "text_pool_type", "argmax"))
        self._eos = getattr(holder, "eos_id", getattr(holder, "text_eos_id", None))
        self._class = getattr(holder, "cls_emb", None)
        if self._pool == "none" and self._class is None:
            raise self._refusal("its text tower does not pool from one token")
        mask = getattr(holder, "attn_mask", None)
        self._mask: Tensor | None = mask
        self.causal = mask is not None and bool(torch.isneginf(mask[0, 1:]).all())
        self.context_length = int(holder.positional_embedding.shape[0]) - (self._class is not None)
        self._may_cut = self.causal and (self._class is not None or self._pool in ("argmax", "eos"))
        self._beginning: Tensor | None = None
        self._shared: list[KeysValues] = []

    @torch.no_grad()
    def share(self, ids: Tensor) -> None:
        """Computes once what the tower makes of a beginning (m,) that captions share: start token and template.

        In a causal tower nothing that follows changes it. Other towers ignore the call.
        """
        if not self._may_cut or self._class is not None or not len(ids):
            return
        length = len(ids)
        x = self._holder.token_embedding(ids[None]) + self._holder.positional_embedding[:length]
        self._shared = []
        for block in self.blocks:
            _, key, value = project(block, x)
            self._shared.append((key, value))
            x = run_block(block, x, None if self._mask is None else self._mask[:length, :length])
        self._beginning = ids

    def inputs(self, ids: Tensor) -> TextInputs:
        """Embeds ids (B, context_length). In a causal tower the batch is cut to its longest caption."""
        holder = self._holder
        row = self._rows(ids)
        length = ids.shape[1]
        if self._may_cut:
            # A CoCa's class token sees one position past the end token: its published mask is shifted by one.
            length = min(length, int(row.max()) + (2 if self._class is not None else 1))
        start = self._shared_length(ids)
        x = holder.token_embedding(ids[:, start:length]) + holder.positional_embedding[start:length]
        mask = None if self._mask is None else self._mask[start:length, :length]
        if self._class is None:
            shared = self._shared if start else [None] * len(self.blocks)
            return TextInputs(x, mask, row - start, shared, start)
        own = (self._class + holder.positional_embedding[-1]).expand(len(x), 1, -1)
        columns = torch.tensor([*range(length), ids.shape[1]], device=ids.device)
        full = self._class_mask(ids)
        mask = full[:, columns][:, :, columns]
        unshared = [None] * len(self.blocks)
        return TextInputs(torch.cat([x, own], dim=1), mask, torch.full_like(row, length), unshared)

    def features(self, rows: Tensor) -> Tensor:
        """Unit features (B, E) from the last block's pooled rows (B, W)."""
        holder = self._holder
        x = holder.ln_final(rows)
        projection = holder.text_projection
        if isinstance(projection, nn.Linear):
            x = projection(x)
        elif projection is not None:
            x = x @ projection
        return F.normalize(x, dim=-1)

    @torch.no_grad()
    def encode(self, ids: Tensor) -> Tensor:
        """Unit features (B, E) of ids (B, context_length), by the blocks run here."""
        inputs = self.inputs(ids)
        x = inputs.x
        for block, shared in zip(self.blocks[:-1], inputs.shared[:-1], strict=True):
            x = run_block(block, x, inputs.mask, shared=shared)
        last = run_block(self.blocks[-1], x, inputs.mask, row=inputs.row, shared=inputs.shared[-1])
        return self.features(last[:, 0])

    @torch.no_grad()
    def check(self, model: Any, ids: Tensor) -> None:
        """Compares `encode` with the model's own ``encode_text`` on ids (B, context_length).

        Raises:
            UnprobeableError: they differ, so this tower has parts that are not known here.
        """
        theirs = F.normalize(model.encode_text(ids).float(), dim=-1)
        ours = self.encode(ids)
        difference = float((ours - theirs).abs().max() / theirs.abs().max())
        if not difference <= TOLERANCE:
            raise self._refusal(
                f"its features come out differently when its blocks are run one by one ({difference:.1e})"
            )

    def _shared_length(self, ids: Tensor) -> int:
        """How many first tokens are the beginning whose keys and values are known; 0 if any caption differs."""
        if self._beginning is None:
            return 0
        length = len(self._beginning)
        return length if bool(ids[:, :length].eq(self._beginning).all()) else 0

    def _rows(self, ids: Tensor) -> Tensor:
        """The position that the tower pools from; for a class token, the end token's."""
        if self._pool == "eos" and self._class is None:
            return ids.eq(int(self._eos or 0)).int().argmax(dim=-1)
        if self._pool == "argmax" or self._class is not None:
            return ids.argmax(dim=-1)
        return torch.full((len(ids),), 0 if self._pool == "first" else ids.shape[1] - 1, device=ids.device)

    def _class_mask(self, ids: Tensor) -> Tensor:
        """The causal mask with padding hidden, (B, C + 1, C + 1), class token last.

        Published CoCa weights were trained with the class token's column at the front of the padding mask, not
        at its end; that shift is part of the model.
        """
        holder = self._holder
        visible = ids != holder.pad_id
        own = visible.new_ones(len(ids), 1)
        visible = torch.cat([visible, own] if holder.correct_cls_mask else [own, visible], dim=1)
        hidden = torch.zeros(visible.shape, device=ids.device).masked_fill(~visible, float("-inf"))[:, None]
        causal = self._mask if self._mask is not None else hidden.new_zeros(visible.shape[1], visible.shape[1])
        return hidden + causal

    def _refusal(self, why: str) -> UnprobeableError:
        return unprobeable(self.name, why)
