"""Does the scorer compute here what it computed where it was made? Eight drawn scenes against stored numbers.

``python -m captionlint.core.demo.self_test`` writes the numbers anew, which a new bundled model asks for.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from captionlint.core.demo.weights import FOLDER

if TYPE_CHECKING:
    from captionlint.core.clip.scorer import Scorer

NUMBERS: Final = FOLDER / "self_test.json"
COSINE_TOLERANCE: Final = 2e-4
"""How far a cosine may be off: a hundred times what other CPUs' rounding makes, and less than what changes a mark."""
SCORE_TOLERANCE: Final = 1e-4
"""The same for a word's attribution; the bundled model's threshold is −3.7e-3."""


@dataclass(frozen=True, slots=True)
class SelfTest:
    """How far off the numbers were at worst; `words` counts what was compared, `other_marks` words marked otherwise."""

    words: int
    cosine_off: float
    score_off: float
    other_marks: int

    @property
    def passed(self) -> bool:
        """Whether this machine may be believed."""
        return self.cosine_off <= COSINE_TOLERANCE and self.score_off <= SCORE_TOLERANCE and not self.other_marks


def run(scorer: Scorer) -> SelfTest:
    """Scores the scenes with the bundled model and compares; about a second."""
    expected, found = json.loads(NUMBERS.read_text(encoding="utf-8")), measure(scorer)
    words = cosine_off = score_off = other_marks = 0
    for stored, now in zip(expected, found, strict=True):
        cosine_off = max(cosine_off, abs(stored["cosine"] - now["cosine"]))
        for before, after in zip(stored["scores"], now["scores"], strict=True):
            words += 1
            score_off = max(score_off, abs(before - after))
            other_marks += (before < scorer.epsilon) != (after < scorer.epsilon)
    return SelfTest(words, cosine_off, score_off, other_marks)


def measure(scorer: Scorer) -> list[dict[str, Any]]:
    """Each scene with a caption that is right of it and with one in which a word was swapped."""
    from captionlint.core.demo.scenes import draw, stream

    swaps = list(stream(2026, 8))
    pictures = [draw(swap.scene)[0] for swap in swaps for _ in range(2)]
    captions = [text for swap in swaps for text in (swap.scene.caption, swap.twin.caption)]
    return [
        {"caption": p.caption, "cosine": p.cosine, "scores": [w.score for w in p.words]}
        for p in scorer.score(pictures, captions)
    ]


if __name__ == "__main__":
    from captionlint.core.clip.scorer import Scorer

    lines = ",\n".join(json.dumps(row) for row in measure(Scorer.from_pretrained("demo", device="cpu")))
    NUMBERS.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
