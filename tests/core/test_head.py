"""The learned head: used where it is better on images that it has not seen, and where not, left alone."""

import json
from dataclasses import replace

import numpy as np
import pytest
from made_reviews import reviews

from captionlint.core.calibration import head, signals
from captionlint.core.calibration.calibrated_scorer import CalibratedScorer
from captionlint.core.calibration.evaluation import judge
from captionlint.core.calibration.fitting import Calibration, Goal, calibrate, fit, plain_width
from captionlint.core.calibration.table import ReviewedCaption, WordTable

NAMES = ("drop",)
PARTS = 12


def with_parts(count, *, telling, seed=0):
    """Reviews whose parts tell a wrong word from a right one, or nothing at all; `drop` is their sum."""
    rng = np.random.default_rng(seed)
    found = []
    for caption in reviews(count, seed=seed):
        parts = rng.standard_normal((len(caption.wrong), PARTS))
        parts[:, 3] -= telling * np.asarray(caption.wrong)
        parts[:, 4] += telling * np.asarray(caption.wrong)
        rows = np.column_stack([parts.sum(axis=1), parts])
        found.append(replace(caption, signals=rows))
    return found


def table_of(captions):
    return WordTable.of(captions, signals=NAMES)


@pytest.fixture(scope="module")
def telling():
    return table_of(with_parts(600, telling=2.0))


def test_a_head_that_is_better_is_used_and_said(telling):
    fitted = calibrate(telling, base="made-1")
    trial = fitted.trial
    assert trial.used
    assert trial.captions == 600
    assert trial.ap > trial.ap_without + 0.01
    assert fitted.calibration.parts == PARTS
    assert judge(fitted, rounds=5).ap == pytest.approx(trial.ap)
    assert json.loads(json.dumps(trial.as_dict()))["used"]


def test_it_scores_new_items_and_survives_json(telling):
    calibration = calibrate(telling, base="made-1").calibration
    again = Calibration.from_dict(json.loads(json.dumps(calibration.as_dict())))
    assert again.version == calibration.version
    new = with_parts(40, telling=2.0, seed=7)
    scores = np.concatenate([[w.score for w in again.apply(c.prediction, c.signals).words] for c in new])
    wrong = np.concatenate([c.wrong for c in new])
    assert scores[wrong].mean() < scores[~wrong].mean() - 0.5


def test_a_head_that_is_no_better_changes_nothing():
    noise = table_of(with_parts(600, telling=0.0))
    fitted = calibrate(noise, base="made-1")
    assert not fitted.trial.used
    assert fitted.calibration.parts == 0
    plain = replace(noise, features=noise.features[:, : plain_width(noise)], parts=0)
    assert fitted.calibration == calibrate(plain, base="made-1").calibration


def test_too_few_reviews_try_none():
    few = table_of(with_parts(head.ENOUGH - 1, telling=2.0))
    fitted = calibrate(few, base="made-1")
    assert fitted.trial is None
    assert fitted.calibration.parts == 0


def test_the_images_that_set_a_promises_cut_have_no_say(telling):
    """Fails if the choice of a head sees them: with their labels turned round it is the same trial."""
    goal = Goal.risk(0.2)
    first = calibrate(telling, base="made-1", goal=goal, seed=1)
    held = np.isin(telling.image, np.unique(first.table.image))
    turned = replace(telling, wrong=np.where(held, np.random.default_rng(0).random(len(held)) < 0.2, telling.wrong))
    second = calibrate(turned, base="made-1", goal=goal, seed=1)
    assert second.trial == first.trial
    assert second.calibration.model == first.calibration.model
    assert second.calibration.cut != first.calibration.cut


def test_a_head_cannot_know_what_only_the_image_knows():
    """Labels that parts tell by image alone: a trial that leaked images would call the head better."""
    rng = np.random.default_rng(0)
    captions = with_parts(600, telling=0.0)
    own = {name: (rng.standard_normal(PARTS), rng.random() < 0.3) for name in sorted({c.image for c in captions})}
    leaky = []
    for caption in captions:
        parts, wrong = own[caption.image]
        rows = np.column_stack([np.zeros(len(caption.wrong)), np.tile(parts, (len(caption.wrong), 1))])
        leaky.append(replace(caption, signals=rows, wrong=[wrong] * len(caption.wrong)))
    assert not calibrate(table_of(leaky), base="made-1").trial.used


def test_a_calibrated_scorer_asks_for_what_its_head_reads(scorer, photo):
    captions = [
        f"{count} {size} {noun}" for count in ("one", "two") for size in ("red", "big") for noun in ("dog", "car")
    ]
    asked = list(signals.stream(scorer, [(photo, c) for c in captions], parts=True))
    reviewed = [
        ReviewedCaption(p, [i % 2 == 0, i % 3 == 0, False], str(i), signals=r) for i, (p, r) in enumerate(asked)
    ]
    model = fit(WordTable.of(reviewed, signals=signals.SIGNALS))
    calibration = Calibration(scorer.version, model, 0.5, Goal(), 0.1, 0.01, signals.SIGNALS)
    assert calibration.parts == len(scorer.picture_features(photo))
    found = list(CalibratedScorer(scorer, calibration).stream([(photo, c) for c in captions], batch_size=3))
    expected = [calibration.apply(p, r) for p, r in asked]
    for one, other in zip(found, expected, strict=True):
        assert [w.score for w in one.words] == pytest.approx([w.score for w in other.words], abs=1e-3)
    assert len({w.score for p in found for w in p.words}) > len(captions)
