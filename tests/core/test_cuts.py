"""Cuts against plain searches, and the promise of risk control, kept on average over resampled calibrations."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume, given, settings

from captionlint.core.calibration.thresholds import cut_by_cost, cut_by_f_beta, cut_by_risk, missed_share
from captionlint.core.errors import CalibrationError

WORDS = st.lists(
    st.tuples(st.integers(0, 8).map(lambda v: v / 8), st.booleans(), st.integers(0, 9)), min_size=1, max_size=60
)


def columns(words):
    chances, wrong, images = (np.array(column) for column in zip(*words, strict=True))
    return chances, wrong, images


def plain_risk(chances, wrong, images, cut):
    """The paper's left side, written out image by image."""
    losses = []
    for image in set(images[wrong]):
        own = chances[(images == image) & wrong]
        losses.append(np.mean([p <= cut for p in own]))
    n = len(losses)
    return n / (n + 1) * np.mean(losses) + 1 / (n + 1)


@settings(deadline=None, max_examples=200)
@given(WORDS, st.floats(0.05, 0.9))
def test_the_risk_cut_is_the_highest_that_fits(words, alpha):
    chances, wrong, images = columns(words)
    images_with_wrong = len(set(images[wrong]))
    if images_with_wrong == 0 or 1 / (images_with_wrong + 1) > alpha:
        with pytest.raises(CalibrationError):
            cut_by_risk(chances, wrong, images, alpha=alpha)
        return
    cut = cut_by_risk(chances, wrong, images, alpha=alpha)
    assert plain_risk(chances, wrong, images, cut) <= alpha + 1e-12
    higher = [c for c in np.unique(chances[wrong]) if c > cut + 1e-9]
    for value in higher:
        assert plain_risk(chances, wrong, images, value - 1e-9) > alpha - 1e-12


@settings(deadline=None)
@given(WORDS, st.floats(0.1, 5), st.floats(0.1, 5))
def test_the_cost_cut_is_the_cheapest(words, remove, add):
    chances, wrong, _ = columns(words)

    def work(cut):
        flagged = chances > cut
        return remove * (flagged & ~wrong).sum() + add * (~flagged & wrong).sum()

    cut = cut_by_cost(chances, wrong, remove=remove, add=add)
    assert work(cut) == pytest.approx(min(work(c) for c in (-1, *np.unique(chances))))


def test_a_mark_that_is_dear_to_remove_raises_the_cut():
    rng = np.random.default_rng(0)
    chances = rng.random(2000)
    wrong = rng.random(2000) < chances
    cheap, dear = (cut_by_cost(chances, wrong, remove=r, add=1) for r in (0.25, 4))
    assert cheap == pytest.approx(0.2, abs=0.08)
    assert dear == pytest.approx(0.8, abs=0.08)


def test_f_beta_flags_above_its_cut():
    cut = cut_by_f_beta([0.9, 0.8, 0.3, 0.1], [True, True, False, False])
    assert 0.3 < cut < 0.8


def test_the_promise_holds_on_average():
    """Images of 1 to 3 captions with unlike difficulty; the model is fixed, the cut is drawn anew each time."""
    rng = np.random.default_rng(4)
    missed = []
    for _ in range(300):
        chances, wrong, images = _images(rng, 60)
        cut = cut_by_risk(chances, wrong, images, alpha=0.2)
        missed.append(missed_share(*_images(rng, 300), cut=cut))
    assert np.mean(missed) <= 0.2 + 2 * np.std(missed) / np.sqrt(len(missed))
    assert np.mean(missed) > 0.15


def _images(rng, count):
    hard = rng.beta(2, 2, count)
    sizes = rng.integers(3, 30, count)
    images = np.repeat(np.arange(count), sizes)
    wrong = rng.random(len(images)) < 0.1
    chances = np.clip(rng.normal(np.where(wrong, 1 - hard[images], 0.1), 0.15), 0, 1)
    return chances, wrong, images


def test_too_few_images_for_the_promise_are_named():
    with pytest.raises(CalibrationError, match=r"needs 19 reviewed images .* there are 2"):
        cut_by_risk([0.9, 0.8], [True, True], ["a", "b"], alpha=0.05)


def test_words_that_cannot_be_marked_count_as_missed():
    chances, wrong, images = np.full(20, -1.0), np.ones(20, dtype=bool), np.arange(20)
    with pytest.raises(CalibrationError, match="no score"):
        cut_by_risk(chances, wrong, images, alpha=0.2)
    chances[2:] = 0.7
    cut = cut_by_risk(chances, wrong, images, alpha=0.2)
    assert missed_share(chances, wrong, images, cut=cut) == pytest.approx(0.1)


@given(WORDS)
def test_missed_share_falls_with_the_cut(words):
    chances, wrong, images = columns(words)
    assume(wrong.any())
    shares = [missed_share(chances, wrong, images, cut=c) for c in (-0.5, 0.2, 0.6, 1.0)]
    assert shares == sorted(shares)
    assert shares[0] == 0
