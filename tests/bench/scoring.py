"""Speed of scoring, as ratios of medians measured side by side: ``python -m tests.bench scoring``.

ViT-B-32 dimensions, random weights, float32, pictures read from JPEG files in every contender.
"""

from __future__ import annotations

import gc
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import open_clip
import torch
from PIL import Image
from torch.nn import functional as F

from captionlint.core.clip.image_tower import bfloat16_is_faster
from captionlint.core.clip.loading import LoadedModel, build_model, finish_model
from captionlint.core.clip.presets import TEMPLATE
from captionlint.core.clip.scorer import Scorer

BATCH = 32
ROUNDS = 5
MODEL = "ViT-B-32"
SENTENCE = (
    "a man in a blue shirt rides his old bicycle past two parked cars on the wet street near some tall trees while "
    "a small brown dog watches from the open window of a house with red bricks"
)


def load() -> LoadedModel:
    torch.manual_seed(0)
    config = open_clip.get_model_config(MODEL)
    return finish_model(build_model(config, name=MODEL), config, {}, name=MODEL, pretrained="random", weights="0")


def make_pictures(folder: Path, count: int) -> list[Path]:
    """Photograph-like JPEGs of 640 × 480."""
    rng = np.random.default_rng(0)
    paths = []
    for i in range(count):
        rough = rng.integers(0, 255, (30, 40, 3), dtype=np.uint8)
        paths.append(folder / f"{i}.jpg")
        Image.fromarray(rough).resize((640, 480), Image.Resampling.BICUBIC).save(paths[-1], quality=90)
    return paths


def make_captions(count: int) -> list[str]:
    """8 to 14 words, as captions of photographs have."""
    rng = np.random.default_rng(1)
    return [" ".join(rng.choice(SENTENCE.split(), size=rng.integers(8, 15))) for _ in range(count)]


class Released:
    """The released way: one pair at a time, 77 tokens, parameters that require gradients, attention matrices of
    the last three text layers by autograd, the picture encoded anew for every caption."""

    def __init__(self, loaded: LoadedModel) -> None:
        self.loaded = loaded
        self.tokenizer = open_clip.get_tokenizer(MODEL)

    def score(self, paths: Sequence[Path], captions: Sequence[str]) -> None:
        model = self.loaded.model.requires_grad_(True)
        for path, caption in zip(paths, captions, strict=True):
            pixels = self.loaded.transform(Image.open(path).convert("RGB"))[None]
            image = F.normalize(model.encode_image(pixels), dim=-1)
            ids = self.tokenizer([TEMPLATE + caption])
            x = model.token_embedding(ids) + model.positional_embedding
            matrices = []
            for block in model.transformer.resblocks:
                x, matrix = explicit_block(block, x, model.attn_mask)
                matrices.append(matrix)
            text = F.normalize(model.ln_final(x)[0, ids.argmax()] @ model.text_projection, dim=-1)
            cosine = (image[0] * text).sum()
            rows = []
            for matrix in matrices[-3:]:
                (gradient,) = torch.autograd.grad(cosine, [matrix], retain_graph=True)
                rows.append((gradient * matrix).mean(1)[0, ids.argmax()])
            torch.stack(rows).mean(0).tolist()
        model.requires_grad_(False)


