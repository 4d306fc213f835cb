"""What one step of training is shown: drawn scenes, their own captions and false ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import torch
from torch import Tensor

from captionlint.core.clip.presets import TEMPLATE
from captionlint.core.demo.scenes import Scene, Swap, draw, sample_scene, swap_word
from captionlint.core.demo.training.captions import Facts, caption_words, shorten, truth
from captionlint.core.demo.vocabulary import KINDS

MEAN: Final = torch.tensor([0.48145466, 0.4578275, 0.40821073])
STD: Final = torch.tensor([0.26862954, 0.26130258, 0.27577711])
SPECIAL: Final = ("size", "count", "relation")


@dataclass(frozen=True)
class Batch:
    """Pictures (P, 3, 96, 96); captions: the P own ones, then one false one for each picture."""

    pictures: Tensor
    tokens: Tensor
    ends: Tensor
    facts: Facts
    true: Tensor
    known: Tensor


class Tokens:
    """Words to rows of the cut token table; a caption is a list of words."""

    def __init__(self, rows: tuple[int, ...]) -> None:
        from open_clip.tokenizer import SimpleTokenizer

        self._tokenizer = SimpleTokenizer()
        self._position = {token: i for i, token in enumerate(rows)}
        self._words: dict[str, int] = {}

    def row(self, word: str) -> int:
        """The row of a known word."""
        if word not in self._words:
            (token,) = self._tokenizer.encode(word)
            self._words[word] = self._position[token]
        return self._words[word]

    def batch(self, captions: list[list[str]]) -> tuple[Tensor, Tensor]:
        """Rows (C, L) cut to the longest caption, and the position of each end token (C,)."""
        start, end = self._position[self._tokenizer.sot_token_id], self._position[self._tokenizer.eot_token_id]
        ends = torch.tensor([len(c) + 1 for c in captions])
        tokens = torch.zeros(len(captions), int(ends.max()) + 1, dtype=torch.long)
        for i, words in enumerate(captions):
            tokens[i, : len(words) + 2] = torch.tensor([start, *map(self.row, words), end])
        return tokens, ends


def pixels(scenes: list[Scene]) -> Tensor:
    """Drawn and normalised: (P, 3, 96, 96)."""
    stack = torch.from_numpy(np.stack([np.asarray(draw(scene)[0]) for scene in scenes]))
    return ((stack.float() / 255 - MEAN) / STD).permute(0, 3, 1, 2).contiguous()


def make_batch(swaps: list[Swap], tokens: Tokens, rng: np.random.Generator, *, loose: bool = False) -> Batch:
    """Draws the scenes and twins and writes their own and false captions, shortened alike."""
    scenes = [s for swap in swaps for s in (swap.scene, swap.twin)]
    own: list[list[str]] = []
    wrong: list[list[str]] = []
    claimed: list[Scene] = []
    roles: list[frozenset[str]] = []
    for swap in swaps:
        false = [swap_word(s, rng, kind=_false_kind(s, rng)) for s in (swap.scene, swap.twin)]
        order = shorten(swap.scene, frozenset({swap.word, *(f.word for f in false)}), rng, loose=loose)
        prefix = TEMPLATE.split() if rng.random() < 0.7 else []
        words = caption_words(swap.scene)
        kept = frozenset(words[i][1] for i in order)
        for scene, lie in zip((swap.scene, swap.twin), false, strict=True):
            own.append(prefix + [caption_words(scene)[i][0] for i in order])
            wrong.append(prefix + [caption_words(lie.twin)[i][0] for i in order])
            claimed.append(lie.twin)
            roles.append(kept)
    facts = Facts.of(scenes)
    true, known = truth(facts, Facts.of(scenes + claimed, roles + roles))
    rows, ends = tokens.batch(own + wrong)
    return Batch(pixels(scenes), rows, ends, facts, torch.from_numpy(true), torch.from_numpy(known))


def single_object(rng: np.random.Generator) -> Scene:
    """A scene of the warm-up: one big object."""
    return replace(sample_scene(rng, type="size"), size="huge")


def _false_kind(scene: Scene, rng: np.random.Generator) -> str:
    kinds = KINDS[scene.type]
    special = [k for k in kinds if k in SPECIAL]
    if special and rng.random() < 0.5:
        return special[0]
    return str(rng.choice([k for k in kinds if k not in SPECIAL]))
