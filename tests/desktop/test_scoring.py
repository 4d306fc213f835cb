"""The scorer in a process of its own, with the bundled model: wording, heat, replacements, cancelling, crashing."""

import json
import shutil
import subprocess
import sys
import textwrap

import pytest
from contents import contents
from stores import FakeScorer, photo, row

from captionlint.core.clip.scorer import Scorer
from captionlint.core.demo.dataset import write_dataset
from captionlint.core.formats.reading import read
from captionlint.core.review import Span
from captionlint.db.engine.backups import backups
from captionlint.db.operations import calibration as calibrating
from captionlint.db.operations import items, reviews, scorers
from captionlint.db.prelabel.local import prelabel
from captionlint.db.store import Store
from captionlint.desktop.jobs import jobs
from captionlint.desktop.jobs.running import Running
from captionlint.desktop.review.model.assistant import of_its_kind

SLOW = 900_000
"""Milliseconds. The processes go behind all others: on a busy machine one was seen to load for more than 240 s."""


@pytest.fixture(autouse=True, scope="module")
def bytecode(tmp_path_factory):
    """The processes keep the bytecode of what they load: half of their start where Python is told to write none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        patch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.mktemp("bytecode")))
        yield


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """Eight drawn scenes, imported and not scored."""
    folder = tmp_path_factory.mktemp("demo")
    source = write_dataset(folder, count=8, seed=3)
    with Store.open(folder / "review.db") as store:
        items.add(store, read(source))
    return folder


def run(qtbot, target, *arguments):
    running = Running()
    qtbot.addWidget(running)
    with qtbot.waitSignal(running.ended, timeout=SLOW):
        running.run(target, *arguments)
    return running.said.text()


def test_prelabel_then_all_that_the_model_does_for_a_person(qtbot, open_window, demo, tmp_path):
    db = demo / "review.db"
    assert run(qtbot, jobs.prelabel, str(db), "demo", False) == "8 captions scored."
    two = shutil.copytree(demo, tmp_path / "two models") / "review.db"
    with Store.open(two) as store:
        prelabel(store, FakeScorer())
    switch = f"captionlint settings --db '{two}' --scorer VERSION"
    said = run(qtbot, jobs.prelabel, str(two), "demo", False)
    with Store.open(two) as store:
        shown = scorers.current(store).version
    assert said == f"0 captions scored. Shown: the marks of {shown}. To switch: {switch}"
    window = open_window(db)
    model, assistant = window.review, window.assistant
    model.set_focus(len(model.words) - 1)

    picture = window.screen_review.stage.picture
    key = window.actions_by_name["heat"]
    key.trigger()
    assert picture.hint == "Loading the model …   H ends it"
    key.trigger()
    assert picture.hint.startswith("H  where is")
    key.trigger()
    qtbot.waitUntil(lambda: picture.hint == "Looking …   H ends it", timeout=SLOW)
    qtbot.waitUntil(lambda: assistant.heat is not None, timeout=SLOW)
    assert picture.has_heat
    assert picture.hint.endswith("blue speaks for it, orange against")
    model.set_focus(0)
    assert picture.hint == "Looking …   H ends it", "the map is still the other word's"
    qtbot.waitUntil(lambda: model.word.text in picture.hint, timeout=SLOW)
    window.actions_by_name["occlusion"].trigger()
    qtbot.waitUntil(lambda: "Covering parts" in picture.hint and "Shift H ends it" in picture.hint, timeout=SLOW)
    window.actions_by_name["occlusion"].trigger()
    assert not picture.has_heat
    assert window.scoring.version == model.item.prediction.scorer_version

    model.reword(model.text + " and a dog")
    assert all(w.score is None for w in model.words)
    qtbot.waitUntil(lambda: all(w.score is not None for w in model.words), timeout=SLOW)

    assistant.suggest()
    qtbot.waitUntil(lambda: bool(assistant.suggestions), timeout=SLOW)
    assert all(0 < share <= 1 for _, share in assistant.suggestions)
    assert assistant.suggestions[0][1] == 1.0

    window.scoring._child._process.kill()
    qtbot.waitUntil(lambda: not window.scoring.is_ready, timeout=SLOW)
    assert "starts anew" in window.scoring.problem


ANSWERS = """
    import sys
    from PySide6.QtCore import QCoreApplication
    from captionlint.core.clip.model_spec import ModelSpec
    from captionlint.db.records import ScorerInfo
    from captionlint.desktop.background.scorer_process import Heat, Rank, Score
    from captionlint.desktop.background.scorer_client import Scoring

    application = QCoreApplication([])
    scoring = Scoring()
    scoring.use(ScorerInfo("demo", {}, 0.0, True, ModelSpec.of_name("demo")))
    requests = [
        (Score, {"caption": "a red dog"}),
        (Heat, {"word": "dog"}),
        (Rank, {"caption": "a red dog", "start": 2, "end": 5, "candidates": ("blue", "green")}),
        (Heat, {"word": "dog", "method": "occlusion"}),
    ]

    def on(value, error):
        print(type(value).__name__, error, flush=True)
        if requests:
            request, fields = requests.pop(0)
            scoring.ask(request, on, image=sys.argv[1], **fields)
        else:
            print("torch" in sys.modules)
            scoring.stop()
            application.quit()

    on(None, None)
    application.exec()
