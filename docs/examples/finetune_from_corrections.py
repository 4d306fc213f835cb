"""Fine-tunes the bundled model on an annotator's corrections and measures what that gained.

    python docs/examples/finetune_from_corrections.py --out build/finetune

The whole way of a label, by the public API: draw scenes, half of them with a wrong word in the caption; import,
pre-label and review them; export the corrections; train on the exported files; evaluate on scenes never seen.

The bundled model is nearly perfect on scenes as it knows them, so that there would be nothing to gain. Here they
are seen in warm lamp light, in which it takes white for orange: a change such as a new camera brings.

Synthetic from end to end: drawn pictures, a simulated annotator, a model that knows only such scenes. It shows
that what Captionlint exports trains a model; it says nothing about photographs.
"""

from __future__ import annotations

import argparse
import ast
import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from open_clip.loss import ClipLoss
from PIL import Image
from rich.console import Console
from rich.progress import track
from rich.table import Table
from safetensors.torch import save_file
from torch import Tensor

from captionlint.core.benchmarks.scenes import KindReport, SceneReport, evaluate
from captionlint.core.clip.loading import LoadedModel, load_files, load_preset
from captionlint.core.clip.presets import DEMO, TEMPLATE
from captionlint.core.clip.published import resolve
from captionlint.core.clip.scorer import Picture, Scorer
from captionlint.core.demo.dataset import write_dataset
from captionlint.core.demo.scenes import Scene, Swap, stream
from captionlint.core.demo.weights import CONFIG
from captionlint.core.formats.reading import read
from captionlint.core.formats.writing import open_writer
from captionlint.core.images.opening import open_image
from captionlint.core.prediction import Failure, Prediction
from captionlint.core.review import Kind, Span
from captionlint.core.text.words import split_pieces
from captionlint.db.operations import export as exports
from captionlint.db.operations import items, reviews
from captionlint.db.prelabel.local import prelabel
from captionlint.db.store import Store

HELD_OUT_SEED: Final = 20_000_001
"""Draws the scenes of the comparison. Training refuses it, and the recipe was chosen on other seeds."""
LIGHT: Final = (1.0, 0.7, 0.4)
"""What the lamp leaves of red, green and blue."""
ERROR_RATE: Final = 0.02
"""How often the annotator answers the opposite of the truth."""
BATCH: Final = 32
"""Corrected captions in a step, and as many captions that were right all along."""
FROZEN: Final = ("visual.", "token_embedding.", "logit_")
RATE: Final = 3e-4
WARM_UP: Final = 20
KIND_OF: Final[dict[str, Kind]] = {
    "noun": "object",
    "colour": "attribute",
    "size": "attribute",
    "count": "count",
    "relation": "relation",
}
_console = Console(highlight=False)


@dataclass(frozen=True, slots=True)
class Pair:
    """A picture with its right caption and, where the annotator corrected one, the caption that was wrong."""

    image: Path
    right: str
    wrong: str | None


@dataclass(frozen=True, slots=True)
class Measured:
    """The held-out scenes in the new light, and as the bundled model learned them: what was forgotten."""

    lamp: SceneReport
    daylight: SceneReport


@dataclass(frozen=True, slots=True)
class Result:
    """What a run came to; `losses` has one entry a step."""

    losses: list[float]
    before: Measured
    after: Measured
    config: Path
    checkpoint: Path


def run(folder: Path, *, scenes: int, steps: int, seed: int, held_out: int) -> Result:
    """The whole example; leaves its data, store, exports and checkpoint in the folder."""
    demo = resolve(DEMO)
    loaded = load_preset(demo)
    before = measure(loaded, held_out)
    # Every picture's features stay in the scorer: pre-labelling computes them, training looks them up.
    scorer = Scorer(loaded, epsilon=demo.epsilon, cached_pictures=scenes)
    captions = write_dataset(folder, count=scenes, seed=seed)
    for picture in (folder / "pictures").iterdir():
        in_lamp_light(picture).save(picture)
    with Store.open(folder / "review.db") as store:
        items.add(store, read(captions), strict=True)
        prelabel(store, scorer)
        answers = review(store, stream(seed, scenes), seed=seed)
        counted = ", ".join(f"{number} {answer}" for answer, number in sorted(answers.items()))
        _console.print(f"Simulated reviews: {counted}", soft_wrap=True)
        corrections = export(store, folder / "negclip.tsv", format="negclip")
        everything = export(store, folder / "words.jsonl", format="words")
    pairs = [*corrected_pairs(corrections), *right_pairs(everything)]
    losses = fine_tune(loaded, pairs, features_of(scorer, pairs), steps=steps, seed=seed)
    config, checkpoint = save(loaded, folder)
    return Result(losses, before, measure(load_files(config, checkpoint), held_out), config, checkpoint)


