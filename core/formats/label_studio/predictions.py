"""What a scorer says of an item, as Label Studio takes a prediction: one region a marked word."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any, Final

from captionlint.core.formats.label_studio.names import OWN, Labelling
from captionlint.core.formats.label_studio.regions import control
from captionlint.core.prediction import WordScore

_LEAST: Final = 1e-6
"""Scale of attributions where epsilon is all but nothing."""


def prediction_of(
    caption: str,
    words: Sequence[WordScore],
    *,
    marked: Sequence[bool],
    confidences: Sequence[float | None],
    version: str,
    labelling: Labelling = OWN,
) -> dict[str, Any]:
    """A prediction whose regions are the marked words; `confidences` say how sure it is that each word is wrong.

    Label Studio checks nothing of this and shows nothing where a name or an offset is off. A region's id follows
    from the word's place, so that the same prediction has the same ids. Its score lies in 0 to 1, since it is shown
    as a confidence; the raw attribution stands in the note. The task's score is the certainty about its least
    certain word, since Label Studio serves the lowest first. Without `version` a prediction could not be deleted.
    """
    result: list[dict[str, Any]] = []
    for index, (word, flagged, confidence) in enumerate(zip(words, marked, confidences, strict=True)):
        if flagged:
            place = (word.start, word.end)
            (region,) = control(
                labelling, labelling.marks, labelling.mark, region=f"w{index}", caption=caption, place=place
            )
            if confidence is not None:
                region["score"] = confidence
            if word.score is not None:
                region["meta"] = {"text": [f"attribution {word.score:.6g}"]}
            result.append(region)
    known = [one for one in confidences if one is not None]
    certainty = min((round(abs(one - 0.5) * 2, 4) for one in known), default=None)
    return {"model_version": version, "score": certainty, "result": result}


def confidence(score: float | None, *, epsilon: float, calibrated: bool) -> float | None:
    """How sure a scorer is that a word is wrong, 0 to 1, four digits; None for a word without a score.

    A calibrated score is minus a probability. A bare attribution is not one: it is squashed so that epsilon becomes
    0.5 and twice as far beyond it 0.75, which keeps the order of the words and invents no frequency.
    """
    if score is None or not isfinite(score):
        return None
    if calibrated:
        return round(min(max(-score, 0.0), 1.0), 4)
    beyond = epsilon - score
    return round(0.5 + 0.5 * beyond / (abs(beyond) + max(abs(epsilon), _LEAST)), 4)
