"""Running a transformer tower's blocks by hand, so that attention is open to view. (draft)"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F


def run_block(block: Any, x: Tensor, mask: Tensor | None = None, row: Tensor | None = None) -> Tensor:
    """One residual attention block; x is (batch, length, width).

    With `row` (batch,) only that query row of each sample is computed: the result is (batch, 1, width).
    """
    attn = block.attn
    batch, length, width = x.shape
    heads = attn.num_heads
    hidden = block.ln_1(x)
    if row is None:
        q, k, v = F.linear(hidden, attn.in_proj_weight, attn.in_proj_bias).chunk(3, dim=-1)
    else:
        pick = torch.arange(batch, device=x.device)
        wq, wkv = attn.in_proj_weight.split([width, 2 * width])
        bq, bkv = attn.in_proj_bias.split([width, 2 * width])
        k, v = F.linear(hidden, wkv, bkv).chunk(2, dim=-1)
        q = F.linear(hidden[pick, row], wq, bq)[:, None]
        x = x[pick, row][:, None]
        mask = None if mask is None else mask[row][:, None, None, :]
    q, k, v = (t.unflatten(-1, (heads, -1)).transpose(1, 2) for t in (q, k, v))
    scores = q @ k.transpose(-1, -2) * (width // heads) ** -0.5
    if mask is not None:
        scores = scores + mask
    context = (scores.softmax(dim=-1) @ v).transpose(1, 2).flatten(-2)
    x = x + block.ls_1(attn.out_proj(context))
    return x + block.ls_2(block.mlp(block.ln_2(x)))
