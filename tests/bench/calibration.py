"""What corrections are worth, on drawn scenes with a simulated annotator. Synthetic: says nothing about photographs.

Half of the captions are right, the others have one wrong word; each caption has a picture of its own. The annotator
misses MISSES of the wrong words and marks SLIPS of the right ones by mistake; fits and cuts see only that, figures
are of the truth, on images that the fit has not seen.

    python -m tests.bench calibration                # all figures, about two minutes on a quiet core
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
import torch

from captionlint.core.calibration import signals
from captionlint.core.calibration.features import PICTURE_FREE_WIDTH, feature_names
from captionlint.core.calibration.fitting import Goal, calibrate, fit, plain_width
from captionlint.core.calibration.metrics import average_precision, expected_calibration_error
from captionlint.core.calibration.table import ReviewedCaption, WordTable
from captionlint.core.calibration.thresholds import cut_by_cost, missed_share
from captionlint.core.clip.scorer import Scorer
from captionlint.core.demo.scenes import Swap, draw, stream
from captionlint.core.demo.vocabulary import NOUNS
from captionlint.core.prediction import Prediction

SCENES = 2000
SEED = 71_2026
"""Features and penalty were chosen on another seed's scenes."""
MISSES, SLIPS = 0.05, 0.005
CORRECTED = 200
REPEATS = 20
ALPHA = 0.2


@dataclass(frozen=True)
class Scored:
    swap: Swap
    prediction: Prediction
    signals: np.ndarray
    wrong: np.ndarray

    @property
    def nouns(self) -> set[str]:
        scene = self.swap.twin if self.wrong.any() else self.swap.scene
        return {scene.noun, scene.other} - {None}


def main() -> None:
    """Prints every figure that issue 6 asks for, beside what it asks."""
    torch.set_num_threads(1)
    scorer = Scorer.from_pretrained("demo")
    print(
        f"{scorer.version}\nSynthetic. The annotator misses {MISSES:.0%} of wrong words "
        f"and marks {SLIPS:.1%} of right ones."
    )
    scored = score(scorer, SCENES)
    table = table_of(scored)
    print(f"{len(scored)} scenes, {len(table)} words, {table.wrong.mean():.1%} of them wrong\n")
    average_precisions(table)
    unseen_nouns(scored)
    heads(scored)
    promise(table)
    human_work(table, scorer.epsilon)
    cost(scorer)


def score(scorer: Scorer, count: int) -> list[Scored]:
    swaps = list(stream(SEED, count))
    pairs = ((draw(s.scene)[0], s.twin.caption if i % 2 else s.scene.caption) for i, s in enumerate(swaps))
    found = []
    for i, (swap, (prediction, rows)) in enumerate(zip(swaps, signals.stream(scorer, pairs, parts=True), strict=True)):
        wrong = np.zeros(len(prediction.words), dtype=bool)
        wrong[swap.word] = i % 2 == 1
        found.append(Scored(swap, prediction, rows, wrong))
    return found


def table_of(scored: list[Scored], *, parts: bool = False) -> WordTable:
    width = None if parts else len(signals.SIGNALS)
    captions = [
        ReviewedCaption(s.prediction, s.wrong.tolist(), str(i), signals=s.signals[:, :width])
        for i, s in enumerate(scored)
    ]
    return WordTable.of(captions, signals=signals.SIGNALS)


def without_signals(table: WordTable) -> WordTable:
    """The same words without the signals, their columns by class left out as well."""
    names = feature_names(signals.SIGNALS)
    keep = [names.index(name) for name in feature_names()]
    return replace(table, features=table.features[:, keep], signals=(), parts=0)


def annotate(table: WordTable, rng: np.random.Generator) -> WordTable:
    chance = rng.random(len(table))
    return replace(table, wrong=np.where(table.wrong, chance >= MISSES, chance < SLIPS))


