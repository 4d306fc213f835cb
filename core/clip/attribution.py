"""CLIP4DM's word attribution: the signed gradient × attention of the last text blocks.

For each of the last K blocks, with attention A (heads × L × L) and s = cos(image, text):

    r_j = mean over the K blocks, mean over heads of  A[p, j] · ∂s/∂A[p, j]

where p is the pooled row (CLIP4DM, arXiv 2412.18404, section 3). No ReLU: the sign is the signal. Since the
heads' contexts are O = A V, ∂s/∂A[p, j] = ⟨∂s/∂O[p], V[j]⟩: no gradient of an attention matrix is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from captionlint.core.clip.blocks import (
    KeysValues,
    attention,
    extend,
    finish,
    project,
    project_keys_values,
    row_mask,
    run_block,
)
from captionlint.core.clip.text_tower import TextInputs, TextTower


def token_attributions(tower: TextTower, ids: Tensor, image_features: Tensor, *, layers: int) -> tuple[Tensor, Tensor]:
    """Cosines (B,) and signed attributions (B, L) of tokens, L at most the context length.

    `ids` (B, context_length); `image_features` (B, E) of length 1; `layers` is K, at most the tower's blocks.
    """
    layers = min(layers, len(tower.blocks))
    with torch.no_grad():
        inputs = tower.inputs(ids)
        x = inputs.x
        for block, shared in zip(tower.blocks[:-layers], inputs.shared[:-layers], strict=True):
            x = run_block(block, x, inputs.mask, shared=shared)
    path = _pooled_row_path if tower.causal else _general_path
    rows, contexts, attentions, values, at = path(tower.blocks[-layers:], x, inputs)
    with torch.enable_grad():
        cosines = (tower.features(rows) * image_features).sum(dim=-1)
    gradients = torch.autograd.grad(cosines.sum(), contexts)
    pick = torch.arange(len(ids), device=ids.device)
    return cosines.detach(), signed_evidence([g[pick, :, at] for g in gradients], attentions, values)


def signed_evidence(gradients: Sequence[Tensor], attentions: Sequence[Tensor], values: Sequence[Tensor]) -> Tensor:
    """Mean over blocks and heads of A[p, j] · ⟨∂s/∂O[p], V[j]⟩ for every position j, (B, L).

    For each block: the gradients of row p's contexts (B, H, D), its attention (B, H, L), all values (B, H, L, D).
    """
    total = torch.zeros_like(attentions[0].detach().mean(dim=1))
    for gradient, weights, value in zip(gradients, attentions, values, strict=True):
        evidence = value.detach() @ gradient[..., None]
        total += (weights.detach() * evidence.squeeze(-1)).mean(dim=1)
    return total / len(gradients)


Path = tuple[Tensor, list[Tensor], list[Tensor], list[Tensor], Tensor]
"""The last block's pooled rows (B, W); for each block the contexts that carry the gradient (B, H, rows, D), the
pooled row's attention (B, H, L), all values (B, H, L, D); and where in the contexts the pooled row stands (B,)."""


def _pooled_row_path(blocks: list[Any], x: Tensor, inputs: TextInputs) -> Path:
    """Causal towers: other positions never see the pooled row, so they are constants of the gradient.

    One backward pass over (B, W) vectors then serves the whole batch.
    """
    pick = torch.arange(len(x), device=x.device)
    with torch.no_grad():
        row = x[pick, inputs.row][:, None]
        keys_values = _keys_values(blocks, x, inputs)
        mask = None if inputs.mask is None else row_mask(_four(inputs.mask), inputs.row)
        length = x.shape[1] + inputs.offset
        own = torch.nn.functional.one_hot(inputs.row + inputs.offset, length).to(x.dtype)[:, None, None]
    contexts, attentions, values = [], [], []
    with torch.enable_grad():
        for block, (key, value) in zip(blocks, keys_values, strict=True):
            query, own_key, own_value = project(block, row)
            # The row's own key and value do move with it: add their change, which is zero in value.
            score = (query.detach() * own_key).sum(dim=-1, keepdim=True) * query.shape[-1] ** -0.5
            change = own * (score - score.detach())
            weights = attention(query, key, change if mask is None else mask + change)
            own_weight = (weights.detach() * own).sum(dim=-1, keepdim=True)
            context = weights @ value + own_weight * (own_value - own_value.detach())
            leaf = context if context.requires_grad else context.requires_grad_()
            row = finish(block, row, leaf)
            contexts.append(leaf)
            attentions.append(weights.squeeze(2))
            values.append(value)
    return row[:, 0], contexts, attentions, values, torch.zeros_like(inputs.row)


def _keys_values(blocks: list[Any], x: Tensor, inputs: TextInputs) -> list[KeysValues]:
    """Keys and values of each block for all positions, (B, H, L, D); the last block is not run any further."""
    pairs = []
    mask = None if inputs.mask is None else _four(inputs.mask)
    *before, final = inputs.shared[-len(blocks) :]
    for block, shared in zip(blocks[:-1], before, strict=True):
        query, key, value = project(block, x)
        pairs.append(extend(shared, key, value))
        context = torch.nn.functional.scaled_dot_product_attention(query, *pairs[-1], attn_mask=mask)
        x = finish(block, x, context)
    pairs.append(extend(final, *project_keys_values(blocks[-1], blocks[-1].ln_1(x))))
    return pairs


def _general_path(blocks: list[Any], x: Tensor, inputs: TextInputs) -> Path:
    """Any tower: the last blocks run whole, with gradients; of each context only the pooled row's is read."""
    pick = torch.arange(len(x), device=x.device)
    mask = None if inputs.mask is None else _four(inputs.mask)
    contexts, attentions, values = [], [], []
    with torch.enable_grad():
        for block in blocks:
            query, key, value = project(block, x)
            weights = attention(query, key, mask)
            context = weights @ value
            leaf = context if context.requires_grad else context.requires_grad_()
            x = finish(block, x, leaf)
            contexts.append(leaf)
            attentions.append(weights[pick, :, inputs.row])
            values.append(value)
    return x[pick, inputs.row], contexts, attentions, values, inputs.row


def _four(mask: Tensor) -> Tensor:
    """(L, keys) stays; (B, L, keys) becomes (B, 1, L, keys)."""
    return mask if mask.dim() == 2 else mask[:, None]
