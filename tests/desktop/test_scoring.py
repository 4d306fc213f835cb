"""The scorer in a process of its own, with the bundled model: wording, heat, replacements, cancelling, crashing."""

import pytest
from stores import photo

from core.demo.dataset import write_dataset
from core.formats.reading import read
from db.operations import items
from db.store import Store
from desktop.importing import jobs
from desktop.importing.running import Running
from desktop.services.scorer_child import ModelChoice

SLOW = 240_000


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
    assert run(qtbot, jobs.prelabel, str(db), ModelChoice("demo"), False) == "8 captions scored."
    window = open_window(db)
    model, assistant = window.review, window.assistant
    model.set_focus(len(model.words) - 1)

    assistant.toggle_heat()
    qtbot.waitUntil(lambda: assistant.heat is not None, timeout=SLOW)
    assert window.screen_review.stage.picture.has_heat
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


def test_import_tells_what_it_did_and_what_it_could_not(qtbot, tmp_path):
    photo(tmp_path, "a.png")
    source = tmp_path / "captions.jsonl"
    source.write_text('{"image": "a.png", "caption": "a dog"}\n{"image": "b.png"}\n', encoding="utf-8")
    said = run(qtbot, jobs.import_captions, str(tmp_path / "new.db"), str(source), None)
    assert said == "1 added, 1 not usable."
    missing = run(qtbot, jobs.import_captions, str(tmp_path / "new.db"), str(tmp_path / "no.jsonl"), None)
    assert "does not exist" in missing


def test_export_writes_what_was_reviewed_and_refuses_the_rest(qtbot, fill, tmp_path):
    db = fill()
    out = tmp_path / "labels.jsonl"
    assert "Nothing in" in run(qtbot, jobs.export, str(db), "words", str(out), False)
    assert run(qtbot, jobs.export, str(db), "words", str(out), True).startswith("6 items written")
    assert len(out.read_text(encoding="utf-8").splitlines()) == 6


def test_stopping_a_job_says_that_what_was_done_is_kept(qtbot, demo):
    running = Running()
    qtbot.addWidget(running)
    running.run(jobs.prelabel, str(demo / "review.db"), ModelChoice("demo"), False)
    assert running.is_running
    running.cancel()
    assert not running.is_running
    assert running.said.text().startswith("Stopped.")
