"""How well a model finds the swapped word of a drawn scene's caption. Synthetic: says nothing about photographs.

For each scene three pairs are scored: its picture with the right caption, its picture with the caption in which
one word is swapped, and the twin's picture, of which the swapped caption is true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from PIL import Image

from captionlint.core.calibration.metrics import average_precision, best_threshold, roc_auc
from captionlint.core.clip.scorer import Scorer
from captionlint.core.demo.scenes import Swap, draw, stream
from captionlint.core.errors import ItemError
from captionlint.core.prediction import Failure, Prediction

KIND_ORDER = ("noun", "colour", "size", "count", "relation")


@dataclass(frozen=True, slots=True)
class KindReport:
    """Figures of one kind of swapped word, each 0 to 1.

    `la`: the swapped word has the lowest attribution. `pair_accuracy`: the right caption's cosine is higher
    (chance .5). `same_word_auc`: the word's attribution is lower where it is wrong than the same word's where
    it is right (chance .5); `la` alone deceives, since some words are negative in right captions too.
    """

    la: float
    pair_accuracy: float
    same_word_auc: float
    n: int


@dataclass(frozen=True, slots=True)
class SceneReport:
    """Figures over all scenes, each 0 to 1.

    `ap`: average precision over the words of swapped captions; `ap_mixed`: with as many right captions added;
    `random_la`: what a random word would reach. `best_epsilon` maximises F1 on these very scenes.
    """

    la: float
    ap: float
    ap_mixed: float
    pair_accuracy: float
    random_la: float
    best_epsilon: float
    best_precision: float
    best_recall: float
    count: int
    seed: int
    scorer_version: str
    by_kind: dict[str, KindReport]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Scored:
    swap: Swap
    right: Prediction
    wrong: Prediction
    twin: Prediction


def evaluate(
    scorer: Scorer, *, count: int, seed: int, on_progress: Callable[[int], None] = lambda _done: None
) -> SceneReport:
    """Scores `count` scenes of that seed, three pairs each, and calls `on_progress` with the scenes done."""
    scored = []
    for result in _score(scorer, stream(seed, count)):
        scored.append(result)
        on_progress(len(scored))
    kinds = [kind for kind in KIND_ORDER if any(s.swap.kind == kind for s in scored)]
    swapped = [(w, i == s.swap.word) for s in scored for i, w in enumerate(_attributions(s.wrong))]
    right = [(w, False) for s in scored for w in _attributions(s.right)]
    epsilon, precision, recall = best_threshold(*zip(*(swapped + right), strict=True))
    return SceneReport(
        la=_la(scored),
        ap=_ap(swapped),
        ap_mixed=_ap(swapped + right),
        pair_accuracy=_pair_accuracy(scored),
        random_la=float(np.mean([1 / len(s.wrong.words) for s in scored])),
        best_epsilon=epsilon,
        best_precision=precision,
        best_recall=recall,
        count=count,
        seed=seed,
        scorer_version=scorer.version,
        by_kind={kind: _kind_report([s for s in scored if s.swap.kind == kind]) for kind in kinds},
    )


def _score(scorer: Scorer, swaps: Iterator[Swap]) -> Iterator[_Scored]:
    pending: list[Swap] = []

    def pairs() -> Iterator[tuple[Image.Image, str]]:
        for swap in swaps:
            pending.append(swap)
            picture = draw(swap.scene)[0]
            yield picture, swap.scene.caption
            yield picture, swap.twin.caption
            yield draw(swap.twin)[0], swap.twin.caption

    results = scorer.stream(pairs(), batch_size=96)
    for right, wrong, twin in zip(results, results, results, strict=True):
        yield _Scored(pending.pop(0), _need(right), _need(wrong), _need(twin))


def _need(result: Prediction | Failure) -> Prediction:
    if isinstance(result, Failure):
        raise ItemError(f"'{result.caption}': {result.reason}")
    return result


def _kind_report(scored: Sequence[_Scored]) -> KindReport:
    wrong = [-_attributions(s.wrong)[s.swap.word] for s in scored]
    right = [-_attributions(s.twin)[s.swap.word] for s in scored]
    return KindReport(_la(scored), _pair_accuracy(scored), roc_auc(wrong, right), len(scored))


def _la(scored: Sequence[_Scored]) -> float:
    return float(np.mean([int(np.argmin(_attributions(s.wrong))) == s.swap.word for s in scored]))


def _pair_accuracy(scored: Sequence[_Scored]) -> float:
    return float(np.mean([s.right.cosine > s.wrong.cosine for s in scored]))


def _ap(words: Sequence[tuple[float, bool]]) -> float:
    return average_precision([-score for score, _ in words], [wrong for _, wrong in words])


def _attributions(prediction: Prediction) -> list[float]:
    """Attributions by word; a word without one counts as neutral."""
    return [0.0 if w.score is None else w.score for w in prediction.words]
