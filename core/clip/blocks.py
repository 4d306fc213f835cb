"""One residual attention block of open_clip, run by hand so that attention lies open.

The parts carry the same names in open_clip 3 and 4 (``in_proj_weight``, ``out_proj``, ``ln_1``, ``ls_1``, …),
though the modules around them differ. Shapes: B batch, L length, W width, H heads, D = W / H.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

KeysValues = tuple[Tensor, Tensor]
"""Keys and values, each (B, H, L, D)."""


def project(block: Any, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Queries, keys and values of the block, each (B, H, L, D), from its input (B, L, W)."""
    attn = block.attn
    parts = F.linear(block.ln_1(x), attn.in_proj_weight, attn.in_proj_bias).chunk(3, dim=-1)
    query, key, value = (split_heads(part, attn.num_heads) for part in parts)
    return query, key, value


def project_keys_values(block: Any, hidden: Tensor) -> tuple[Tensor, Tensor]:
    """Keys and values only, (B, H, L, D), from the block's normalised input ``ln_1(x)``."""
    attn, width = block.attn, hidden.shape[-1]
    bias = None if attn.in_proj_bias is None else attn.in_proj_bias[width:]
    key, value = F.linear(hidden, attn.in_proj_weight[width:], bias).chunk(2, dim=-1)
    return split_heads(key, attn.num_heads), split_heads(value, attn.num_heads)


def extend(shared: KeysValues | None, key: Tensor, value: Tensor) -> KeysValues:
    """Puts keys and values of a beginning that all samples share, (1, H, m, D), before each sample's own."""
    if shared is None:
        return key, value
    first_key, first_value = (part.expand(len(key), -1, -1, -1) for part in shared)
    return torch.cat([first_key, key], dim=2), torch.cat([first_value, value], dim=2)


def attention(query: Tensor, key: Tensor, mask: Tensor | None) -> Tensor:
    """softmax(Q Kᵀ / √D + mask), (B, H, queries, L)."""
    scores = query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5
    if mask is not None:
        scores = scores + mask
    weights: Tensor = scores.softmax(dim=-1)
    return weights


def finish(block: Any, x: Tensor, context: Tensor) -> Tensor:
    """The block's output (B, L, W) from its input and the heads' contexts O = A V, (B, H, L, D)."""
    x = x + block.ls_1(block.attn.out_proj(context.transpose(1, 2).flatten(-2)))
    output: Tensor = x + block.ls_2(block.mlp(block.ln_2(x)))
    return output


def run_block(
    block: Any,
    x: Tensor,
    mask: Tensor | None = None,
    *,
    row: Tensor | None = None,
    shared: KeysValues | None = None,
) -> Tensor:
    """The whole block: (B, L, W) to (B, L, W). `mask` is additive, (L, keys) or (B, L, keys).

    With `row` (B,) only that query row of each sample is computed: the result is (B, 1, W). In a last block
    nothing else is read. `shared` holds keys and values that stand before every sample's own.
    """
    if mask is not None and mask.dim() == 3:
        mask = mask[:, None]
    if row is None:
        query, key, value = project(block, x)
    else:
        pick = torch.arange(len(x), device=x.device)
        hidden = block.ln_1(x)
        key, value = project_keys_values(block, hidden)
        query = project_query(block, hidden[pick, row][:, None])
        x = x[pick, row][:, None]
        mask = None if mask is None else row_mask(mask, row)
    key, value = extend(shared, key, value)
    if torch.is_grad_enabled():
        # The fused kernel's backward is slower than plain matrix products on CPUs.
        context = attention(query, key, mask) @ value
    else:
        context = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
    return finish(block, x, context)


def row_mask(mask: Tensor, row: Tensor) -> Tensor:
    """The mask's row for each sample, (B, 1, 1, L), from (L, L) or (B, 1, L, L)."""
    if mask.dim() == 2:
        return mask[row][:, None, None]
    pick = torch.arange(len(mask), device=mask.device)
    return mask[pick, :, row][:, :, None]


def project_query(block: Any, hidden: Tensor) -> Tensor:
    """Queries only, (B, H, L, D), from the block's normalised input."""
    attn, width = block.attn, hidden.shape[-1]
    bias = None if attn.in_proj_bias is None else attn.in_proj_bias[:width]
    return split_heads(F.linear(hidden, attn.in_proj_weight[:width], bias), attn.num_heads)


def split_heads(x: Tensor, heads: int) -> Tensor:
    """(B, L, W) to (B, H, L, D)."""
    return x.view(*x.shape[:-1], heads, x.shape[-1] // heads).transpose(1, 2)
