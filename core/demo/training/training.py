"""Trains the bundled model on drawn scenes: ``python -m captionlint.core.demo.training.training --out DIR``.

Seeded and resumable: the same command goes on from ``DIR/state.pt``. When it ends it writes
``DIR/demo.safetensors``. All the model learns is synthetic; it knows nothing about photographs.

The recipe, in the order of what mattered: a warm-up on single words, a sigmoid loss over the whole truth
matrix, one more false caption a picture, and a second stage with more counts.
"""

from __future__ import annotations

import argparse
import logging
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from open_clip.model import CLIP
from rich.logging import RichHandler
from rich.progress import Progress
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from captionlint.core.clip.blocks import run_block
from captionlint.core.clip.presets import TEMPLATE
from captionlint.core.demo.scenes import SceneType, Swap, sample_scene, stream, swap_word
from captionlint.core.demo.training.batches import Tokens, make_batch, pixels, single_object
from captionlint.core.demo.training.captions import BANK, NOUN_COUNT, Facts, directions, truth
from captionlint.core.demo.vocabulary import COUNTS, NOUNS, RELATIONS
from captionlint.core.demo.weights import CONFIG, pack, token_rows

log = logging.getLogger(__name__)

PAIRS: Final = 64
"""Scenes a step; each comes with its twin."""
HELD_OUT: Final = 600
"""Scenes of the log's pair accuracy, of a seed that training never draws from."""
MATRIX_WEIGHT: Final = 0.25
FEW: Final = tuple(NOUNS)[::10]
"""The nouns with which the sides of a picture are learnt first."""


@dataclass(frozen=True)
class Schedule:
    """Where the stages end, in steps of 128 pictures; `focus` and `directions` are the lengths of their beginnings.

    Single words; stage A: all scenes; stage B: first mostly counts and relations, then more counts, the rate
    falling to zero; stage C, for relations: first which noun lies on which side, then all scenes once more;
    stage D: looser captions, so that blame settles in the words that claim something.
    """

    warmup: int = 350
    stage_a: int = 1650
    focus: int = 400
    stage_b: int = 4900
    directions: int = 300
    stage_c: int = 6500
    total: int = 7100
    peak: float = 1e-3

    def rate(self, step: int) -> float:
        """Learning rate: up over 100 steps, flat, and down to zero over the last 45 %; anew in C and, lower, in D."""
        if step < self.stage_b:
            start, end, peak = 0, self.stage_b, self.peak
        elif step < self.stage_c:
            start, end, peak = self.stage_b, self.stage_c, self.peak
        else:
            start, end, peak = self.stage_c, self.total, self.peak / 2
        return peak * min(1.0, (step - start + 1) / 100, (end - step) / (0.45 * (end - start)))

    def types(self, step: int) -> dict[SceneType, float]:
        """How often each type of scene is drawn at this step (weights, not normalised)."""
        if step < self.stage_a:
            return {"size": 1.0, "two": 1.0, "count": 1.0, "relation": 1.0}
        if step < self.stage_a + self.focus:
            return {"size": 0.4, "two": 0.4, "count": 2.0, "relation": 1.6}
        relations = 3.0 if self.stage_b <= step < self.stage_c else 1.0
        return {"size": 1.0, "two": 1.0, "count": 1.6, "relation": relations}


class Trainee(nn.Module):
    """The CLIP to be trained, its token table cut to the rows in use, with three heads that guide the pictures.

    The heads name the noun, the count and the noun on each side from the picture's feature; they are not part of
    the checkpoint.
    """

    def __init__(self, rows: tuple[int, ...]) -> None:
        super().__init__()
        text = {**CONFIG["text_cfg"], "vocab_size": len(rows)}
        self.clip = CLIP(CONFIG["embed_dim"], CONFIG["vision_cfg"], text)
        self.noun_head = nn.Linear(CONFIG["embed_dim"], NOUN_COUNT)
        self.count_head = nn.Linear(CONFIG["embed_dim"], len(COUNTS))
        self.direction_head = nn.Linear(CONFIG["embed_dim"], len(RELATIONS) * NOUN_COUNT)
        self.log_scale = nn.Parameter(torch.tensor(20.0).log())
        self.bias = nn.Parameter(torch.tensor(-6.0))

    def pictures(self, pixels: Tensor) -> Tensor:
        """Unit features (P, 128) of normalised pixels."""
        tower = self.clip.visual
        x = tower.conv1(pixels).flatten(2).transpose(1, 2)
        x = torch.cat([tower.class_embedding.expand(len(x), 1, -1), x], dim=1) + tower.positional_embedding
        x = tower.ln_pre(x)
        *blocks, last = tower.transformer.resblocks
        for block in blocks:
            x = run_block(block, x)
        x = run_block(last, x, row=torch.zeros(len(x), dtype=torch.long))[:, 0]
        return F.normalize(tower.ln_post(x) @ tower.proj, dim=-1)

    def captions(self, tokens: Tensor, ends: Tensor) -> Tensor:
        """Unit features (C, 128) of row-indexed tokens, pooled at `ends`."""
        clip = self.clip
        length = tokens.shape[1]
        x = clip.token_embedding(tokens) + clip.positional_embedding[:length]
        mask = clip.attn_mask[:length, :length]
        *blocks, last = clip.transformer.resblocks
        for block in blocks:
            x = run_block(block, x, mask)
        x = run_block(last, x, mask, row=ends)[:, 0]
        return F.normalize(clip.ln_final(x) @ clip.text_projection, dim=-1)

    def logits(self, pictures: Tensor, captions: Tensor) -> Tensor:
        """scale · cosine + bias, (P, C)."""
        return self.log_scale.exp() * pictures @ captions.T + self.bias