def in_lamp_light(picture: Picture) -> Image.Image:
    """The picture as a warm lamp shows it."""
    red, green, blue = LIGHT
    rgb = open_image(Path(picture) if isinstance(picture, str) else picture)
    return rgb.convert("RGB", (red, 0, 0, 0, 0, green, 0, 0, 0, 0, blue, 0))


class LampScorer(Scorer):
    """Sees every picture in lamp light."""

    def stream(self, pairs: Iterable[tuple[Picture, str]], *, batch_size: int = 32) -> Iterator[Prediction | Failure]:
        """As a scorer's."""
        return super().stream(((in_lamp_light(p), caption) for p, caption in pairs), batch_size=batch_size)


def measure(loaded: LoadedModel, held_out: int) -> Measured:
    """The same held-out scenes in both lights."""
    lamp, daylight = (evaluate(s, count=held_out, seed=HELD_OUT_SEED) for s in (LampScorer(loaded), Scorer(loaded)))
    return Measured(lamp, daylight)


def review(store: Store, swaps: Iterable[Swap], *, seed: int) -> Counter[str]:
    """Decides each item as an annotator who knows the scene, and errs now and then; counts the answers.

    An error is the worst there is: a wrong caption passes, or a right word is replaced by a wrong one.
    """
    chance = np.random.default_rng(seed)
    answers: Counter[str] = Counter()
    for index, swap in enumerate(swaps):
        item_id = items.find(store, source_id=f"scene-{index:03}")
        if item_id is None:
            raise LookupError(f"Scene {index} is not in the store.")
        item = items.get(store, item_id=item_id)
        is_wrong = item.caption != swap.scene.caption
        errs = chance.random() < ERROR_RATE
        if is_wrong != errs:
            mark = correction(item.caption, swap, meant=swap.scene if is_wrong else swap.twin)
            better = reviews.suggestion(item.caption, spans=[mark])
            reviews.correct(store, item_id=item_id, annotator="simulated", spans=[mark], corrected_caption=better)
            answers["corrected"] += 1
        elif item.marks:
            reviews.correct(store, item_id=item_id, annotator="simulated", spans=[])
            answers["freed of marks"] += 1
        else:
            reviews.accept(store, item_id=item_id, annotator="simulated")
            answers["accepted"] += 1
        answers["of all these in error"] += errs
    return answers


def correction(caption: str, swap: Swap, *, meant: Scene) -> Span:
    """A mark on the one word in which the caption differs from that of the scene meant."""
    word = split_pieces(caption)[swap.word]
    replacement = meant.caption.split()[swap.word]
    return Span(word.start, word.end, KIND_OF[swap.kind], replacement)


def export(store: Store, path: Path, *, format: str) -> Path:
    """Writes what was reviewed, as ``captionlint export`` does; image names start from the file's folder."""
    with open_writer(format, path) as writer:
        for item in exports.items(store, root=path.parent):
            writer.write(item)
    return path


def corrected_pairs(negclip: Path) -> Iterator[Pair]:
    """The corrections: each picture with the caption that is right and the one that was wrong."""
    with negclip.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            yield Pair(negclip.parent / row["filepath"], row["title"], ast.literal_eval(row["neg_caption"])[0])


def right_pairs(words: Path) -> Iterator[Pair]:
    """The captions that the review found right as they were; negclip has no rows for them."""
    for line in words.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["corrected_caption"] is None and 1 not in row["tags"]:
            yield Pair(words.parent / row["image"], row["caption"], None)


def features_of(scorer: Scorer, pairs: Sequence[Pair]) -> Tensor:
    """The frozen image tower's unit features (N, E)."""
    return torch.stack([scorer.picture_features(pair.image) for pair in pairs])


class HardNegativeLoss(ClipLoss):  # type: ignore[misc]  # open_clip has no types
    """open_clip's contrastive loss where more texts than pictures are given: the surplus is wrong for every picture.

    Each picture chooses among all texts; only the right texts choose among pictures (NegCLIP, arXiv 2210.01936).
    """

    def get_logits(
        self, image_features: Tensor, text_features: Tensor, *scale: Any, **bias: Any
    ) -> tuple[Tensor, Tensor]:
        """Logits of the pictures (B, B + wrong) and of the right texts (B, B)."""
        of_pictures, of_texts = super().get_logits(image_features, text_features, *scale, **bias)
        return of_pictures, of_texts[: len(image_features)]


