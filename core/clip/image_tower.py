"""The picture side of a model: features, and nothing computed that the features do not need."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from captionlint.core.clip.blocks import run_block
from captionlint.core.clip.model_spec import ImageDtype

_TOLERANCE: Final = 1e-4


class PictureTower:
    """Any open_clip image tower: ViT, ResNet, ConvNeXt, CoCa, SigLIP.

    Of a plain ViT the last block is run for its class token alone, which is all that is read from it; where
    that does not reproduce the tower's own features, and for every other tower, ``encode_image`` is called.

    Attributes:
        model: the whole open_clip model.
        dtype: what the tower computes in; features are float32 in any case.
        reads_class_token: whether it is a plain ViT that is run here, block by block.
    """

    def __init__(self, model: Any, *, dtype: ImageDtype = "float32") -> None:
        self.model = model
        self._watch: Callable[[Tensor, Tensor], None] | None = None
        self._last: Tensor | None = None
        if dtype == "auto":
            dtype = "bfloat16" if bfloat16_is_faster(_device(model)) else "float32"
        self.dtype = torch.bfloat16 if dtype == "bfloat16" else torch.float32
        self.reads_class_token = _is_plain_vit(model.visual) and self._shortcut_agrees()
        if self.dtype == torch.bfloat16:
            model.visual.to(torch.bfloat16)

    @torch.no_grad()
    def encode(self, pixels: Tensor) -> Tensor:
        """Unit features (B, E) in float32 of normalised pixels (B, 3, side, side)."""
        features = F.normalize(self._encode(pixels.to(self.dtype)).float(), dim=-1)
        if self._watch is not None and self._last is not None:
            self._watch(features, self._last)
        self._last = None
        return features

    @contextmanager
    def watched(self, watch: Callable[[Tensor, Tensor], None]) -> Iterator[None]:
        """Meanwhile `watch` gets unit features (B, E) and what the last block read (B, L, W), where that is known."""
        self._watch = watch
        try:
            yield
        finally:
            self._watch = self._last = None

    def _encode(self, pixels: Tensor) -> Tensor:
        if not self.reads_class_token:
            features: Tensor = self.model.encode_image(pixels)
            return features
        tower = self.model.visual
        x = tower._embeds(pixels)
        for block in tower.transformer.resblocks[:-1]:
            x = run_block(block, x)
        self._last = x if self._watch is not None else None
        first = torch.zeros(len(x), dtype=torch.long, device=x.device)
        row: Tensor = tower.ln_post(run_block(tower.transformer.resblocks[-1], x, row=first)[:, 0])
        return row if tower.proj is None else row @ tower.proj

    @torch.no_grad()
    def _shortcut_agrees(self) -> bool:
        side = self.model.visual.image_size
        height, width = side if isinstance(side, tuple) else (side, side)
        generator = torch.Generator().manual_seed(0)
        pixels = torch.randn(1, 3, height, width, generator=generator).to(_device(self.model))
        theirs = F.normalize(self.model.encode_image(pixels), dim=-1)
        self.reads_class_token = True
        return bool((F.normalize(self._encode(pixels), dim=-1) - theirs).abs().max() <= _TOLERANCE)


def bfloat16_is_faster(device: torch.device) -> bool:
    """Times a matrix product of a block's shape in both types for a tenth of a second each."""
    seconds = {}
    for dtype in (torch.float32, torch.bfloat16):
        a, b = (torch.ones(shape, dtype=dtype, device=device) for shape in ((400, 768), (768, 3072)))
        _multiply(a, b)
        rounds, started = 0, time.perf_counter()
        while time.perf_counter() - started < 0.1:
            _multiply(a, b)
            rounds += 1
        seconds[dtype] = (time.perf_counter() - started) / rounds
    return seconds[torch.bfloat16] < 0.8 * seconds[torch.float32]


def _multiply(a: Tensor, b: Tensor) -> None:
    product = a @ b
    if product.is_cuda:
        torch.cuda.synchronize()


def _is_plain_vit(tower: nn.Module) -> bool:
    """A VisionTransformer that pools its class token, whose blocks `run_block` knows."""
    plain = all(hasattr(tower, part) for part in ("_embeds", "transformer", "ln_post", "proj"))
    if not plain or getattr(tower, "attn_pool", None) is not None or getattr(tower, "pool_type", "") != "tok":
        return False
    blocks = getattr(tower.transformer, "resblocks", [])
    return len(blocks) > 0 and all(getattr(b.attn, "in_proj_weight", None) is not None for b in blocks)


def _device(model: Any) -> torch.device:
    device: torch.device = model.logit_scale.device
    return device
