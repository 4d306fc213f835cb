"""Adopting a calibration: flat memory, short transactions, and one that was interrupted goes on."""

import re
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import event, func, select, update
from stores import rows

from captionlint.core.calibration.features import feature_names
from captionlint.core.calibration.fitting import Calibration, Goal, Model, drift, flag_rate
from captionlint.core.formats.records import SourceScores
from captionlint.core.prediction import Failure, Prediction, WordScore
from captionlint.core.text.words import split_pieces
from captionlint.db import schema
from captionlint.db.operations import calibration as calibrating
from captionlint.db.operations import items, predictions, scorers
from captionlint.db.operations.reviewed_items import stream
from captionlint.db.rows import import_batch, lookups
from captionlint.db.rows.codec import pack
from captionlint.db.store import Store

CAPTIONS = ("a red dog runs", "two cats on the old sofa near a window", "dog", "a tree")


def calibration(cut=0.5, *, base="bench"):
    """One that leans on the attribution and its share."""
    names = feature_names()
    weights = np.zeros(len(names))
    weights[names.index("attribution")], weights[names.index("share")], weights[names.index("class:noun")] = -9, -2, 0.3
    model = Model((0.0,) * len(names), (1.0,) * len(names), tuple(weights.tolist()), 0.1)
    return Calibration(base, model, cut, Goal(), 0.3, 0.01)


