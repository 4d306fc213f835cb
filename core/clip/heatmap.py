"""Where in a picture a word's evidence lies: the word scores' own formula, read from the image tower.

For each of the last K image blocks, with attention A and s = cos(image, text):

    h_j = mean over the K blocks, mean over heads of  A[cls, j] · ⟨∂s/∂O[cls], V[j]⟩

as `attribution` does for the tokens of a caption; positive where the picture speaks for the word. A map has as
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

from captionlint.core.clip.attribution import signed_evidence
from captionlint.core.clip.blocks import attention, finish, project, project_keys_values, project_query, run_block
from captionlint.core.clip.scorer import Picture, Scorer
from captionlint.core.errors import UnprobeableError
from captionlint.core.images.opening import as_source, open_image, read_bytes, sha256

LAYERS: Final = 3
_KEPT: Final = 2
"""Pictures whose gradients stay ready: some 50 MB each for L/14."""
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
class _Upper:
    """What the last K blocks make of a picture, the same for every word: the unit feature (E,), whose graph leads
    back to the class token's `contexts` (1, heads, 1 or L, D) of each block, its attention (1, heads, L), the values.
    """

    feature: Tensor
    contexts: tuple[Tensor, ...]
    attentions: tuple[Tensor, ...]
    values: tuple[Tensor, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A picture as the tower sees it: pixels (1, 3, H, W), what its last K blocks make of it, the box."""

    pixels: Tensor
    upper: _Upper
    box: Box


class HeatMaps:
    """Maps for one scorer's model; what it makes of the last pictures is kept, so that a word costs one backward pass.

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

    def of_words(self, image: Picture, words: Sequence[str]) -> list[HeatMap]:
        """A map for each word by itself: the text is the template and the word. One forward pass serves all."""
        seen = self._look(image)
        return [self._map(seen, text) for text in self._scorer.text_features(words)]

    def of_word(self, image: Picture, word: str) -> HeatMap:
        """The map of one word."""
        return self.of_words(image, [word])[0]

    @torch.no_grad()
    def by_occlusion(
        self, image: Picture, words: Sequence[str], *, on_progress: Callable[[int, int], None] | None = None
    ) -> list[HeatMap]:
        """What each word's cosine loses when a patch is covered: slow, but it alone measures an effect.

        One encode a patch serves all words. `on_progress` is given the covered and all patches; what it raises ends
        the work.
        """
        seen = self._look(image)
        texts = self._scorer.text_features(words)
        rows, columns = self._tower.grid_size
        size = seen.pixels.shape[-2] // rows, seen.pixels.shape[-1] // columns
        whole = self._scorer.picture_tower.encode(seen.pixels) @ texts.T
        losses: list[Tensor] = []
        done = 0
        for start in range(0, rows * columns, _COVERED_AT_ONCE):
            cells = range(start, min(start + _COVERED_AT_ONCE, rows * columns))
            covered = torch.cat([_covered(seen.pixels, divmod(cell, columns), size) for cell in cells])
            losses.append(whole - self._scorer.picture_tower.encode(covered) @ texts.T)
            done += len(cells)
            if on_progress:
                on_progress(done, rows * columns)
        cells_by_word = torch.cat(losses).T.reshape(len(words), rows, columns).cpu().numpy().astype(np.float32)
        return [HeatMap(cells, seen.box, "occlusion") for cells in cells_by_word]

    def _look(self, image: Picture) -> _Seen:
        source = as_source(image)
        name = str(source) if isinstance(source, Path) else None
        data = read_bytes(source) if isinstance(source, Path) else source
        in_memory = data.tobytes() + repr(data.size).encode() if isinstance(data, Image.Image) else data
        key = sha256(in_memory)
        if key not in self._seen:
            rgb = open_image(data, name=name)
            pixels = self._scorer.transform(rgb)[None].to(self._scorer.device)
            with torch.no_grad():
                lower = self._tower._embeds(pixels)
                for block in self._blocks[: -self.layers]:
                    lower = run_block(block, lower)
            self._seen[key] = _Seen(pixels, self._upper(lower), seen_box(self._scorer.transform, rgb.size))
            if len(self._seen) > _KEPT:
                self._seen.popitem(last=False)
        self._seen.move_to_end(key)
        return self._seen[key]

    def _upper(self, x: Tensor) -> _Upper:
        """The last K blocks on their input (1, L, W).

        Of the first of them a gradient is wanted for the class token's row alone, and of the last nothing but that
        row is run: nothing else of it is read.
        """
        contexts, attentions, values = [], [], []
        for number, block in enumerate(self._blocks[-self.layers :]):
            last = number == self.layers - 1
            with torch.set_grad_enabled(number > 0):
                query, key, value = _row_projected(block, x) if last else project(block, x)
                weights = attention(query, key, None)
                context = weights @ value
                rest = None if number or last else finish(block, x[:, 1:], context[:, :, 1:])
            with torch.enable_grad():
                leaf = context if number else context[:, :, :1].requires_grad_()
                row = finish(block, x[:, : leaf.shape[2]], leaf)
                x = row if rest is None else torch.cat([row, rest], dim=1)
            contexts.append(leaf)
            attentions.append(weights[:, :, 0].detach())
            values.append(value.detach())
        with torch.enable_grad():
            row = self._tower.ln_post(x[:, 0])
            feature = row if self._tower.proj is None else row @ self._tower.proj
            unit = F.normalize(feature, dim=-1)[0]
        return _Upper(unit, tuple(contexts), tuple(attentions), tuple(values))

    def _map(self, seen: _Seen, text: Tensor) -> HeatMap:
        """The map of one text feature (E,): one pass back through the kept graph."""
        upper = seen.upper
        with torch.enable_grad():
            gradients = torch.autograd.grad(upper.feature @ text, upper.contexts, retain_graph=True)
        evidence = signed_evidence([g[:, :, 0] for g in gradients], upper.attentions, upper.values)[0]
        rows, columns = self._tower.grid_size
        cells = evidence[-rows * columns :].reshape(rows, columns)
        return HeatMap(cells.cpu().numpy().astype(np.float32), seen.box, "gradient")


def _row_projected(block: Any, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The class token's query, and the keys and values of all positions."""
    hidden = block.ln_1(x)
    key, value = project_keys_values(block, hidden)
    return project_query(block, hidden[:, :1]), key, value


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
