"""Calibration on made-up reviews: better marks, honest figures, and no image on both sides."""

import json
from dataclasses import replace

import numpy as np
import pytest
from made_reviews import reviews

from captionlint.core.calibration import fitting as module
from captionlint.core.calibration.evaluation import judge
from captionlint.core.calibration.features import PICTURE_FREE_WIDTH, feature_names, lead, word_features
from captionlint.core.calibration.fitting import (
    Calibration,
    Goal,
    calibrate,
    cross_fitted,
    drift,
    flag_rate,
    weights_by_name,
)
from captionlint.core.calibration.table import WordTable
from captionlint.core.errors import CalibrationError
from captionlint.core.text.word_classes import WORD_CLASSES


@pytest.fixture(scope="module")
def table():
    return WordTable.of(reviews(300))


def test_the_table_has_a_row_a_word_and_a_code_an_image(table):
    captions = reviews(300)
    assert len(table) == sum(len(c.wrong) for c in captions)
    assert table.features.shape[1] == len(feature_names())
    assert len(np.unique(table.image)) == 150
    assert len(np.unique(table.caption)) == 300


def test_calibrated_marks_beat_the_bare_attribution_and_the_blind_baseline(table):
    figures = judge(calibrate(table, base="made-1"), rounds=50)
    assert figures.ap > figures.ap_attribution + 0.02
    assert figures.ap > figures.ap_blind + 0.3
    assert figures.ap_interval[0] < figures.ap < figures.ap_interval[1]
    assert figures.ece < 0.05
    assert abs(figures.ap_blind - figures.base_rate) < 0.1


def test_every_judged_word_comes_from_an_image_the_model_has_not_seen(table, monkeypatch):
    """Fails if any fit sees an image that it then judges: a spy model remembers what it was fitted on."""
    judged = []
    real = module.fit

    def spy(part, **settings):
        seen = {table.features[row].tobytes() for row in np.flatnonzero(np.isin(table.image, part.image))}
        model = real(part, **settings)

        class Watched:
            def probabilities(self, features):
                rows = {row.tobytes() for row in features}
                judged.append(len(rows))
                assert not rows & seen
                return model.probabilities(features)

        return Watched()

    monkeypatch.setattr(module, "fit", spy)
    cross_fitted(table)
    with pytest.raises(TypeError):  # a Watched is no Model: nothing else is asked of it
        json.dumps(calibrate(table, base="made-1", goal=Goal.risk(0.2)).calibration.model)
    assert sum(judged[:5]) == len(table)
    assert len(judged) == 7


def test_a_leak_would_show(table):
    """With labels that only the image knows, an honest cross-fit is blind; one that leaks images is not."""
    rng = np.random.default_rng(0)
    by_image = rng.random(150) < 0.3
    noise = rng.standard_normal((150, 160))
    leaky = replace(table, features=noise[table.image], wrong=by_image[table.image])
    honest = cross_fitted(leaky, strength=0.01)
    leaking = cross_fitted(replace(leaky, image=np.arange(len(table))), strength=0.01)
    own, seen = (np.mean((p > 0.3) == leaky.wrong) for p in (honest, leaking))
    assert seen > 0.9
    assert own < 0.7


def test_the_risk_cut_comes_from_images_that_did_not_fit(table):
    fitted = calibrate(table, base="made-1", goal=Goal.risk(0.2))
    assert len(np.unique(fitted.table.image)) == 75
    assert judge(fitted, rounds=5).missed <= 0.2


def test_blind_reviews_alone_set_the_cut_when_there_are_enough():
    few, many = (WordTable.of(reviews(300, blind=share)) for share in (0.05, 0.6))
    assert not calibrate(few, base="b").cut_from_blind_reviews
    fitted = calibrate(many, base="b")
    assert fitted.cut_from_blind_reviews
    assert judge(fitted, rounds=5).recall_blind_reviews > 0.5


def test_applying_gives_probabilities_under_a_version_of_their_own(table):
    fitted = calibrate(table, base="made-1")
    prediction = reviews(1, seed=9)[0].prediction
    applied = fitted.calibration.apply(prediction)
    assert applied.scorer_version.startswith("made-1;cal-")
    assert [w.text for w in applied.words] == [w.text for w in prediction.words]
    assert all(-1 <= w.score <= 0 for w in applied.words)
    assert applied.cosine == prediction.cosine
    assert applied.scorer_version != calibrate(table, base="made-1", goal=Goal(beta=1)).calibration.version