def fill(store, count, *, same_content=False):
    """`count` scored items, two of each image; with `same_content` the images are copies of one another in pairs."""
    lots = np.random.default_rng(0)
    with store.writing(repeatable=True) as session:
        scorer = lookups.ensure_scorer(session, "bench", details={"model": "made"})
        images = [
            {"id": n, "location": f"{n}.png", "sha256": f"{n % (count // 4)}" if same_content else None}
            for n in range(1, count // 2 + 1)
        ]
        lookups.upsert(session, schema.Image, images)
        items, said = [], []
        for n in range(1, count + 1):
            caption = CAPTIONS[n % len(CAPTIONS)]
            item = {"id": n, "source_id": str(n), "image_id": (n + 1) // 2, "caption": caption}
            items.append(item | {"shuffle": n, "blind_rank": 0.5, "status": "pending", "suspicion": 9, "margin": 9})
            words = [WordScore(p.text, p.start, p.end, lots.normal(0, 0.1)) for p in split_pieces(caption)]
            words[-1] = WordScore(words[-1].text, words[-1].start, words[-1].end, None, "no attribution")
            offsets, scores, reasons = pack(words)
            said.append({"item_id": n, "scorer_id": scorer.id, "cosine": None if n % 5 == 0 else 0.2,
                         "offsets": offsets, "scores": scores, "reasons": reasons})  # fmt: skip
        import_batch.insert_items(session, items)
        lookups.upsert(session, schema.Prediction, said)


def test_adopted_predictions_are_what_apply_says_of_each(store):
    fill(store, 40)
    learned = calibration()
    calibrating.adopt(store, calibration=learned)
    raw = {e.item_id: e.prediction for e in stream(store, scorer_version="bench")}
    made = {e.item_id: e.prediction for e in stream(store, scorer_version=learned.version)}
    assert len(made) == 40
    assert repr(made) == repr({item_id: learned.apply(prediction) for item_id, prediction in raw.items()})
    assert scorers.current(store).version == learned.version
    assert scorers.current(store).epsilon == -0.5


def test_drift_counts_copies_of_an_image_as_one(store):
    fill(store, 40, same_content=True)
    learned = calibration()
    calibrating.adopt(store, calibration=learned)
    with store.writing() as session:
        session.execute(update(schema.Item).where(schema.Item.id % 7 == 0).values(status="accepted"))
    flagged, images = [], []
    for found in stream(store, statuses=("pending", "skipped")):
        flags = [w.score is not None and -w.score > learned.cut for w in found.prediction.words]
        flagged, images = flagged + flags, images + [found.image_key] * len(flags)
    assert len(set(images)) == 10
    expected = drift(learned, *flag_rate(np.array(flagged), np.array(images)))
    assert calibrating.drift_of_pending(store) == pytest.approx(expected, rel=1e-12)


def test_memory_does_not_grow_with_the_items(tmp_path):
    """The first store also pays for what is loaded and cached once."""
    peaks = []
    for count in (2000, 10_000):
        with Store.open(tmp_path / f"{count}.db") as store:
            fill(store, count)
            tracemalloc.start()
            try:
                calibrating.adopt(store, calibration=calibration())
                calibrating.drift_of_pending(store)
                peaks.append(tracemalloc.get_traced_memory()[1])
            finally:
                tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0], peaks


def test_no_transaction_writes_more_than_a_batch(tmp_path):
    with Store.open(tmp_path / "review.db") as store:
        fill(store, 2500)
        calibrating.adopt(store, calibration=calibration(0.5))
        touched = []

        @event.listens_for(store._reader, "begin")
        def begun(_connection):
            touched.append(0)

        @event.listens_for(store._reader, "after_cursor_execute")
        def ran(_connection, cursor, statement, *_):
            if re.match("(INSERT INTO|DELETE FROM) prediction", statement):
                touched[-1] += max(cursor.rowcount, 0)

        calibrating.adopt(store, calibration=calibration(0.6))
        assert sum(touched) == 5000  # the new ones written, the earlier ones dropped
        assert max(touched) <= 1000


def test_adopting_goes_on_where_it_was_interrupted(store):
    fill(store, 2500)
    learned = calibration()

    def stop(done, total):
        assert (done, total) == (1000, 5000)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        calibrating.adopt(store, calibration=learned, on_progress=stop)
    assert scorers.current(store).version == "bench"
    first = select(schema.Prediction.cosine).join(schema.Scorer).where(schema.Scorer.version == learned.version)
    with store.writing() as session:
        assert session.scalar(select(func.count()).select_from(first.subquery())) == 1000
        there = schema.Prediction.scorer_id == lookups.scorer_named(session, learned.version).id
        session.execute(update(schema.Prediction).where(there).values(cosine=0.75))
    seen = []
    calibrating.adopt(store, calibration=learned, on_progress=lambda *progress: seen.append(progress))
    assert seen[:3] == [(1000, 5000), (2000, 5000), (2500, 5000)]
    assert seen[-1] == (5000, 5000)
    with store.reading() as session:
        assert [*session.scalars(first)].count(0.75) == 1000, "what was there was not written again"
    current = scorers.current(store)
    assert (current.version, predictions.get(store, item_id=2500).scorer_version) == (learned.version, learned.version)


def test_what_is_scored_later_gets_its_marks_when_the_same_calibration_is_adopted_again(store):
    fill(store, 8)
    learned = calibration()
    said = schema.Prediction
    with store.writing() as session:
        session.execute(said.__table__.delete().where(said.item_id == 8))
        lookups.ensure_scorer(session, learned.version, details={})
    predictions.record(store, scorer_version=learned.version, results=[(8, Failure(learned.version, CAPTIONS[0], "?"))])
    calibrating.adopt(store, calibration=learned)
    words = (WordScore("dog", 6, 9, -3.0),)
    predictions.record(store, scorer_version="bench", results=[(8, Prediction("bench", CAPTIONS[0], 0.2, words))])
    calibrating.adopt(store, calibration=learned)
    assert predictions.get(store, item_id=8).words[0].score < -0.9
    with store.reading() as session:
        assert session.get(schema.Item, 8).suspicion < 0
        assert session.scalar(select(func.count()).select_from(schema.Failure)) == 0


def test_word_scores_that_an_import_replaces_are_calibrated_anew(store, tmp_path):
    def scored(row, score):
        words = (WordScore(row.caption[:1], 0, 1, score),)
        return replace(row, id="one", scores=(SourceScores("bench", words, cosine=0.2),))

    (row,) = rows(tmp_path, 1)
    items.add(store, [scored(row, 3.0)])
    scorers.choose(store, version="bench")
    learned = calibration()
    calibrating.adopt(store, calibration=learned)
    before = predictions.get(store, item_id=1)
    items.add(store, [scored(row, -3.0)], update=True)
    after = predictions.get(store, item_id=1)
    assert after == learned.apply(predictions.get(store, item_id=1, scorer_version="bench"))
    assert before.words[0].score > -0.1
    assert after.words[0].score < -0.9


def test_what_is_scored_while_a_calibration_is_adopted_gets_its_marks(store):
    fill(store, 2500)
    learned = calibration()
    words = (WordScore("dog", 6, 9, -3.0),)
    with store.writing() as session:
        session.execute(schema.Prediction.__table__.delete().where(schema.Prediction.item_id == 8))

    def score_meanwhile(done, _total):
        if done == 2000:
            result = Prediction("bench", CAPTIONS[0], 0.2, words)
            predictions.record(store, scorer_version="bench", results=[(8, result)])

    calibrating.adopt(store, calibration=learned, on_progress=score_meanwhile)
    assert predictions.get(store, item_id=8).scorer_version == learned.version
    assert predictions.get(store, item_id=8).words[0].score < -0.9
