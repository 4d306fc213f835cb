"""``captionlint calibrate`` on a real store: figures, the calibrated scorer, the way back, and what cannot be."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from made_reviews import reviews as made
from stores import FakeScorer, photo

from captionlint.core.calibration import signals
from captionlint.core.clip.scorer import Scorer
from captionlint.core.formats.records import SourceItem
from captionlint.core.review import Span
from captionlint.db.operations import calibration, items, predictions, queue, reviews, scorers
from captionlint.db.store import Store


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory):
    """160 captions of 80 images, scored; the first 120 reviewed as their makers know them."""
    tmp_path, captions = tmp_path_factory.mktemp("reviewed"), made(160)
    path = tmp_path / "review.db"
    names = sorted({c.image for c in captions})
    pictures = {name: photo(tmp_path, f"{name}.png", (i, 9, 9)) for i, name in enumerate(names)}
    with Store.open(path) as store:
        rows = [SourceItem(pictures[c.image], f"{c.prediction.caption}", f"line {i}") for i, c in enumerate(captions)]
        items.add(store, rows)
        ids = list(items.ids(store))
        results = [(i, c.prediction) for i, c in zip(ids, captions, strict=True)]
        predictions.record(store, scorer_version="made-1", results=results, epsilon=-0.01)
        for item_id, caption in list(zip(ids, captions, strict=True))[:120]:
            words = zip(caption.prediction.words, caption.wrong, strict=True)
            spans = [Span(w.start, w.end) for w, bad in words if bad]
            reviews.correct(store, item_id=item_id, annotator="ana", spans=spans)
    return path


@pytest.fixture
def db(reviewed, tmp_path):
    return Path(shutil.copy(reviewed, tmp_path / "review.db"))


def test_it_adopts_a_calibrated_scorer(db, captionlint):
    found = json.loads(captionlint("calibrate", "--db", db, "--json").out)
    figures = found["figures"]
    assert figures["captions"] == 120
    assert figures["ap"] > figures["ap_attribution"]
    assert figures["ap"] > figures["ap_blind"]
    assert found["scorer_version"].startswith("made-1;cal-")
    with Store.open(db) as store:
        current = scorers.current(store)
        assert current.version == found["scorer_version"]
        assert current.epsilon == found["epsilon"]
        assert scorers.counts(store, version=current.version).predictions == 160
        assert len(queue.item_ids(store)) == 160
        marks = [m for i in items.ids(store) for m in items.get(store, item_id=i).marks]
        assert 0 < len(marks) < 400
    stats = json.loads(captionlint("stats", "--db", db, "--json").out)
    assert stats["scorer_version"] == found["scorer_version"]
    assert stats["words"]["recall"] > 0.6


def test_again_it_reads_the_scorer_beneath_and_keeps_one_calibration(db, captionlint):
    first = json.loads(captionlint("calibrate", "--db", db, "--json").out)
    assert json.loads(captionlint("calibrate", "--db", db, "--json").out) == first
    second = json.loads(captionlint("calibrate", "--db", db, "--beta", "1", "--json").out)
    assert second["base"] == "made-1"
    with Store.open(db) as store:
        kept = {s.version: scorers.counts(store, version=s.version).predictions for s in scorers.known(store)}
        assert kept == {"made-1": 160, first["scorer_version"]: 0, second["scorer_version"]: 160}
        scorers.choose(store, version="made-1")
        assert calibration.current_calibration(store) is None


def test_a_promise_is_kept_and_said(db, captionlint):
    ran = captionlint("calibrate", "--db", db, "--target-recall", ".8")
    assert ran.code == 0
    assert "at most 0.2" in ran.out
    assert "blind baseline" in ran.out
    assert (
        json.loads(captionlint("calibrate", "--db", db, "--target-recall", ".8", "--json").out)["figures"]["missed"]
        <= 0.2
    )


def test_a_dry_run_changes_nothing(db, captionlint):
    before = db.read_bytes()
    assert captionlint("calibrate", "--db", db, "--dry-run", "--cost", "1:4").code == 0
    with Store.open(db) as store:
        assert scorers.current(store).version == "made-1"
    assert db.read_bytes() == before


def test_drift_is_said(db, captionlint, tmp_path):
    strange = made(300, seed=8, wrong_share=0.8)
    with Store.open(db) as store:
        items.add(store, [SourceItem(photo(tmp_path, f"s{i}.png", (i % 250, i // 250, 3)), c.prediction.caption, str(i))
                          for i, c in enumerate(strange)])  # fmt: skip
        ids = list(items.ids(store))[160:]
        predictions.record(
            store, scorer_version="made-1", results=list(zip(ids, [c.prediction for c in strange], strict=True))
        )
    ran = captionlint("calibrate", "--db", db)
    assert ran.code == 0
    assert "Drift" in ran.err
    assert "more marks" in ran.err


def test_with_a_model_it_asks_for_signals_and_scores_all_items_again(db, captionlint, monkeypatch):
    """The signals say the truth here, so with them nothing is missed."""
    truth = {c.prediction.caption: c for c in made(160)}
    scorer = SimpleNamespace(version="made-1", details={"model": "made"}, epsilon=-0.01)

    def stream(_scorer, pairs, *, batch_size=32, parts=False):
        for path, caption in pairs:
            assert path.name.endswith(".png")
            known = truth[caption]
            rows = np.zeros((len(known.wrong), len(signals.SIGNALS)))
            rows[:, 0] = np.where(known.wrong, -0.1, 0.1)
            yield known.prediction, rows

    monkeypatch.setattr(Scorer, "from_spec", lambda *_, **__: scorer)
    monkeypatch.setattr(signals, "stream", stream)
    found = json.loads(captionlint("calibrate", "--db", db, "--model", "demo", "--json").out)
    assert found["figures"]["ap"] > 0.99
    with Store.open(db) as store:
        current = scorers.current(store)
        assert current.version == found["scorer_version"]
        assert scorers.counts(store, version=current.version).predictions == 160
        assert calibration.current_calibration(store).signals == signals.SIGNALS
    again = json.loads(captionlint("calibrate", "--db", db, "--json").out)
    assert again["base"] == "made-1"


def test_with_a_model_whose_marks_are_not_shown_it_leaves_the_shown_ones(db, captionlint, monkeypatch):
    truth = {c.prediction.caption: c for c in made(160)}
    scorer = SimpleNamespace(version="other-1", details={"model": "other"}, epsilon=-0.01)

    def stream(_scorer, pairs, *, batch_size=32, parts=False):
        for _, caption in pairs:
            known = truth[caption]
            said = replace(known.prediction, scorer_version="other-1")
            yield said, np.zeros((len(known.wrong), len(signals.SIGNALS)))

    monkeypatch.setattr(Scorer, "from_spec", lambda *_, **__: scorer)
    monkeypatch.setattr(signals, "stream", stream)
    ran = captionlint("calibrate", "--db", db, "--model", "demo", "--json")
    found = json.loads(ran.out)
    assert found["drift"] is None
    assert f"captionlint settings --db {db} --scorer '{found['scorer_version']}'" in ran.err
    with Store.open(db) as store:
        assert scorers.current(store).version == "made-1"
        assert scorers.counts(store, version=found["scorer_version"]).predictions == 160


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--target-recall", "1"], 2, "between 0 and 1"),
        (["--target-recall", ".8", "--beta", "2"], 2, "one of"),
        (["--cost", "4"], 2, "REMOVE:ADD"),
        (["--cost", "0:4"], 2, "above 0"),
        (["--target-recall", ".999"], 1, "lower --target-recall"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(db, captionlint, options, code, said):
    ran = captionlint("calibrate", "--db", db, *options)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert len(ran.err.strip().splitlines()) == 1


def test_a_store_without_reviews_or_predictions(tmp_path, captionlint):
    with Store.open(tmp_path / "empty.db"):
        pass
    ran = captionlint("calibrate", "--db", tmp_path / "empty.db")
    assert ran.code == 1
    assert "prelabel" in ran.err


def test_scoring_new_items_keeps_the_calibration_and_marks_them_by_it(db, captionlint, monkeypatch):
    found = json.loads(captionlint("calibrate", "--db", db, "--json").out)
    scorer = FakeScorer(version="made-1")
    monkeypatch.setattr(Scorer, "from_spec", lambda *_, **__: scorer)
    with Store.open(db) as store:
        first = items.get(store, item_id=1)
        items.add(store, [SourceItem(first.image, "a new xwrong word", "line 999")])
    assert captionlint("prelabel", "--db", db, "--model", "demo").code == 0
    with Store.open(db) as store:
        assert scorers.current(store).version == found["scorer_version"]
        new = max(items.ids(store))
        plain = predictions.get(store, item_id=new, scorer_version="made-1")
        calibrated = calibration.current_calibration(store).apply(plain)
        assert items.get(store, item_id=new).prediction == calibrated
        assert calibrated.words != plain.words