"""


def test_no_answer_brings_torch_into_the_windows_process(tmp_path):
    picture = photo(tmp_path, "a.png")
    command = [sys.executable, "-c", textwrap.dedent(ANSWERS), str(picture)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=SLOW / 1000)
    said = [line.split()[0] for line in done.stdout.splitlines()]
    assert said == ["NoneType", "Prediction", "HeatSeen", "tuple", "HeatSeen", "False"], done.stderr


def test_where_no_map_can_be_made_the_picture_says_why(open_window, fill, ask):
    window = open_window(fill())
    window.actions_by_name["heat"].trigger()
    hint = "This scorer is not a model that can be run here.   H ends it"
    assert window.screen_review.stage.picture.hint == hint


def test_import_tells_what_it_did_and_what_it_could_not(qtbot, tmp_path):
    photo(tmp_path, "a.png")
    source = tmp_path / "captions.jsonl"
    source.write_text('{"image": "a.png", "caption": "a dog"}\n{"image": "b.png"}\n', encoding="utf-8")
    said = run(qtbot, jobs.import_captions, str(tmp_path / "new.db"), str(source), None)
    assert said == "1 added, 1 not usable."
    missing = run(qtbot, jobs.import_captions, str(tmp_path / "new.db"), str(tmp_path / "no.jsonl"), None)
    assert "does not exist" in missing


def test_an_import_without_a_usable_row_makes_no_store_and_leaves_one_that_is_there(qtbot, tmp_path, fill, ask):
    source = tmp_path / "captions.jsonl"
    source.write_text('{"image": "gone.png", "caption": "a dog"}\n', encoding="utf-8")
    folder = tmp_path / "empty"
    folder.mkdir()
    assert run(qtbot, jobs.import_captions, str(folder / "new.db"), str(source), None) == "0 added, 1 not usable."
    assert list(folder.iterdir()) == []
    db = fill()
    before = ask(db, contents)
    assert run(qtbot, jobs.import_captions, str(db), str(source), None) == "0 added, 1 not usable."
    assert ask(db, contents) == before


def test_an_import_that_updates_makes_a_backup_first(qtbot, tmp_path, ask):
    photo(tmp_path, "a.png")
    source, db = tmp_path / "captions.jsonl", tmp_path / "new.db"
    for caption in ("a dog", "a cat"):
        source.write_text(f'{{"id": "1", "image": "a.png", "caption": "{caption}"}}\n', encoding="utf-8")
        said = run(qtbot, jobs.import_captions, str(db), str(source), None, True)
    assert said == "0 added, 1 updated."
    (backup,) = backups(db)
    assert ask(db, items.get, item_id=1).caption == "a cat"
    assert ask(backup, items.get, item_id=1).caption == "a dog"


def test_export_writes_what_was_reviewed_and_refuses_the_rest(qtbot, fill, tmp_path):
    db = fill()
    out = tmp_path / "labels.jsonl"
    assert "Nothing in" in run(qtbot, jobs.export, str(db), "words", str(out), False)
    assert run(qtbot, jobs.export, str(db), "words", str(out), True).startswith("6 items written")
    assert len(out.read_text(encoding="utf-8").splitlines()) == 6


def test_stopping_a_job_says_that_what_was_done_is_kept(qtbot, demo):
    running = Running()
    qtbot.addWidget(running)
    running.run(jobs.prelabel, str(demo / "review.db"), "demo", False)
    assert running.is_running
    running.cancel()
    assert not running.is_running
    assert running.said.text().startswith("Stopped.")


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory):
    """Sixty drawn scenes, scored, their wrong words marked, and a calibration learned from that and adopted."""
    folder = tmp_path_factory.mktemp("calibrated")
    source = write_dataset(folder, count=60, seed=5)
    with Store.open(folder / "review.db") as store:
        items.add(store, read(source))
        prelabel(store, Scorer.from_pretrained("demo"))
        for line in source.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            item_id = items.find(store, source_id=row["id"])
            spans = [Span(row["wrong"]["start"], row["wrong"]["end"])] if row["wrong"] else []
            reviews.correct(store, item_id=item_id, annotator="ben", spans=spans)
        calibrating.adopt(store, calibration=calibrating.learn(store).calibration)
    return folder / "review.db"


def test_a_wording_is_scored_on_the_scale_of_the_calibration(qtbot, open_window, calibrated, ask):
    window = open_window(calibrated, wait=False)
    window.show()
    window.start()
    qtbot.waitUntil(lambda: window.threshold.is_calibrated)
    with qtbot.waitSignal(window.loop.landed):
        window.loop.go(ask(calibrated, items.find, source_id="scene-001"))
    model, inspector = window.review, window.screen_review.inspector
    assert "likely wrong" in inspector.says.text()

    caption = model.text
    model.reword(caption + " and a dog")
    qtbot.waitUntil(lambda: all(w.score is not None for w in model.words), timeout=SLOW)
    scores = [w.score for w in model.words]
    scorer = Scorer.from_pretrained("demo")
    (raw,) = scorer.score([model.item.image], [model.text])
    expected = ask(calibrated, calibrating.current_calibration).apply(raw)
    assert scores == pytest.approx([w.score for w in expected.words], abs=1e-4)
    assert all(-1 <= score <= 0 for score in scores)
    assert "likely wrong" in inspector.says.text()


def test_where_a_calibration_needs_signals_the_inspector_says_so_instead_of_a_wrong_scale(
    qtbot, open_window, calibrated, ask, tmp_path
):
    db = tmp_path / "signals.db"
    shutil.copy(calibrated, db)
    now = ask(db, scorers.current)
    calibration = {**now.details["calibration"], "signals": ["heat"]}
    details = {**now.details, "calibration": calibration}
    ask(db, scorers.enter, version="with-signals", details=details, epsilon=now.epsilon)
    ask(db, scorers.choose, version="with-signals")
    window = open_window(db, wait=False)
    window.show()
    window.start()
    qtbot.waitUntil(lambda: window.threshold.needs_signals)
    with qtbot.waitSignal(window.loop.landed):
        window.loop.go(ask(db, items.find, source_id="scene-001"))
    with qtbot.waitSignal(window.assistant._typing.timeout):
        window.review.reword(window.review.text + " and a dog")
    assert window.scoring._child is None
    assert all(w.score is None for w in window.review.words)
    assert "the calibration needs more" in window.screen_review.inspector.says.text()


def test_articles_and_prepositions_are_never_suggested(qtbot, open_window, fill, tmp_path):
    path = photo(tmp_path)
    captions = ["the dog is with them", "there are two cats of his", "a dog for their cats"]
    db = fill([row(path, text, id=text) for text in captions], name="words.db")
    window = open_window(db)
    with qtbot.waitSignal(window.assistant.said):
        window.assistant.suggest()
    assert sorted(window.assistant._words) == ["cats", "dog", "two"]


def test_a_colour_is_replaced_by_colours_where_there_are_some():
    words = ("red", "dog", "green", "blue", "sits", "two")
    assert of_its_kind("Black", words) == ("red", "green", "blue")
    assert of_its_kind("three", words) == words
