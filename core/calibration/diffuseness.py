"""How widely a word's evidence lies over the patches of a picture: 0 on one patch, 1 equally on all.

It is the entropy of |evidence| over patches, divided by its greatest value. The evidence is `heatmap`'s of the
last image block alone: there the gradient goes back through one row only, so that all words of a batch cost less
than one block. The text is the template and the word. Towers whose last block is not laid open give 0 for all.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from captionlint.core.clip.attribution import signed_evidence
from captionlint.core.clip.blocks import attention, finish, project_keys_values, project_query
from captionlint.core.clip.scorer import Picture, Scorer

_KEPT: Final = 64
"""Pictures whose patches are kept: a batch's, and those of captions that follow."""
_AT_ONCE: Final = 64


class Diffuseness:
    """For one scorer; what its tower's last block reads of the last pictures is kept, by the feature that it led to."""

    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer
        self._tower: Any = scorer.picture_tower.model.visual
        self.served = scorer.picture_tower.reads_class_token and scorer.picture_tower.dtype == torch.float32
        self._read: OrderedDict[bytes, Tensor] = OrderedDict()

    def watch(self, features: Tensor, x: Tensor) -> None:
        """Keeps what the last block reads, (B, L, W), of pictures with unit features (B, E)."""
        for feature, rows in zip(features, x, strict=True):
            self._read[_key(feature)] = rows
            self._read.move_to_end(_key(feature))
        while len(self._read) > max(_KEPT, len(x)):
            self._read.popitem(last=False)

    def of(self, words: Sequence[tuple[Picture, Tensor, Tensor]]) -> NDArray[np.float64]:
        """A number a word, (N,), given for each: its picture, the picture's unit feature (E,), its own (E,)."""
        if not self.served:
            return np.zeros(len(words))
        found = [self._of_some(words[i : i + _AT_ONCE]) for i in range(0, len(words), _AT_ONCE)]
        return np.concatenate([np.zeros(0), *found])

    def _of_some(self, words: Sequence[tuple[Picture, Tensor, Tensor]]) -> NDArray[np.float64]:
        pictures = list(dict.fromkeys(_key(feature) for _, feature, _ in words))
        images = {_key(feature): image for image, feature, _ in words}
        x = torch.stack([self._rows(key, images[key]) for key in pictures])
        pick = torch.tensor([pictures.index(_key(feature)) for _, feature, _ in words], device=x.device)
        evidence = self._evidence(x, pick, torch.stack([text for _, _, text in words]))
        share = evidence.abs() + 1e-12
        share = share / share.sum(dim=1, keepdim=True)
        entropy = -(share * share.log()).sum(dim=1) / np.log(max(share.shape[1], 2))
        result: NDArray[np.float64] = entropy.double().cpu().numpy()
        return result

    def _evidence(self, x: Tensor, pick: Tensor, texts: Tensor) -> Tensor:
        """Signed evidence by patch (N, P) of N words with unit features (N, E), in the pictures x[pick]."""
        block = self._tower.transformer.resblocks[-1]
        with torch.no_grad():
            hidden = block.ln_1(x)
            key, value = project_keys_values(block, hidden)
            weights = attention(project_query(block, hidden[:, :1]), key, None)
            context = weights @ value
        with torch.enable_grad():
            leaf = context[pick].requires_grad_()
            row = self._tower.ln_post(finish(block, x[pick, :1], leaf)[:, 0])
            feature = row if self._tower.proj is None else row @ self._tower.proj
            total = (F.normalize(feature, dim=-1) * texts).sum()
        (gradient,) = torch.autograd.grad(total, leaf)
        evidence = signed_evidence([gradient[:, :, 0]], [weights[pick, :, 0]], [value[pick]])
        rows, columns = self._tower.grid_size
        return evidence[:, -rows * columns :]

    def _rows(self, key: bytes, image: Picture) -> Tensor:
        """A picture's rows, read anew where they are gone or the scorer knew its feature from before."""
        if key not in self._read:
            with self._scorer.picture_tower.watched(lambda _, x: self._read.__setitem__(key, x[0])):
                self._scorer.picture_tower.encode(self._scorer.pixels(image)[None])
        return self._read[key]


def _key(feature: Tensor) -> bytes:
    return feature.cpu().numpy().tobytes()