def test_a_word_without_attribution_stays_without(table):
    calibration = calibrate(table, base="made-1").calibration
    prediction = reviews(1)[0].prediction
    first = replace(prediction.words[0], score=None, reason="too long")
    applied = calibration.apply(replace(prediction, words=(first, *prediction.words[1:]), cosine=float("nan")))
    assert applied.words[0] == first
    assert all(w.score is not None for w in applied.words[1:])


def test_a_calibration_survives_json(table):
    calibration = calibrate(table, base="made-1", goal=Goal.cost(remove=1, add=3)).calibration
    again = Calibration.from_dict(json.loads(json.dumps(calibration.as_dict())))
    assert again == calibration
    assert again.version == calibration.version
    with pytest.raises(CalibrationError, match="another release"):
        Calibration.from_dict({**calibration.as_dict(), "features": ["attribution"]})


def test_too_few_reviews_are_named():
    with pytest.raises(CalibrationError, match="too few to learn from"):
        calibrate(WordTable.of(reviews(4)), base="b")
    with pytest.raises(CalibrationError, match="too few to learn from"):
        calibrate(WordTable.of(reviews(100, wrong_share=0)), base="b")
    with pytest.raises(CalibrationError, match="review some"):
        WordTable.of([])


def test_drift_is_noticed_and_calm_is_calm(table):
    calibration = calibrate(table, base="made-1").calibration

    def moved(other):
        words = WordTable.of(other)
        chances = calibration.model.probabilities(words.features)
        return drift(calibration, *flag_rate(chances > calibration.cut, words.image))

    assert abs(moved(reviews(600, seed=5))) < 3
    assert moved(reviews(600, seed=5, wrong_share=0.35)) > 3


def test_the_flag_rates_error_is_the_bootstraps():
    rng = np.random.default_rng(3)
    images = np.repeat(np.arange(80), rng.integers(2, 12, 80))
    flagged = rng.random(len(images)) < rng.beta(1, 6, 80)[images]
    rate, error = flag_rate(flagged, images)
    draws = []
    for _ in range(800):
        rows = np.concatenate([np.flatnonzero(images == i) for i in rng.integers(80, size=80)])
        draws.append(flagged[rows].mean())
    assert rate == flagged.mean()
    assert error == pytest.approx(np.std(draws), rel=0.15)


def test_features_are_what_they_say():
    prediction = reviews(1, seed=2)[0].prediction
    rows = word_features(prediction)
    column = {name: rows[:, i] for i, name in enumerate(feature_names())}
    scores = np.array([w.score for w in prediction.words])
    assert column["attribution"] == pytest.approx(scores)
    assert np.abs(column["share"]).sum() == pytest.approx(1)
    assert column["lead"][scores.argmin()] == pytest.approx(scores.min() - np.sort(scores)[1])
    assert column["lead"][scores.argmax()] == pytest.approx(scores.max() - scores.min())
    assert column["lowest"].argmax() == scores.argmin()
    assert column["rank"][scores.argmax()] == 1
    assert sum(column[f"attribution:{c}"] for c in WORD_CLASSES) == pytest.approx(scores)
    blind = rows[:, :PICTURE_FREE_WIDTH]
    moved = replace(prediction, cosine=0.9, words=tuple(replace(w, score=-1.0) for w in prediction.words))
    assert (word_features(moved)[:, :PICTURE_FREE_WIDTH] == blind).all()


def test_the_lead_is_to_the_lowest_other_word():
    assert lead(np.array([0.3, -0.1, 0.2])) == pytest.approx([0.4, -0.3, 0.3])
    assert lead(np.array([-0.1, -0.1])) == pytest.approx([0, 0])
    assert lead(np.array([5.0])) == pytest.approx([0])


def test_features_with_signals_have_as_many_names():
    prediction = reviews(1, seed=2)[0].prediction
    found = word_features(prediction, np.ones((len(prediction.words), 2)))
    assert found.shape == (len(prediction.words), len(feature_names(("one", "two"))))


def test_weights_have_names(table):
    weights = weights_by_name(calibrate(table, base="b").calibration)
    assert set(weights) == set(feature_names())
    assert any(name.startswith("attribution") for name in list(weights)[:6])
