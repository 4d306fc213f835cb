"""From reviewed words to a probability of being wrong for every word, and to a cut that keeps a promise.

    table = WordTable.of(reviews)                       # words, labels, images
    calibration = calibrate(table, goal=Goal.risk(0.2))
    calibration.apply(prediction)                       # scores are now −probability, epsilon is −cut

A calibrated scorer is a scorer of its own: its version names the scorer beneath and the fit, its scores are minus
the probability of being wrong, its epsilon minus the cut. So it is stored, shown, measured and exported like any
other, and raw attributions stay as they are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray

from captionlint.core.calibration import head, logistic, resampling, thresholds
from captionlint.core.calibration.features import PICTURE_FREE_WIDTH, class_codes, feature_names, features_of_captions
from captionlint.core.calibration.head import HeadTrial
from captionlint.core.calibration.table import WordTable, features_of
from captionlint.core.errors import CalibrationError
from captionlint.core.prediction import Prediction, WordScore

Array = NDArray[np.float64]
STRENGTH: Final = 2.0
"""L2 penalty on standardised features; from 1 to 4 nothing moves by more than a hundredth on drawn scenes."""
REACH: Final = 3.0
"""Standardised features are cut to ±REACH: attributions have heavy tails, and no word should bend the line alone."""
FOLDS: Final = 5
FEWEST_WRONG: Final = 8
"""Reviewed wrong words below which nothing is fitted."""
ENOUGH_BLIND: Final = 30
"""Blind images with a wrong word from which on they alone set the cut: no mark has swayed their reviews."""
_AT_ONCE: Final = 20_000
"""Words whose features are in memory at once when many captions are calibrated."""


@dataclass(frozen=True, slots=True)
class Model:
    """A regularised logistic model of the first features: standardised, cut to ±REACH, weighted, squashed."""

    centre: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float

    def probabilities(self, features: Array) -> Array:
        """Probability of being wrong (…, N), between 0 and 1, of words with features (…, N, F)."""
        used = features[..., : len(self.weights)]
        standard = _standard(used, np.array(self.centre), np.array(self.scale))
        return logistic.probabilities(standard @ np.array(self.weights) + self.intercept)


def fit(table: WordTable, *, strength: float = STRENGTH, width: int | None = None) -> Model:
    """Fits the table's first `width` features, or all. The share of wrong words is left as it is."""
    used = table.features[:, :width]
    centre, scale = used.mean(axis=0), used.std(axis=0)
    scale = np.where(scale < 1e-12, 1.0, scale)
    scale[plain_width(table) :] /= head.WIDTH
    weights, intercept = logistic.fit(_standard(used, centre, scale), table.wrong, strength=strength)
    return Model(tuple(centre.tolist()), tuple(scale.tolist()), tuple(weights.tolist()), intercept)


def plain_width(table: WordTable) -> int:
    """How many of a table's features there are without a head's."""
    width: int = table.features.shape[1]
    return width - table.parts


def _standard(features: Array, centre: Array, scale: Array) -> Array:
    standard: Array = np.clip((features - centre) / scale, -REACH, REACH)
    return standard


def cross_fitted(
    table: WordTable, *, strength: float = STRENGTH, width: int | None = None, count: int = FOLDS, seed: int = 0
) -> Array:
    """For every word the probability (N,) by a model that has not seen its image."""
    probabilities = np.zeros(len(table))
    for fitting, held in resampling.folds(table.image, count=count, seed=seed):
        model = fit(table.rows(fitting), strength=strength, width=width)
        probabilities[held] = model.probabilities(table.features[held])
    return probabilities


