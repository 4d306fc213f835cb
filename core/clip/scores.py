"""The scores of a whole caption, as pure functions of cosines and attributions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def clip_score(cosine: float) -> float:
    """CLIPScore: 2.5 · max(cos, 0), between 0 and 2.5 (Hessel et al. 2021, eq. 1)."""
    return 2.5 * max(cosine, 0.0)


def f_clip_score(
    cosine: float, attributions: Iterable[float | None], *, epsilon: float, mode: str = "threshold"
) -> float:
    """CLIP4DM's F-CLIPScore: (1 − cos) · sum of the attributions below epsilon; at most 0, nearer 0 is better.

    In ``most_negative`` mode (FOIL, nocaps-FOIL) the lowest attribution stands in place of the sum, whatever
    epsilon is, and the score may be positive. Words without attribution (None) do not count. Another paper
    (arXiv 2502.20034) gives the same name to a different number.
    """
    known = [a for a in attributions if a is not None]
    if mode == "most_negative":
        blame = min(known, default=0.0)
    elif mode == "threshold":
        blame = sum(a for a in known if a < epsilon)
    else:
        raise ValueError(f"mode is 'threshold' or 'most_negative', not {mode!r}")
    return (1.0 - cosine) * blame


def ref_clip_score(cosine: float, reference_cosines: Sequence[float]) -> float:
    """RefCLIPScore: harmonic mean of CLIPScore and the best max(cos(caption, reference), 0); 0 without references."""
    own = clip_score(cosine)
    best = max((max(c, 0.0) for c in reference_cosines), default=0.0)
    return 2 * own * best / (own + best) if own + best else 0.0