def deal(table: WordTable, count: int, rng: np.random.Generator) -> tuple[WordTable, WordTable]:
    """`count` captions as the annotator judged them, and the truth of all others."""
    chosen = np.isin(table.caption, rng.permutation(table.caption.max() + 1)[:count])
    return annotate(table.rows(np.flatnonzero(chosen)), rng), table.rows(np.flatnonzero(~chosen))


def average_precisions(table: WordTable) -> None:
    rows = [one_fit(table, np.random.default_rng(seed)) for seed in range(REPEATS)]
    report(f"AP of words from {CORRECTED} corrected captions, {REPEATS} draws", rows)


def one_fit(table: WordTable, rng: np.random.Generator) -> dict[str, float]:
    seen, held = deal(table, CORRECTED, rng)
    return measured(seen, held)


def measured(seen: WordTable, held: WordTable) -> dict[str, float]:
    full = fit(seen).probabilities(held.features)
    bare = fit(without_signals(seen)).probabilities(without_signals(held).features)
    blind = fit(seen, width=PICTURE_FREE_WIDTH).probabilities(held.features)
    own = average_precision(-held.attribution, held.wrong)
    ap = average_precision(full, held.wrong)
    bare_ap = average_precision(bare, held.wrong)
    return {
        "attribution alone": own,
        "calibrated, no signals": bare_ap,
        "calibrated with signals": ap,
        "without drop-one-word": average_precision(_without(("drop", "phrase_drop"), seen, held), held.wrong),
        "without diffuseness": average_precision(_without(("diffuseness",), seen, held), held.wrong),
        "blind baseline": average_precision(blind, held.wrong),
        "error cut, no signals": (bare_ap - own) / (1 - own),
        "error cut with signals (asked: .60)": (ap - own) / (1 - own),
        "ECE with signals (asked: at most .05)": expected_calibration_error(full, held.wrong),
        "ECE, no signals": expected_calibration_error(bare, held.wrong),
    }


def _without(left_out: tuple[str, ...], seen: WordTable, held: WordTable) -> np.ndarray:
    """Drop-one-word is flattered here: the bundled model was trained on shortened captions."""
    names = feature_names(signals.SIGNALS)
    keep = [i for i, name in enumerate(names) if not name.startswith(left_out)]
    seen, held = (replace(t, features=t.features[:, keep]) for t in (seen, held))
    return fit(seen).probabilities(held.features)


