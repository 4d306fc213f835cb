"""The metrics against scikit-learn's, and their edges."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from core.benchmarks.metrics import average_precision, best_threshold, f_beta, roc_auc

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
