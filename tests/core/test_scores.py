"""The caption's scores against the formulas written out."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from captionlint.core.clip.scores import clip_score, f_clip_score, ref_clip_score
from captionlint.core.prediction import Prediction, WordScore

ATTRIBUTIONS = st.lists(st.floats(-1, 1), max_size=20)


def test_clip_score_never_falls_below_zero():
    assert clip_score(0.3) == pytest.approx(0.75)
    assert clip_score(-0.3) == 0


@given(st.floats(-1, 1), ATTRIBUTIONS, st.floats(-1, 0))
def test_f_clip_score_sums_what_is_below_epsilon(cosine, attributions, epsilon):
    expected = (1 - cosine) * sum(a for a in attributions if a < epsilon)
    value = f_clip_score(cosine, attributions, epsilon=epsilon)
    assert value == pytest.approx(expected)
    assert value <= 0


def test_most_negative_takes_the_lowest_word_alone():
    assert f_clip_score(0.5, [0.2, -0.4, None, -0.1], epsilon=-9, mode="most_negative") == pytest.approx(-0.2)
    assert f_clip_score(0.5, [], epsilon=-9, mode="most_negative") == 0


def test_a_word_exactly_at_epsilon_is_not_flagged():
    assert f_clip_score(0, [-0.5], epsilon=-0.5) == 0
    assert not WordScore("a", 0, 1, -0.5).flagged(-0.5)


def test_unknown_mode_is_refused():
    with pytest.raises(ValueError, match="most_negative"):
        f_clip_score(0, [], epsilon=0, mode="sum")


@pytest.mark.parametrize(
    ("cosine", "references", "expected"), [(0.4, [0.2, 0.5, -1], 2 / 3), (0.4, [], 0), (-0.4, [0.9], 0), (0, [0], 0)]
)
def test_ref_clip_score_is_the_harmonic_mean_with_the_best_reference(cosine, references, expected):
    assert ref_clip_score(cosine, references) == pytest.approx(expected)


def test_a_prediction_applies_epsilon_when_looking():
    prediction = Prediction("v", "a b", 0.2, (WordScore("a", 0, 1, -0.3), WordScore("b", 2, 3, None, "too long")))
    assert prediction.clip_score == pytest.approx(0.5)
    assert prediction.f_clip_score(-0.1) == pytest.approx(-0.24)
    assert prediction.f_clip_score(-0.4) == 0
    assert not prediction.words[1].flagged(1)