@dataclass(frozen=True, slots=True)
class Goal:
    """What the cut is to achieve: the best F-beta, the least work, or at most a share `alpha` of wrong words missed."""

    kind: Literal["f_beta", "cost", "risk"] = "f_beta"
    beta: float = 2.0
    remove: float = 1.0
    add: float = 1.0
    alpha: float = 0.2

    @classmethod
    def risk(cls, alpha: float) -> Self:
        """Conformal risk control at `alpha`."""
        return cls("risk", alpha=alpha)

    @classmethod
    def cost(cls, *, remove: float, add: float) -> Self:
        """The least work, given what it costs to take a mark away and to add one by hand."""
        return cls("cost", remove=remove, add=add)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted model, its cut, and the share of words it marks, against which drift is noticed.

    Attributes:
        base: version of the scorer whose predictions it reads.
        flag_rate: share of words marked, with its standard error over images.
        version: ``BASE;cal-HASH``: another fit or another cut is another scorer.
    """

    base: str
    model: Model
    cut: float
    goal: Goal
    flag_rate: float
    flag_rate_error: float
    signals: tuple[str, ...] = ()
    version: str = field(init=False, default="")

    def __post_init__(self) -> None:
        whole = json.dumps(self.as_dict(), sort_keys=True)
        name = f"{self.base};cal-{hashlib.sha256(whole.encode()).hexdigest()[:10]}"
        object.__setattr__(self, "version", name)  # once: with every prediction it would cost more than applying

    @property
    def parts(self) -> int:
        """How many parts a learned head reads; 0 without one."""
        return len(self.model.weights) - len(feature_names(self.signals))

    def apply(self, prediction: Prediction, signals: Array | None = None) -> Prediction:
        """The prediction with minus the probability of being wrong as every word's score (−1 to 0).

        `signals` (W, S), or (W, S + E) with a head, are needed where the fit had them.
        """
        if not prediction.words:
            return replace(prediction, scorer_version=self.version)
        chances = self.model.probabilities(features_of(prediction, signals, self.signals))
        pairs = zip(prediction.words, chances.tolist(), strict=True)
        words = tuple(w if w.score is None else WordScore(w.text, w.start, w.end, -p) for w, p in pairs)
        return replace(prediction, scorer_version=self.version, words=words)

    def scores(self, captions: Sequence[Sequence[str]], attributions: Array, cosines: Array) -> Array:
        """What `apply` gives the words of C captions as scores (N,), all at once: minus the probabilities.

        The captions' words, and their `attributions` (N,), lie end to end; NaN stays where a word has none. `cosines`
        (C,) may be NaN. Only for a fit without signals.
        """
        lengths = np.array([len(texts) for texts in captions], dtype=np.intp)
        starts = np.cumsum(lengths) - lengths
        codes = np.array([code for texts in captions for code in class_codes(texts)], dtype=np.intp)
        raw = np.where(np.isnan(attributions), 0.0, attributions)
        scores = np.full(len(raw), np.nan)
        for length in np.unique(lengths[lengths > 0]).tolist():
            equal = np.flatnonzero(lengths == length)
            for some in np.array_split(equal, -(-len(equal) * length // _AT_ONCE)):
                words = starts[some][:, None] + np.arange(length)
                features = features_of_captions(raw[words], cosines[some], codes[words])
                scores[words] = -self.model.probabilities(features)
        return np.where(np.isnan(attributions), np.nan, scores)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; `from_dict` reads them."""
        values = asdict(self)
        del values["version"]
        return {**values, "features": feature_names(self.signals)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Reads `as_dict`, also after JSON.

        Raises:
            CalibrationError: it was made by a release that saw other features.
        """
        signals = tuple(values["signals"])
        if tuple(values["features"]) != feature_names(signals):
            raise CalibrationError("This calibration was made by another release: run `captionlint calibrate` again.")
        given = values["model"]
        centre, scale, weights = (tuple(given[name]) for name in ("centre", "scale", "weights"))
        model = Model(centre, scale, weights, given["intercept"])
        rest = {k: values[k] for k in ("base", "cut", "flag_rate", "flag_rate_error")}
        return cls(model=model, goal=Goal(**values["goal"]), signals=signals, **rest)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A calibration and the words that judge it: none of them, nor their images, were seen by the model that
    gave their `probabilities` (N,); `blind_baseline` (N,) are those of a model without the picture. `trial`: how a
    learned head did, where there was enough to try one."""

    calibration: Calibration
    table: WordTable
    probabilities: Array
    blind_baseline: Array
    cut_from_blind_reviews: bool
    trial: HeadTrial | None = None


def calibrate(table: WordTable, *, base: str, goal: Goal | None = None, seed: int = 0) -> Fitted:
    """Fits a model and chooses its cut.

    For a promise of risk half of the images fit the model and the other half set the cut, so that the cut's images
    are new to the very model that is used. Otherwise all fit, and the cut comes from cross-fitted probabilities.

    Raises:
        CalibrationError: too few reviews.
    """
    goal = goal or Goal()
    _check(table)
    parted = goal.kind == "risk"
    whole = np.arange(len(table))
    fitting, held = resampling.split(table.image, share=0.5, seed=seed) if parted else (whole, whole)
    # The images that set a promise's cut have no say in whether a head is used.
    fitted, judged = table.rows(fitting), table.rows(held)
    trial = _try_head(fitted, seed=seed) if table.parts and _captions(table) >= head.ENOUGH else None
    width = None if trial and trial.used else plain_width(table)
    model = fit(fitted, width=width)
    if parted:
        probabilities = model.probabilities(judged.features)
        blind = fit(fitted, width=PICTURE_FREE_WIDTH).probabilities(judged.features)
    else:
        probabilities = cross_fitted(table, width=width, seed=seed)
        blind = cross_fitted(table, width=PICTURE_FREE_WIDTH, seed=seed)
    probabilities = np.where(judged.markable, probabilities, -1.0)
    setting = _setting(judged)
    cut = _cut(probabilities[setting], judged.rows(setting), goal)
    rate, error = flag_rate(probabilities > cut, judged.image)
    calibration = Calibration(base, model, cut, goal, rate, error, table.signals)
    return Fitted(calibration, judged, probabilities, blind, bool(judged.blind[setting].all()), trial)


def _try_head(table: WordTable, *, seed: int) -> HeadTrial:
    with_head = cross_fitted(table, seed=seed)
    without = cross_fitted(table, width=plain_width(table), seed=seed)
    return head.compare(with_head, without, wrong=table.wrong, image=table.image, captions=_captions(table))


def _captions(table: WordTable) -> int:
    return len(np.unique(table.caption))


def _check(table: WordTable) -> None:
    wrong, images = int(table.wrong.sum()), len(np.unique(table.image))
    if wrong < FEWEST_WRONG or table.wrong.all() or images < FOLDS:
        raise CalibrationError(
            f"{wrong} wrong words in {images} reviewed images are too few to learn from; "
            f"it takes {FEWEST_WRONG} in {FOLDS} images. Review more, or fewer of one sort."
        )


def _setting(table: WordTable) -> NDArray[np.intp]:
    """Rows that set the cut: those of blind reviews alone where there are enough."""
    blind = np.flatnonzero(table.blind)
    enough = len(np.unique(table.image[blind][table.wrong[blind]])) >= ENOUGH_BLIND
    return blind if enough else np.arange(len(table))


def _cut(probabilities: Array, table: WordTable, goal: Goal) -> float:
    if goal.kind == "risk":
        return thresholds.cut_by_risk(probabilities, table.wrong, table.image, alpha=goal.alpha)
    if goal.kind == "cost":
        return thresholds.cut_by_cost(probabilities, table.wrong, remove=goal.remove, add=goal.add)
    return thresholds.cut_by_f_beta(probabilities, table.wrong, beta=goal.beta)


def flag_rate(flagged: NDArray[np.bool_], images: NDArray[Any]) -> tuple[float, float]:
    """The share of words marked, and its standard error with the image as unit (a ratio's, by linearisation)."""
    _, codes = np.unique(images, return_inverse=True)
    return flag_rate_of(np.bincount(codes, weights=flagged), np.bincount(codes))


def flag_rate_of(marked: NDArray[Any], words: NDArray[Any]) -> tuple[float, float]:
    """`flag_rate` from how many words of each image are marked (M,), and how many there are (M,), none of them 0."""
    rate = float(marked.sum() / words.sum())
    count = len(words)
    spread = float(np.sum((marked - rate * words) ** 2)) * count / max(count - 1, 1)
    return rate, float(np.sqrt(spread)) / float(words.sum())


def drift(calibration: Calibration, rate: float, error: float) -> float:
    """How many standard errors another set's flag rate lies from the one at fitting; beyond 3 is a warning."""
    both = float(np.hypot(calibration.flag_rate_error, error))
    return 0.0 if both == 0 else (rate - calibration.flag_rate) / both


def weights_by_name(calibration: Calibration) -> dict[str, float]:
    """The standardised weights, largest first: what the model leans on."""
    names = feature_names(calibration.signals)
    found = dict(zip(names, calibration.model.weights, strict=False))  # a head's parts have no names
    return dict(sorted(found.items(), key=lambda pair: -abs(pair[1])))
