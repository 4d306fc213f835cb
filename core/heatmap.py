"""Where in a picture a word's evidence lies: the word scores' own formula, read from the image tower.

For each of the last K image blocks, with attention A and s = cos(image, text):

    h_j = mean over the K blocks, mean over heads of  A[cls, j] · ⟨∂s/∂O[cls], V[j]⟩

as `core.attribution` does for the tokens of a caption; positive where the picture speaks for the word. A map has as
many cells as the tower has patches (7 × 7 for ViT-B/32): a hint, never a box.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from core.attribution import signed_evidence
from core.blocks import attention, finish, project, project_keys_values, project_query, run_block
from core.errors import UnprobeableError
from core.images import open_image, read_bytes, sha256
from core.scorer import Scorer

LAYERS: Final = 3
_KEPT: Final = 4
_COVERED_AT_ONCE: Final = 16
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Evidence by patch, (rows, columns), signed: positive speaks for the word.

    `box`: the part of the upright picture that the model saw and the map covers, as left, top, right, bottom, each
    0 to 1 (a model sees a square from the middle; beyond it nothing is known).
    """

    values: NDArray[np.float32]
    box: Box
    method: Literal["gradient", "occlusion"]

    def peak(self) -> tuple[float, float]:
        """The highest point of the map drawn bilinearly, as x and y in the picture, 0 to 1."""
        row, column = np.unravel_index(int(self.values.argmax()), self.values.shape)
        left, top, right, bottom = self.box
        rows, columns = self.values.shape
        return left + (column + 0.5) / columns * (right - left), top + (row + 0.5) / rows * (bottom - top)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A picture as the tower sees it: pixels (1, 3, H, W), the input of its last K blocks (1, L, W), the box."""

    pixels: Tensor
    lower: Tensor
    box: Box


class HeatMaps:
    """Maps for one scorer's model; what the lower blocks make of the last pictures is kept.

    Raises:
        UnprobeableError: on construction, for an image tower that is no ViT with a class token.
    """

    def __init__(self, scorer: Scorer, *, layers: int = LAYERS) -> None:
        self._scorer = scorer
        self._tower: Any = scorer.picture_tower.model.visual
        if not scorer.picture_tower.reads_class_token or scorer.picture_tower.dtype != torch.float32:
            raise UnprobeableError(
                f"{scorer.details['model']} cannot show where it looks: its image tower is not a ViT with a class "
                "token in float32. The words' scores are not touched by this."
            )
        self._blocks: list[Any] = list(self._tower.transformer.resblocks)
        self.layers = min(layers, len(self._blocks))
        self._seen: OrderedDict[str, _Seen] = OrderedDict()

    def of_words(self, image: Path | Image.Image, words: Sequence[str]) -> list[HeatMap]:
        """A map for each word by itself: the text is the template and the word. One forward pass serves all."""
        seen = self._look(image)
        texts = self._scorer.text_features(words)
        feature, contexts, attentions, values = self._upper(seen.lower)
        maps = []
        for index, text in enumerate(texts):
            cosine = feature @ text
            gradients = torch.autograd.grad(cosine, contexts, retain_graph=index + 1 < len(texts))
            maps.append(self._map(gradients, attentions, values, seen.box))
        return maps

    def of_word(self, image: Path | Image.Image, word: str) -> HeatMap:
        """The map of one word."""
        return self.of_words(image, [word])[0]

    @torch.no_grad()
    def by_occlusion(
        self, image: Path | Image.Image, word: str, *, on_progress: Callable[[int, int], None] | None = None
    ) -> HeatMap:
        """What the cosine loses when a patch is covered: one encode a patch, so slow; it alone measures an effect.

        `on_progress` is given the covered and all patches; what it raises ends the work.
        """
        seen = self._look(image)
        text = self._scorer.text_features([word])[0]
        rows, columns = self._tower.grid_size
        size = seen.pixels.shape[-2] // rows, seen.pixels.shape[-1] // columns
        whole = float(self._scorer.picture_tower.encode(seen.pixels)[0] @ text)
        losses: list[float] = []
        for start in range(0, rows * columns, _COVERED_AT_ONCE):
            cells = range(start, min(start + _COVERED_AT_ONCE, rows * columns))
            covered = torch.cat([_covered(seen.pixels, divmod(cell, columns), size) for cell in cells])
            losses += (whole - self._scorer.picture_tower.encode(covered) @ text).tolist()
            if on_progress:
                on_progress(len(losses), rows * columns)
        return HeatMap(np.array(losses, dtype=np.float32).reshape(rows, columns), seen.box, "occlusion")

    def _look(self, image: Path | Image.Image) -> _Seen:
        data = read_bytes(image) if isinstance(image, Path) else image.tobytes() + repr(image.size).encode()
        key = sha256(data)
        if key not in self._seen:
            rgb = open_image(data, name=str(image)) if isinstance(image, Path) else open_image(image)
            pixels = self._scorer.transform(rgb)[None].to(self._scorer.device)
            with torch.no_grad():
                lower = self._tower._embeds(pixels)
                for block in self._blocks[: -self.layers]:
                    lower = run_block(block, lower)
            self._seen[key] = _Seen(pixels, lower, seen_box(self._scorer.transform, rgb.size))
            if len(self._seen) > _KEPT:
                self._seen.popitem(last=False)
        self._seen.move_to_end(key)
        return self._seen[key]

    def _upper(self, x: Tensor) -> tuple[Tensor, list[Tensor], list[Tensor], list[Tensor]]:
        """The unit feature (E,), and of each block the contexts, the class token's attention, and the values.

        Of the last block only the class token's row is run: nothing else of it is read.
        """
        contexts, attentions, values = [], [], []
        with torch.enable_grad():
            for block in self._blocks[-self.layers :]:
                last = block is self._blocks[-1]
                if last:
                    hidden = block.ln_1(x)
                    key, value = project_keys_values(block, hidden)
                    query = project_query(block, hidden[:, :1])
                    x = x[:, :1]
                else:
                    query, key, value = project(block, x)
                weights = attention(query, key, None)
                context = weights @ value
                leaf = context if context.requires_grad else context.requires_grad_()
                x = finish(block, x, leaf)
                contexts.append(leaf)
                attentions.append(weights[:, :, 0])
                values.append(value)
            row = self._tower.ln_post(x[:, 0])
            feature = row if self._tower.proj is None else row @ self._tower.proj
            return F.normalize(feature, dim=-1)[0], contexts, attentions, values

    def _map(
        self, gradients: Sequence[Tensor], attentions: Sequence[Tensor], values: Sequence[Tensor], box: Box
    ) -> HeatMap:
        evidence = signed_evidence([gradient[:, :, 0] for gradient in gradients], attentions, values)[0]
        rows, columns = self._tower.grid_size
        cells = evidence[-rows * columns :].reshape(rows, columns)
        return HeatMap(cells.cpu().numpy().astype(np.float32), box, "gradient")


def seen_box(transform: Any, size: tuple[int, int]) -> Box:
    """The part of a picture of `size` (width, height) that a transform leaves, 0 to 1; beyond 0 and 1 where it pads."""
    steps = getattr(transform, "transforms", [])
    squashed = any(type(s).__name__ == "Resize" and not isinstance(s.size, int) for s in steps)
    crop = next((s for s in steps if type(s).__name__ in ("CenterCrop", "CenterCropOrPad")), None)
    if squashed or crop is None:
        return 0.0, 0.0, 1.0, 1.0
    height, width = (crop.size, crop.size) if isinstance(crop.size, int) else crop.size
    pads = type(crop).__name__ == "CenterCropOrPad"
    scales = width / size[0], height / size[1]
    scale = min(scales) if pads else max(scales)
    across, down = width / (size[0] * scale), height / (size[1] * scale)
    return 0.5 - across / 2, 0.5 - down / 2, 0.5 + across / 2, 0.5 + down / 2


def _covered(pixels: Tensor, cell: tuple[int, int], size: tuple[int, int]) -> Tensor:
    """The picture with one patch in its own mean colour."""
    top, left = cell[0] * size[0], cell[1] * size[1]
    copy = pixels.clone()
    copy[..., top : top + size[0], left : left + size[1]] = pixels.mean(dim=(-2, -1), keepdim=True)
    return copy
