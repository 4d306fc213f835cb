"""No image is ever on both sides: these fail if any split or bootstrap leaks one."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from captionlint.core.calibration.resampling import bootstrap, folds, split

GROUPS = st.lists(st.integers(0, 9), min_size=2, max_size=60).filter(lambda g: len(set(g)) > 1)


@settings(deadline=None)
@given(GROUPS, st.floats(0.05, 0.95), st.integers(0, 99))
def test_a_split_parts_images_not_words(groups, share, seed):
    groups = np.array(groups)
    one, other = split(groups, share=share, seed=seed)
    assert not set(groups[one]) & set(groups[other])
    assert sorted([*one, *other]) == list(range(len(groups)))
    assert len(one)
    assert len(other)


@settings(deadline=None)
@given(GROUPS, st.integers(2, 7), st.integers(0, 99))
def test_folds_hold_every_row_out_once_and_never_leak(groups, count, seed):
    groups = np.array(groups)
    held_out = []
    for fitting, held in folds(groups, count=count, seed=seed):
        assert not set(groups[fitting]) & set(groups[held])
        assert len(fitting)
        held_out += held.tolist()
    assert sorted(held_out) == list(range(len(groups)))


def test_the_bootstrap_draws_whole_images():
    groups = np.array(["a", "a", "a", "b", "c", "c"])
    sizes = {"a": 3, "b": 1, "c": 2}

    def statistic(rows):
        drawn = groups[rows]
        assert all((drawn == name).sum() % size == 0 for name, size in sizes.items())
        return float(len(rows))

    low, high = bootstrap(statistic, groups, rounds=200)
    assert 3 <= low < high <= 9


def test_captions_of_one_image_widen_the_interval():
    """Ten copies of each word add no evidence: by image the interval stays, by word it would shrink."""
    rng = np.random.default_rng(0)
    values = rng.random(40)

    def width(groups, data):
        low, high = bootstrap(lambda rows: float(data[rows].mean()), groups, rounds=400)
        return high - low

    copied = np.repeat(values, 10)
    by_image = width(np.repeat(np.arange(40), 10), copied)
    assert by_image == pytest.approx(width(np.arange(40), values), rel=0.2)
    assert by_image > 2 * width(np.arange(400), copied)


def test_rounds_without_an_answer_are_left_out():
    assert np.isnan(bootstrap(lambda rows: float("nan"), [1, 2], rounds=5)).all()
