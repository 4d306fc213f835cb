"""The metrics against scikit-learn's, and their edges."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from captionlint.core.calibration.metrics import (
    average_precision,
    best_threshold,
    brier_score,
    expected_calibration_error,
    f_beta,
    pearson,
    precision_recall,
    roc_auc,
    spearman,
)

SCORED = st.lists(st.tuples(st.integers(-5, 5).map(float), st.booleans()), min_size=2, max_size=60)


@settings(deadline=None)
@given(SCORED)
def test_average_precision_is_scikit_learns(pairs):
    metrics = pytest.importorskip("sklearn.metrics")
    scores, labels = map(list, zip(*pairs, strict=True))
    if not any(labels):
        assert np.isnan(average_precision(scores, labels))
        return
    assert average_precision(scores, labels) == pytest.approx(metrics.average_precision_score(labels, scores))


@settings(deadline=None)
@given(SCORED)
def test_roc_auc_is_scikit_learns(pairs):
    metrics = pytest.importorskip("sklearn.metrics")
    up, down = ([s for s, positive in pairs if positive is side] for side in (True, False))
    if not up or not down:
        assert np.isnan(roc_auc(up, down))
        return
    expected = metrics.roc_auc_score([True] * len(up) + [False] * len(down), up + down)
    assert roc_auc(up, down) == pytest.approx(expected)


@settings(deadline=None)
@given(SCORED)
def test_the_best_threshold_is_no_worse_than_any_other(pairs):
    scores, labels = (np.array(column) for column in zip(*pairs, strict=True))

    def f1(cut):
        flagged = scores < cut
        hits = (flagged & labels).sum()
        return f_beta(hits / max(flagged.sum(), 1), hits / max(labels.sum(), 1))

    cut, precision, recall = best_threshold(scores, labels)
    best = max(f1(c) for c in np.arange(-6, 7) + 0.5)
    assert f_beta(precision, recall) == pytest.approx(best)
    if cut not in scores:
        assert f1(cut) == pytest.approx(best)


def test_f_beta_weighs_recall():
    assert f_beta(1.0, 0.5) == pytest.approx(2 / 3)
    assert f_beta(1.0, 0.5, beta=2) == pytest.approx(2.5 / 4.5)
    assert f_beta(0, 0) == 0


def test_calibration_error_is_the_sum_over_its_bins():
    rng = np.random.default_rng(0)
    stated = rng.random(500)
    labels = rng.random(500) < stated**2
    plain = 0.0
    for low in np.arange(10) / 10:
        inside = (stated >= low) & (stated < low + 0.1)
        plain += inside.sum() / 500 * abs(stated[inside].mean() - labels[inside].mean())
    assert expected_calibration_error(stated, labels) == pytest.approx(plain)
    assert expected_calibration_error([1.0, 0.0], [True, False]) == 0
    assert expected_calibration_error([1.0, 0.0], [False, True]) == 1
    assert np.isnan(expected_calibration_error([], []))


@settings(deadline=None)
@given(SCORED)
def test_correlations_are_scipys(pairs):
    stats = pytest.importorskip("scipy.stats")
    scores = [score for score, _ in pairs]
    other = [float(label) + score**2 for score, label in pairs]
    if len(set(scores)) < 2 or len(set(other)) < 2:
        assert np.isnan(pearson(scores, other))
        return
    assert pearson(scores, other) == pytest.approx(stats.pearsonr(scores, other).statistic, abs=1e-9)
    assert spearman(scores, other) == pytest.approx(stats.spearmanr(scores, other).statistic, abs=1e-9)


@settings(deadline=None)
@given(SCORED)
def test_precision_recall_and_brier_are_scikit_learns(pairs):
    metrics = pytest.importorskip("sklearn.metrics")
    scores, labels = map(list, zip(*pairs, strict=True))
    flagged = [score > 0 for score in scores]
    precision, recall = precision_recall(flagged, labels)
    if any(flagged):
        assert precision == pytest.approx(metrics.precision_score(labels, flagged))
    if any(labels):
        assert recall == pytest.approx(metrics.recall_score(labels, flagged))
    stated = [1 / (1 + np.exp(-score)) for score in scores]
    assert brier_score(stated, labels) == pytest.approx(np.mean((np.array(stated) - np.array(labels)) ** 2))