def sigmoid_loss(logits: Tensor, true: Tensor, known: Tensor) -> Tensor:
    """Softplus over all known pairs, summed for each picture, averaged over pictures."""
    sign = true.to(logits.dtype) * 2 - 1
    return (F.softplus(-sign * logits) * known).sum() / len(logits)


class Training:
    """One run: draws, steps, saves; `step` counts from 0 and survives a restart."""

    def __init__(self, out: Path, *, seed: int, schedule: Schedule) -> None:
        self.out, self.schedule, self.seed, self.step = out, schedule, seed, 0
        torch.manual_seed(seed)
        self.rows = token_rows()
        self.tokens = Tokens(self.rows)
        self.model = Trainee(self.rows)
        self.bank_facts = Facts.of_bank()
        self.optimizer = torch.optim.AdamW(self._groups(), lr=1.0, betas=(0.9, 0.98))
        self.held_out = list(stream(987_654_321, HELD_OUT))
        self._resume()

    def _groups(self) -> list[dict[str, Any]]:
        model = self.model
        fast = [model.log_scale, model.bias]
        used = [p for n, p in model.named_parameters() if n not in ("log_scale", "bias", "clip.logit_scale")]
        return [
            {"params": [p for p in used if p.ndim >= 2], "weight_decay": 0.05, "speed": 1.0},
            {"params": [p for p in used if p.ndim < 2], "weight_decay": 0.0, "speed": 1.0},
            {"params": fast, "weight_decay": 0.0, "speed": 8.0},
        ]

    def run(self) -> None:
        """Trains from the current step to the schedule's end and writes the checkpoint."""
        started, first = time.monotonic(), self.step
        with Progress(transient=True) as progress:
            task = progress.add_task("training", total=self.schedule.total, completed=self.step)
            while self.step < self.schedule.total:
                loss = self._train_step()
                self.step += 1
                progress.update(task, advance=1)
                if self.step % 250 == 0:
                    rate = (self.step - first) * 2 * PAIRS / (time.monotonic() - started)
                    log.info(
                        "step %d  loss %.3f  %.0f pictures/s  pairs %s", self.step, loss, rate, self.pair_accuracy()
                    )
                    self._save()
        self._save()
        self._export()

    def _train_step(self) -> float:
        # Each step's draws depend on seed and step alone, so a resumed run sees what an unbroken one would.
        rng = np.random.default_rng((self.seed, self.step))
        rate = self.schedule.rate(self.step)
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group["speed"]
        loss = self._loss(rng)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        return float(loss.detach())

    def _loss(self, rng: np.random.Generator) -> Tensor:
        if self.step < self.schedule.warmup:
            return self._warmup_loss(rng)
        if 0 <= self.step - self.schedule.stage_b < self.schedule.directions:
            return self._directions_loss(rng)
        return self._full_loss(rng)

    def _warmup_loss(self, rng: np.random.Generator) -> Tensor:
        scenes = [single_object(rng) for _ in range(2 * PAIRS)]
        pictures = self.model.pictures(pixels(scenes))
        facts = Facts.of(scenes)
        return self._bank_loss(pictures, facts, rng) + self._noun_loss(pictures, facts)

    def _full_loss(self, rng: np.random.Generator) -> Tensor:
        weights = self.schedule.types(self.step)
        chances = np.array(list(weights.values())) / sum(weights.values())
        types = [list(weights)[i] for i in rng.choice(len(weights), size=PAIRS, p=chances)]
        loose = self.step >= self.schedule.stage_c
        batch = make_batch([self._swap(t, rng) for t in types], self.tokens, rng, loose=loose)
        pictures = self.model.pictures(batch.pictures)
        captions = self.model.captions(batch.tokens, batch.ends)
        logits = self.model.logits(pictures, captions)
        loss = MATRIX_WEIGHT * sigmoid_loss(logits, batch.true, batch.known)

        index = torch.arange(2 * PAIRS)
        own = logits[index, index]
        for rival in (logits[index, index ^ 1], logits[index, index + 2 * PAIRS]):
            loss = loss + F.softplus(rival - own).mean()

        fade = max(0.0, 1 - (self.step - self.schedule.warmup) / 1500)
        loss = loss + (0.2 + 0.8 * fade) * self._bank_loss(pictures, batch.facts, rng)
        if fade:
            loss = loss + fade * self._noun_loss(pictures, batch.facts)
        if self.step >= self.schedule.stage_a:
            loss = loss + self._count_loss(pictures, batch.facts)
        if self.step >= self.schedule.stage_b:
            loss = loss + self._direction_loss(pictures, batch.facts)
        return loss

    def _swap(self, type: SceneType, rng: np.random.Generator) -> Swap:
        """A scene of the type and its twin; in stage C half of the relations are turned round."""
        scene = sample_scene(rng, type=type)
        turn = self.step >= self.schedule.stage_b and type == "relation" and rng.random() < 0.5
        return swap_word(scene, rng, kind="relation" if turn else None)

    def _directions_loss(self, rng: np.random.Generator) -> Tensor:
        """Which noun lies on which side, with a dozen nouns: left and right first, then all four sides.

        Positions are made louder at the first step. Without both, pictures name their two nouns and never learn
        to tell their places apart.
        """
        begun = self.step - self.schedule.stage_b
        if begun == 0:
            with torch.no_grad():
                self.model.clip.visual.positional_embedding.mul_(4.0)
        sides = list(RELATIONS)[:2] if begun < 2 * self.schedule.directions // 3 else list(RELATIONS)
        scenes = []
        for _ in range(2 * PAIRS):
            noun, other = rng.choice(FEW, size=2, replace=False)
            side = sides[rng.integers(len(sides))]
            scenes.append(replace(sample_scene(rng, type="relation"), noun=str(noun), other=str(other), relation=side))
        pictures = self.model.pictures(pixels(scenes))
        facts = Facts.of(scenes)
        return self._direction_loss(pictures, facts) + 0.2 * self._bank_loss(pictures, facts, rng)

    def _bank_loss(self, pictures: Tensor, facts: Facts, rng: np.random.Generator) -> Tensor:
        prefix = TEMPLATE.split() if rng.random() < 0.7 else []
        captions = self.model.captions(*self.tokens.batch([[*prefix, word] for word in BANK]))
        true, known = (torch.from_numpy(a) for a in truth(facts, self.bank_facts))
        weight = known.float() * MATRIX_WEIGHT
        if self.step >= self.schedule.stage_a:
            weight[:, -len(COUNTS) :] *= 4
        return sigmoid_loss(self.model.logits(pictures, captions), true, weight)

    def _noun_loss(self, pictures: Tensor, facts: Facts) -> Tensor:
        logits = self.model.noun_head(pictures * 10)
        loss = F.cross_entropy(logits, torch.from_numpy(facts.noun))
        second = torch.from_numpy(facts.other)
        if bool((second >= 0).any()):
            loss = (loss + F.cross_entropy(logits, second, ignore_index=-1)) / 2
        return loss

    def _direction_loss(self, pictures: Tensor, facts: Facts) -> Tensor:
        logits = self.model.direction_head(pictures * 10).view(-1, NOUN_COUNT)
        return F.cross_entropy(logits, torch.from_numpy(directions(facts)).flatten(), ignore_index=-1)

    def _count_loss(self, pictures: Tensor, facts: Facts) -> Tensor:
        return F.cross_entropy(self.model.count_head(pictures * 10), torch.from_numpy(facts.count), ignore_index=-1)

    @torch.no_grad()
    def pair_accuracy(self) -> dict[str, float]:
        """Share of held-out scenes whose own caption beats the swapped one, by kind."""
        features = self.model.pictures(pixels([s.scene for s in self.held_out]))
        prefix = TEMPLATE.split()
        both = [
            [prefix + s.caption.split() for s in side]
            for side in zip(*((w.scene, w.twin) for w in self.held_out), strict=True)
        ]
        right, wrong = (self.model.captions(*self.tokens.batch(side)) for side in both)
        won = ((features * right).sum(-1) > (features * wrong).sum(-1)).numpy()
        kinds = np.array([s.kind for s in self.held_out])
        return {str(kind): round(float(won[kinds == kind].mean()), 3) for kind in sorted(set(kinds))}

    def _save(self) -> None:
        self.out.mkdir(parents=True, exist_ok=True)
        state = {
            "step": self.step,
            "seed": self.seed,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        part = self.out / "state.pt.part"
        torch.save(state, part)
        part.replace(self.out / "state.pt")

    def _resume(self) -> None:
        path = self.out / "state.pt"
        if not path.exists():
            return
        state = torch.load(path, weights_only=True)
        if state["seed"] != self.seed:
            raise SystemExit(f"{path} is a run with seed {state['seed']}, not {self.seed}; choose another --out.")
        self.step = state["step"]
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        log.info("going on from step %d", self.step)

    def _export(self) -> None:
        self.out.mkdir(parents=True, exist_ok=True)
        path = self.out / "demo.safetensors"
        save_file(pack(self.model.clip.state_dict(), self.rows), path, metadata={"seed": str(self.seed)})
        log.info("wrote %s (%.1f MB), pairs %s", path, path.stat().st_size / 1e6, self.pair_accuracy())


def main() -> None:
    """Reads the command line and trains."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/demo-model"))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=[RichHandler(show_path=False)])
    Training(options.out, seed=options.seed, schedule=Schedule()).run()


if __name__ == "__main__":
    main()
