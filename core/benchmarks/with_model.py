"""The paper's figures of a model on a benchmark, with the variants of its released code under names of their own."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from captionlint.core.benchmarks.cases import Case, Dataset
from captionlint.core.calibration.metrics import average_precision, f_beta, pearson, precision_recall, spearman
from captionlint.core.prediction import Prediction

Entailment = Callable[[Sequence[tuple[str, str]]], Sequence[float]]
"""From (premise, hypothesis) pairs to the probability that the premise entails the hypothesis."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case and what a scorer said of it; the words of both go together."""

    case: Case
    prediction: Prediction


def figures(
    dataset: Dataset, outcomes: Sequence[Outcome], *, epsilon: float, entailment: Entailment | None = None
) -> dict[str, float | None]:
    """All figures that the data set's truth allows, None for the others.

    `la`: the lowest word counts as found; `la_released_substring`: it is a substring of all wrong words joined, the
    released code's test on HAT; `ap`: of captions by F-CLIPScore, in the data set's own mode and polarity, beside
    both polarities and CLIPScore's; `ap_released_span`: HAT's, the mean of the most negative run of words in place
    of the sum; `word_ap`, `precision`, `recall`, `f1`: of words, the last three at epsilon; `pair_accuracy`: the
    right caption's cosine is higher; `pearson`, `spearman`: of F-CLIPScore with people's scores; `nli`: the cue
    entails the words found.
    """
    found: dict[str, float | None] = {}
    found |= _localisation(outcomes)
    found |= _captions(dataset, outcomes, epsilon)
    found |= _words(outcomes, epsilon)
    found |= _pairs(dataset, outcomes, epsilon)
    found |= _people(dataset, outcomes, epsilon)
    found["nli"] = _nli(outcomes, epsilon, entailment)
    return {name: None if value is None or np.isnan(value) else float(value) for name, value in found.items()}


def lowest(prediction: Prediction) -> int | None:
    """The word with the lowest attribution, or None where no word has one."""
    known = [(w.score, i) for i, w in enumerate(prediction.words) if w.score is not None]
    return min(known)[1] if known else None


def _localisation(outcomes: Iterable[Outcome]) -> dict[str, float | None]:
    foils = [o for o in outcomes if o.case.foil and o.case.wrong]
    if not foils:
        return {"la": None, "la_released_substring": None}
    hit = [lowest(o.prediction) in o.case.hits for o in foils]
    return {"la": fmean(hit), "la_released_substring": fmean(_substring(o) for o in foils)}


def _substring(outcome: Outcome) -> bool:
    at = lowest(outcome.prediction)
    words = outcome.prediction.words
    gold = " ".join(w.text for w, wrong in zip(words, outcome.case.wrong, strict=True) if wrong)
    return at is not None and words[at].text.strip(string.punctuation) in gold


def _captions(dataset: Dataset, outcomes: Sequence[Outcome], epsilon: float) -> dict[str, float | None]:
    foil = np.array([o.case.foil for o in outcomes])
    if not foil.any() or foil.all():
        return {"ap": None}
    aligned = np.array([o.prediction.f_clip_score(epsilon, mode=dataset.mode) for o in outcomes])
    cosine = np.array([o.prediction.cosine for o in outcomes])
    sign, positive = (1, ~foil) if dataset.positive == "original" else (-1, foil)
    spans = np.array([_span_score(o.prediction, epsilon) for o in outcomes])
    return {
        "ap": average_precision(sign * aligned, positive),
        "ap_original_positive": average_precision(aligned, ~foil),
        "ap_foil_positive": average_precision(-aligned, foil),
        "ap_clip_score": average_precision(sign * cosine, positive),
        "ap_released_span": average_precision(sign * spans, positive),
    }


def _span_score(prediction: Prediction, epsilon: float) -> float:
    """(1 − cos) · the lowest mean of a run of neighbouring words that are all below epsilon; 0 without one."""
    runs: list[list[float]] = [[]]
    for word in prediction.words:
        if word.flagged(epsilon):
            runs[-1].append(word.score or 0.0)
        elif runs[-1]:
            runs.append([])
    return (1 - prediction.cosine) * min((fmean(run) for run in runs if run), default=0.0)


def _words(outcomes: Iterable[Outcome], epsilon: float) -> dict[str, float | None]:
    pairs = [
        (0.0 if w.score is None else w.score, wrong)
        for o in outcomes
        if o.case.wrong
        for w, wrong in zip(o.prediction.words, o.case.wrong, strict=True)
    ]
    if not any(wrong for _, wrong in pairs):
        return {"word_ap": None, "precision": None, "recall": None, "f1": None}
    scores, wrong = (np.array(column) for column in zip(*pairs, strict=True))
    precision, recall = precision_recall(scores < epsilon, wrong)
    known = not np.isnan(precision)
    f1 = f_beta(precision, recall) if known else None
    return {"word_ap": average_precision(-scores, wrong), "precision": precision, "recall": recall, "f1": f1}


def _pairs(dataset: Dataset, outcomes: Iterable[Outcome], epsilon: float) -> dict[str, float | None]:
    right: dict[str, Prediction] = {}
    foils: list[Outcome] = []
    for outcome in outcomes:
        if outcome.case.foil:
            foils.append(outcome)
        else:
            right[outcome.case.pair] = outcome.prediction
    both = [(right[o.case.pair], o.prediction) for o in foils if o.case.pair in right]
    if not both:
        return {"pair_accuracy": None, "pair_accuracy_f_clip_score": None}
    own = [(r.f_clip_score(epsilon, mode=dataset.mode), f.f_clip_score(epsilon, mode=dataset.mode)) for r, f in both]
    return {
        "pair_accuracy": fmean(r.cosine > f.cosine for r, f in both),
        "pair_accuracy_f_clip_score": fmean(r > f for r, f in own),
    }


def _people(dataset: Dataset, outcomes: Iterable[Outcome], epsilon: float) -> dict[str, float | None]:
    known = [(o.prediction, o.case.human) for o in outcomes if o.case.human is not None]
    if len(known) < 2:
        return {"pearson": None, "spearman": None}
    scores = [p.f_clip_score(epsilon, mode=dataset.mode) for p, _ in known]
    human = [h for _, h in known]
    return {"pearson": pearson(scores, human), "spearman": spearman(scores, human)}


def _nli(outcomes: Iterable[Outcome], epsilon: float, entailment: Entailment | None) -> float | None:
    """The released protocol: the words found (below epsilon, else the lowest one) against the cue."""
    pairs = [(o.case.cue, _said(o.prediction, epsilon)) for o in outcomes if o.case.foil and o.case.cue]
    if entailment is None or not pairs:
        return None
    return fmean(entailment([(cue or "", words) for cue, words in pairs]))


def _said(prediction: Prediction, epsilon: float) -> str:
    flagged = [w.text for w in prediction.words if w.flagged(epsilon)]
    at = lowest(prediction)
    return " ".join(flagged) or ("" if at is None else prediction.words[at].text)
