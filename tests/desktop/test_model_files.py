"""A store that was scored by a model of files: all that the model does for a person, and files that have moved."""

import threading

import pytest
from formula_models import CONFIGS, random_state, write_model
from PySide6.QtWidgets import QFileDialog, QMessageBox
from stores import rows

from captionlint.core.clip.loading import build_model
from captionlint.core.clip.model_spec import ModelSpec
from captionlint.core.clip.scorer import Scorer
from captionlint.core.errors import StoreError
from captionlint.db.operations import items, scorers
from captionlint.db.prelabel.local import prelabel
from captionlint.db.store import Store
from captionlint.desktop.background.scorer_process import Rank
from captionlint.desktop.jobs.prelabel_dialog import PrelabelDialogue

SLOW = 900_000
"""Milliseconds; see test_scoring.py."""


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """Six items, scored by a model of two files in a folder beside the store."""
    folder = tmp_path_factory.mktemp("filed")
    (folder / "models").mkdir()
    files = write_model(
        folder / "models", "mine", CONFIGS["clip"], random_state(build_model(CONFIGS["clip"], name="mine"))
    )
    with Store.open(folder / "review.db") as store:
        items.add(store, rows(folder / "photos", 6))
        prelabel(store, Scorer.from_spec(ModelSpec.of_files(*files), device="cpu"))
    return folder


def test_a_model_of_files_scores_maps_and_suggests_in_the_window_whatever_a_candidate_is(qtbot, open_window, fill):
    window = open_window(fill())
    assert window.header.model.text() == "mine · mine.safetensors"
    model, assistant = window.review, window.assistant
    window.actions_by_name["heat"].trigger()
    qtbot.waitUntil(lambda: assistant.heat is not None, timeout=SLOW)
    assert window.scoring.version == model.item.prediction.scorer_version
    model.reword(model.text + " and a dog")
    qtbot.waitUntil(lambda: all(w.score is not None for w in model.words), timeout=SLOW)
    answers = []
    window.scoring.ask(
        Rank, lambda *answer: answers.append(answer), image=model.item.image, caption="a dog",
        start=2, end=5, candidates=("cat", "q7" * 90, "bird"),
    )  # fmt: skip
    qtbot.waitUntil(lambda: bool(answers), timeout=SLOW)
    assert answers[0][1] is None, "one candidate that the tokenizer cannot take leaves the others alone"


def choose(qtbot, window, path, *, asked_for):
    """Answers the question for a file."""
    qtbot.waitUntil(lambda: any(d.isVisible() for d in window.findChildren(QFileDialog)))
    (dialogue,) = (d for d in window.findChildren(QFileDialog) if d.isVisible())
    assert asked_for in dialogue.windowTitle()
    dialogue.fileSelected.emit(str(path))
    dialogue.close()


def test_model_files_that_moved_are_asked_for_by_name_and_their_new_place_is_kept(qtbot, open_window, fill, ask):
    db = fill()
    old, new = db.parent / "models", db.parent / "elsewhere"
    old.rename(new)
    window = open_window(db)
    window.actions_by_name["heat"].trigger()
    assert "The model's file mine.json is missing" in window.screen_review.stage.picture.hint
    assert window.menus.model_files.isEnabled()
    with qtbot.waitSignal(window.model_files.kept, timeout=SLOW):
        window.menus.model_files.trigger()
        choose(qtbot, window, new / "mine.json", asked_for="mine.json")
    assert window.scoring.is_ready
    assert ask(db, scorers.current).spec == ModelSpec.of_files(new / "mine.json", new / "mine.safetensors")


@pytest.mark.parametrize("is_taken", [True, False], ids=["taken", "refused"])
def test_closing_waits_for_the_new_place_of_model_files(qtbot, open_window, fill, ask, monkeypatch, is_taken):
    db = fill()
    old, new = db.parent / "models", db.parent / "elsewhere"
    old.rename(new)
    window, gate = open_window(db), threading.Event()
    if not is_taken:
        monkeypatch.setattr(scorers, "remember_files", refuse)
    window.project.ask(lambda _: gate.wait(300))
    window.menus.model_files.trigger()
    choose(qtbot, window, new / "mine.json", asked_for="mine.json")
    qtbot.waitUntil(lambda: window.project.worker.owes, timeout=SLOW)
    assert not window.close()
    with qtbot.waitSignal(window.closed if is_taken else window.stayed):
        gate.set()
    place = new if is_taken else old
    assert ask(db, scorers.current).spec == ModelSpec.of_files(place / "mine.json", place / "mine.safetensors")


def refuse(store, **_):
    raise StoreError("The disk is full.")


def test_a_file_of_another_model_is_refused_in_the_window(qtbot, open_window, fill, ask):
    db = fill()
    checkpoint = db.parent / "models" / "mine.safetensors"
    other = db.parent / "other.safetensors"
    other.write_bytes(checkpoint.read_bytes()[:-4] + b"\0\0\0\0")
    checkpoint.unlink()
    window = open_window(db)
    window.menus.model_files.trigger()
    choose(qtbot, window, other, asked_for="mine.safetensors")
    qtbot.waitUntil(lambda: window.findChild(QMessageBox, "problem") is not None, timeout=SLOW)
    assert "not what this scorer was made of" in window.findChild(QMessageBox, "problem").informativeText()
    window.findChild(QMessageBox, "problem").close()
    assert window.scoring.spec.checkpoint_path == checkpoint
    assert ask(db, scorers.current).spec.checkpoint_path == checkpoint


def test_a_named_model_has_no_files_to_ask_for(open_window, tmp_path):
    with Store.open(tmp_path / "named.db") as store:
        items.add(store, rows(tmp_path / "photos", 2))
        prelabel(store, Scorer.from_spec(ModelSpec.of_name("demo"), device="cpu"))
    window = open_window(tmp_path / "named.db")
    assert window.header.model.text() == "demo"
    assert not window.menus.model_files.isEnabled()


def test_prelabelling_goes_on_with_the_model_of_files_that_scored(qtbot, open_window, fill):
    window = open_window(fill())
    dialogue = window.dialogues.prelabel()
    assert isinstance(dialogue, PrelabelDialogue)
    assert dialogue.model.currentText() == "mine · mine.safetensors"
    assert "mine.json" in dialogue.about.text()
    with qtbot.waitSignal(dialogue.running.ended, timeout=SLOW):
        dialogue.begin()
    assert dialogue.running.said.text() == "0 captions scored."
    dialogue.close()
