"""What a scorer says of an item: plain frozen data that crosses all floors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from captionlint.core.clip import scores

DEFAULT_EPSILON: Final = -5e-5
"""The paper's threshold for ViT-H/14; not portable between models."""
Mode = Literal["threshold", "most_negative"]


@dataclass(frozen=True, slots=True)
class WordScore:
    """A word and its signed attribution; negative: the picture speaks against it.

    ``caption[start:end] == text``, offsets in code points. `score` is None where no attribution could be had,
    and `reason` says why.
    """

    text: str
    start: int
    end: int
    score: float | None
    reason: str | None = None

    def flagged(self, epsilon: float) -> bool:
        """Whether the word is marked as suspicious at this threshold."""
        return self.score is not None and self.score < epsilon


@dataclass(frozen=True, slots=True)
class Prediction:
    """One scorer's result for one item; epsilon is applied when looking, never stored."""

    scorer_version: str
    caption: str
    cosine: float
    words: tuple[WordScore, ...]

    @property
    def clip_score(self) -> float:
        """CLIPScore, 0 to 2.5."""
        return scores.clip_score(self.cosine)

    def f_clip_score(self, epsilon: float = DEFAULT_EPSILON, *, mode: Mode = "threshold") -> float:
        """CLIP4DM's F-CLIPScore, at most 0; nearer 0 is better aligned."""
        return scores.f_clip_score(self.cosine, [w.score for w in self.words], epsilon=epsilon, mode=mode)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an item of a batch has no prediction."""

    scorer_version: str
    caption: str
    reason: str