def explicit_block(block, x, mask):
    heads, width = block.attn.num_heads, x.shape[-1]
    qkv = F.linear(block.ln_1(x), block.attn.in_proj_weight, block.attn.in_proj_bias)
    q, k, v = (t.view(1, -1, heads, width // heads).transpose(1, 2) for t in qkv.split(width, dim=-1))
    matrix = (q @ k.transpose(-1, -2) / (width // heads) ** 0.5 + mask).softmax(-1)
    x = x + block.attn.out_proj((matrix @ v).transpose(1, 2).reshape(1, -1, width))
    return x + block.mlp(block.ln_2(x)), matrix


class Plain:
    """CLIPScore through open_clip alone: encode_image and encode_text of a batch, decoding in four threads too."""

    def __init__(self, loaded: LoadedModel) -> None:
        self.loaded = loaded
        self.tokenizer = open_clip.get_tokenizer(MODEL)
        self.threads = ThreadPoolExecutor(4)

    def pixels(self, paths: Sequence[Path]) -> torch.Tensor:
        return torch.stack(list(self.threads.map(lambda p: self.loaded.transform(Image.open(p).convert("RGB")), paths)))

    @torch.no_grad()
    def image_tower(self, paths: Sequence[Path]) -> torch.Tensor:
        return F.normalize(self.loaded.model.encode_image(self.pixels(paths)), dim=-1)

    @torch.no_grad()
    def score(self, paths: Sequence[Path], captions: Sequence[str]) -> None:
        image = self.image_tower(paths)
        text = F.normalize(self.loaded.model.encode_text(self.tokenizer([TEMPLATE + c for c in captions])), dim=-1)
        (image * text).sum(-1).tolist()


def fresh(scorer: Scorer) -> Scorer:
    scorer._images._known.clear()
    return scorer


def medians(contenders: dict[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, float]:
    """Median seconds of each; the contenders take turns, so that a slow moment hits all."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for run in contenders.values():
        run()
    for _ in range(rounds):
        for name, run in contenders.items():
            gc.collect()
            started = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - started)
    return {name: statistics.median(values) for name, values in seconds.items()}


def matrix_speed() -> float:
    """The processor's float32 matrix products, in GFLOP/s."""
    a, b = torch.ones(2048, 2048), torch.ones(2048, 2048)
    seconds = medians({"product": lambda: a @ b}, rounds=9)["product"]
    return 2 * 2048**3 / seconds / 1e9


def scoring_flops(scorer: Scorer, captions: Sequence[str]) -> float:
    """Multiply-adds × 2 of the picture tower's and the text tower's matrix products for one batch."""
    vision, text = scorer.picture_tower.model.visual, scorer.tower
    picture_tokens, width = vision.positional_embedding.shape
    blocks = len(vision.transformer.resblocks)
    # Of each last block only keys and values are computed for all positions.
    picture = picture_tokens * width**2 * (24 * (blocks - 1) + 4) + 2 * (picture_tokens - 1) * 3 * 32**2 * width
    longest = max(len(scorer.tokenizer.tokenize(c).windows[0].ids) for c in captions) - len(scorer.tokenizer.beginning)
    text_width = text.blocks[0].attn.out_proj.weight.shape[0]
    words = longest * text_width**2 * (24 * (len(text.blocks) - 1) + 4)
    return BATCH * picture + len(captions) * words


def peak_memory(contender: str) -> float:
    """Peak resident MB of a process that scores four batches of 32."""
    command = [sys.executable, "-m", "tests.bench.scoring", contender]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def memory_of(contender: str) -> None:
    loaded = load()
    with tempfile.TemporaryDirectory() as folder:
        paths, captions = make_pictures(Path(folder), BATCH), make_captions(BATCH)
        scorer, plain = Scorer(loaded), Plain(loaded)
        for _ in range(4):
            if contender == "plain":
                plain.score(paths, captions)
            else:
                fresh(scorer).score(paths, captions)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def cold_start(folder: Path) -> dict[str, float]:
    """Seconds of the command from a cold start beside the bare import of open_clip."""
    picture = folder / "0.jpg"
    command = [
        sys.executable,
        "-m",
        "cli",
        "score",
        str(picture),
        "a red cat on a plain blue background",
        "--model",
        "demo",
    ]

    def run(arguments: list[str]) -> Callable[[], object]:
        return lambda: subprocess.run(arguments, check=True, capture_output=True)

    return medians({"import": run([sys.executable, "-c", "import open_clip"]), "score": run(command)}, rounds=5)


def line(name: str, ratio: float, bar: str, detail: str) -> None:
    print(f"{name:<58} {ratio:6.2f}   asked {bar:<8} {detail}", flush=True)


def main() -> None:
    loaded = load()
    scorer, released, plain = Scorer(loaded), Released(loaded), Plain(loaded)
    with tempfile.TemporaryDirectory() as name:
        paths, captions = make_pictures(Path(name), BATCH), make_captions(5 * BATCH)
        five = [p for p in paths for _ in range(5)]
        threads = torch.get_num_threads()
        print(
            f"{MODEL} dimensions, random weights, {threads} threads, torch {torch.__version__}, medians of {ROUNDS}\n"
        )
        found = medians({
            "released": lambda: released.score(paths, captions[:BATCH]),
            "plain": lambda: plain.score(paths, captions[:BATCH]),
            "tower": lambda: plain.image_tower(paths),
            "ours": lambda: fresh(scorer).score(paths, captions[:BATCH]),
            "five": lambda: fresh(scorer).score(five, captions),
        })  # fmt: skip
        pairs = {k: v / (5 * BATCH if k == "five" else BATCH) * 1e3 for k, v in found.items()}
        ms = {k: f"{v:.1f} ms a pair" for k, v in pairs.items()}
        line(
            "released way / ours, distinct images",
            pairs["released"] / pairs["ours"],
            ">= 3.2",
            f"{ms['released']}, {ms['ours']}",
        )
        line("released way / ours, 5 captions an image", pairs["released"] / pairs["five"], ">= 9", f"{ms['five']}")
        line("ours / plain CLIPScore", found["ours"] / found["plain"], "<= 0.70", f"{ms['plain']}")
        line("ours / image tower alone", found["ours"] / found["tower"], "<= 1.2", f"{ms['tower']}")
        speed, flops = matrix_speed(), scoring_flops(scorer, captions[:BATCH])
        reached = flops / found["ours"] / 1e9
        line(
            "share of the processor's float32 matrix speed",
            reached / speed,
            "",
            f"{reached:.0f} of {speed:.0f} GFLOP/s",
        )
        if bfloat16_is_faster(torch.device("cpu")):
            rough = Scorer(load(), image_dtype="bfloat16")
            both = medians({
                "plain": lambda: plain.score(paths, captions[:BATCH]),
                "ours": lambda: fresh(rough).score(paths, captions[:BATCH]),
            })  # fmt: skip
            line("ours with bfloat16 pictures / plain float32", both["ours"] / both["plain"], "<= 0.45", "")
        else:
            print("bfloat16 pictures: not measured, this processor multiplies bfloat16 no faster than float32")
        counter = iter(range(10**9))
        edit = medians({
            "encode": lambda: plain.image_tower(paths[:1]),
            "edit": lambda: scorer.score(paths[:1], [f"{captions[0]} {next(counter)}"]),
        }, rounds=30)  # fmt: skip
        line("edited caption of a known image / one image encode", edit["edit"] / edit["encode"], "<= 0.35",
             f"{edit['edit'] * 1e3:.1f}, {edit['encode'] * 1e3:.1f} ms")  # fmt: skip
        memory = {kind: peak_memory(kind) for kind in ("plain", "ours")}
        line("peak memory / plain CLIPScore's", memory["ours"] / memory["plain"], "<= 1.10",
             f"{memory['ours']:.0f}, {memory['plain']:.0f} MB")  # fmt: skip
        start = cold_start(Path(name))
        line("captionlint score, cold / import open_clip", start["score"] / start["import"], "<= 1.3",
             f"{start['score']:.1f}, {start['import']:.1f} s")  # fmt: skip


if __name__ == "__main__":
    memory_of(sys.argv[1])