def fine_tune(loaded: LoadedModel, pairs: Sequence[Pair], pictures: Tensor, *, steps: int, seed: int) -> list[float]:
    """Trains the text tower's blocks in place and returns each step's loss.

    The image tower stays, so that its features need computing only once, and so does the token table: words that
    no correction mentions would not move along. Each step takes corrected captions, with the wrong ones as hard
    negatives, and as many captions that were right all along.
    """
    model = loaded.model
    trained = [p for name, p in model.named_parameters() if not name.startswith(FROZEN)]
    for parameter in trained:
        parameter.requires_grad_(True)
    optimizer = torch.optim.AdamW(trained, lr=RATE)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min((step + 1) / WARM_UP, 1 - step / steps))
    loss_of = HardNegativeLoss()
    chance = np.random.default_rng(seed)
    corrected = np.flatnonzero([pair.wrong is not None for pair in pairs])
    right = np.flatnonzero([pair.wrong is None for pair in pairs])
    losses: list[float] = []
    for _ in track(range(steps), "training", console=_console, transient=True):
        drawn = np.concatenate([draw_from(corrected, chance), draw_from(right, chance)])
        batch = [pairs[i] for i in drawn]
        texts = [pair.right for pair in batch] + [pair.wrong for pair in batch if pair.wrong is not None]
        # The scorer puts the template before each caption, so the model learns the captions behind it.
        tokens = loaded.tokenizer([TEMPLATE + text for text in texts]).to(pictures.device)
        loss = loss_of(pictures[drawn], model.encode_text(tokens, normalize=True), model.logit_scale.exp())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    return losses


def draw_from(rows: Any, chance: np.random.Generator) -> Any:
    """A batch of the row numbers, each at most once."""
    return chance.choice(rows, size=min(BATCH, len(rows)), replace=False)


def save(loaded: LoadedModel, folder: Path) -> tuple[Path, Path]:
    """Writes the two files that ``--model-config`` and ``--checkpoint`` take."""
    config, checkpoint = folder / "finetuned.json", folder / "finetuned.safetensors"
    config.write_text(json.dumps(CONFIG, indent=2) + "\n", encoding="utf-8")
    save_file(loaded.model.state_dict(), checkpoint)
    return config, checkpoint


def show(result: Result) -> None:
    """Prints both measurements side by side, by kind of swapped word."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("swapped word", "scenes", "pairs before", "after", "LA before", "after"):
        table.add_column(title, justify="left" if title == "swapped word" else "right")
    before, after = result.before, result.after
    for kind, old in before.lamp.by_kind.items():
        table.add_row(kind, str(old.n), *_figures(old, after.lamp.by_kind[kind]))
    table.add_row("all", str(before.lamp.count), *_figures(before.lamp, after.lamp), style="bold")
    table.add_row("all, in daylight", str(before.daylight.count), *_figures(before.daylight, after.daylight))
    first, last = (np.mean(part) for part in (result.losses[:10], result.losses[-10:]))
    _console.print(f"Mean loss of the first ten steps {first:.3f}, of the last ten {last:.3f}\n")
    _console.print(table)
    _console.print(
        "\nSynthetic: drawn scenes in lamp light, a simulated annotator. Pairs: the right caption has the higher cosine"
        "\n(chance .500). LA: the swapped word has the lowest attribution. Daylight: what the training cost where the"
        "\nmodel came from.\n",
        style="dim",
        soft_wrap=True,
    )
    files = f"--model-config {result.config} --checkpoint {result.checkpoint}"
    epsilon = f"--epsilon {after.lamp.best_epsilon:.1e}"  # of best F1 on the held-out scenes
    _console.print(f"captionlint score PICTURE CAPTION {files} {epsilon}", markup=False, soft_wrap=True)


def _figures(before: SceneReport | KindReport, after: SceneReport | KindReport) -> list[str]:
    return [f"{value:.3f}" for value in (before.pair_accuracy, after.pair_accuracy, before.la, after.la)]


def main(arguments: Sequence[str] | None = None) -> Result:
    """Reads the command line, runs the example and prints what came out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=4000, help="captions to review; half of them are wrong")
    parser.add_argument("--steps", type=int, default=300, help="training steps")
    parser.add_argument("--seed", type=int, default=1, help="which scenes, errors and batches")
    parser.add_argument("--held-out", type=int, default=3000, help="scenes to evaluate on")
    parser.add_argument("--out", type=Path, default=Path("build/finetune"), help="a new or empty folder")
    options = parser.parse_args(arguments)
    if options.seed == HELD_OUT_SEED:
        parser.error(f"the seed {HELD_OUT_SEED} draws the held-out scenes; take another")
    if options.out.exists() and any(options.out.iterdir()):
        parser.error(f"{options.out} is not empty; name a new folder")
    options.out.mkdir(parents=True, exist_ok=True)
    result = run(options.out, scenes=options.scenes, steps=options.steps, seed=options.seed, held_out=options.held_out)
    show(result)
    return result


if __name__ == "__main__":
    main()
