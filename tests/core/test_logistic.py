"""The own logistic regression against scikit-learn's, and its edges."""

import numpy as np
import pytest

from captionlint.core.calibration import logistic


@pytest.mark.parametrize("strength", [0.1, 1.0, 10.0])
def test_it_is_scikit_learns(strength):
    linear = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(1)
    features = rng.standard_normal((300, 7))
    labels = rng.random(300) < logistic.probabilities(features @ rng.standard_normal(7) - 2)
    weights, bias = logistic.fit(features, labels, strength=strength)
    reference = linear.LogisticRegression(C=1 / strength, tol=1e-10, max_iter=1000).fit(features, labels)
    assert weights == pytest.approx(reference.coef_[0], abs=1e-5)
    assert bias == pytest.approx(reference.intercept_[0], abs=1e-5)


def test_separable_labels_end_in_finite_weights():
    features = np.linspace(-1, 1, 50)[:, None]
    weights, bias = logistic.fit(features, features[:, 0] > 0)
    assert np.isfinite([*weights, bias]).all()
    assert weights[0] > 1


def test_labels_of_one_kind_give_their_share():
    weights, bias = logistic.fit(np.ones((9, 2)), np.zeros(9, dtype=bool))
    assert not weights.any()
    assert logistic.probabilities(np.array([bias])) == pytest.approx([0.05])


def test_probabilities_do_not_overflow():
    assert logistic.probabilities(np.array([-1e4, 0, 1e4])).tolist() == [0, 0.5, 1]