def unseen_nouns(scored: list[Scored]) -> None:
    """Fitted on captions with nouns of one half of the vocabulary only, judged on those of the other half only."""
    rows = []
    for seed in range(REPEATS):
        rng = np.random.default_rng(seed)
        half = set(rng.permutation(sorted(NOUNS))[: len(NOUNS) // 2])
        inside = [s for s in scored if s.nouns <= half]
        outside = [s for s in scored if not s.nouns & half]
        chosen = [inside[i] for i in rng.permutation(len(inside))[:CORRECTED]]
        rows.append(measured(annotate(table_of(chosen), rng), table_of(outside)))
    report(f"The same with none of the held-out captions' nouns in the {CORRECTED}", rows)


def heads(scored: list[Scored]) -> None:
    """What a learned head adds to the calibration from 500 and 1,000 reviewed captions, and whether it is used."""
    table = table_of(scored, parts=True)
    for count in (500, 1000):
        rows = []
        for seed in range(5):
            rng = np.random.default_rng(seed)
            seen, held = deal(table, count, rng)
            started = time.perf_counter()
            fitted = calibrate(seen, base="b", seed=seed)
            seconds = time.perf_counter() - started
            plain = fit(seen, width=plain_width(seen)).probabilities(held.features)
            rows.append(
                {
                    "calibrated": average_precision(plain, held.wrong),
                    "with the head": average_precision(fit(seen).probabilities(held.features), held.wrong),
                    "the head was used": float(fitted.trial is not None and fitted.trial.used),
                    "seconds for fit and trial": seconds,
                }
            )
        report(f"A learned head from {count} reviewed captions", rows)


def promise(table: WordTable) -> None:
    """200 resampled calibrations of 300 captions at alpha = .2: half of the images fit, half set the cut."""
    rows = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        seen, held = deal(table, 300, rng)
        calibration = calibrate(seen, base="b", goal=Goal.risk(ALPHA), seed=seed).calibration
        chances = calibration.model.probabilities(held.features)
        judged = annotate(held, rng)
        rows.append(
            {
                "missed share, as annotators judge (asked: at most .20)": missed_share(
                    chances, judged.wrong, judged.image, cut=calibration.cut
                ),
                "missed share, in truth": missed_share(chances, held.wrong, held.image, cut=calibration.cut),
                "words marked": float((chances > calibration.cut).mean()),
            }
        )
    report("Conformal risk control at alpha .2: 200 calibrations of 300 captions", rows)


def human_work(table: WordTable, epsilon: float) -> None:
    """What a person does until the labels are true: marks added and taken away, and the key that ends each item.

    That key is the same for every caption and every way, so it is counted in both or in neither; both are shown.
    """
    counted: dict[str, list[dict[str, float]]] = {
        "marks changed": [],
        "marks changed and the key that ends an item": [],
    }
    for seed in range(REPEATS):
        rng = np.random.default_rng(seed)
        seen, held = deal(table, CORRECTED, rng)
        fitted = calibrate(seen, base="b", goal=Goal.cost(remove=1, add=1), seed=seed).calibration
        best = cut_by_cost(-seen.attribution, seen.wrong, remove=1, add=1)
        ways = {
            "from scratch": actions(np.zeros(len(held), dtype=bool), held),
            "zero-shot marks at the preset's epsilon": actions(held.attribution < epsilon, held),
            "attribution at an epsilon chosen on the corrections": actions(-held.attribution > best, held),
            "after corrections": actions(fitted.model.probabilities(held.features) > fitted.cut, held),
        }
        for key, rows in enumerate(counted.values()):
            row = {name: value + key for name, value in ways.items()}
            row["fewer than from scratch (asked: .40)"] = 1 - row["after corrections"] / row["from scratch"]
            row["fewer, zero-shot"] = 1 - row["zero-shot marks at the preset's epsilon"] / row["from scratch"]
            rows.append(row)
    for title, rows in counted.items():
        report(f"Actions a caption, after {CORRECTED} corrections: {title}", rows)


def actions(flagged: np.ndarray, table: WordTable) -> float:
    return float((flagged != table.wrong).sum() / len(np.unique(table.caption)))


def cost(scorer: Scorer, count: int = 320) -> None:
    """CPU seconds a pair at batch 32, every picture new, signals against attribution alone, turn by turn."""
    pairs = [(draw(s.scene)[0], s.scene.caption) for s in stream(SEED + 1, count)]
    fresh = Scorer.from_pretrained("demo", cached_pictures=64)
    ways = {
        "attribution": fresh.stream,
        "signals": lambda p, batch_size: signals.stream(fresh, p, batch_size=batch_size),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(4):
        for name, way in ways.items():
            started = time.process_time()
            list(way(pairs, batch_size=32))
            if turn:
                seconds[name].append((time.process_time() - started) / count)
    plain, asked = (float(np.median(seconds[name])) for name in ways)
    print(
        f"Cost a pair: {plain * 1e3:.2f} ms attribution, {asked * 1e3:.2f} ms with signals: "
        f"{asked / plain:.2f} × (asked: at most 2.5)"
    )


def report(title: str, rows: list[dict[str, float]]) -> None:
    print(title)
    for name in rows[0]:
        values = np.array([row[name] for row in rows])
        print(f"  {name:<58} {values.mean():.3f} ± {values.std():.3f}")
    print()


if __name__ == "__main__":
    main()
