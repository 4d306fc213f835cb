"""``captionlint evaluate BENCHMARK --data DIR`` on tiny files of the published schemas."""

import json

import pytest
from benchmark_files import FILES, write
from stores import FakeScorer

from captionlint.core.clip.scorer import Scorer


@pytest.fixture
def fake_model(monkeypatch):
    monkeypatch.setattr(Scorer, "from_spec", lambda *_, **__: FakeScorer())


@pytest.mark.parametrize("name", FILES)
def test_without_a_model(tmp_path, captionlint, name):
    ran = captionlint("evaluate", name, "--data", write(tmp_path, name), "--no-model", "--json")
    assert ran.code == 0
    found = json.loads(ran.out)
    assert {"random_la", "base_rate", "la_ceiling"} <= set(found)
    assert ran.err == ""
    (tmp_path / "0.jpg").unlink()
    assert "1 of " in captionlint("evaluate", name, "--data", tmp_path, "--no-model").err


@pytest.mark.parametrize("name", FILES)
def test_with_a_model(tmp_path, captionlint, fake_model, name):
    ran = captionlint("evaluate", name, "--data", write(tmp_path, name), "--json")
    assert ran.code == 0
    found = json.loads(ran.out)
    assert found["scored"] == found["captions"]
    assert found["scorer_version"] == "fake-1"
    assert found["nli"] is None
    assert (tmp_path / f"captionlint-{name}-fake-1.jsonl").exists()


def test_the_papers_table_stands_beside_and_is_marked(tmp_path, captionlint, fake_model):
    out = captionlint("evaluate", "hat", "--data", write(tmp_path, "hat")).out
    assert "this run, 3 captions" in out
    assert "the paper's: CLIP4DM ViT-H/14" in out
    assert "blind baseline" in out
    assert "la_released_substring" in out
    assert "ap_original_positive" in out
    kinds = captionlint("evaluate", "valse", "--data", write(tmp_path / "v", "valse")).out
    assert "counting-hard" in kinds


def test_entailment_is_named_on_the_command_line(tmp_path, captionlint, fake_model, monkeypatch):
    (tmp_path / "my_entailment.py").write_text("def half(pairs):\n    return [0.5] * len(pairs)\n")
    monkeypatch.syspath_prepend(tmp_path)
    folder = write(tmp_path / "s", "seetrue-feedback")
    ran = captionlint("evaluate", "seetrue-feedback", "--data", folder, "--nli", "my_entailment:half", "--json")
    assert json.loads(ran.out)["nli"] == 0.5


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["hat"], 2, "hat-trainval.json"),
        (["scenes", "--no-model"], 2, "drawn"),
        (["scenes", "--data", "."], 2, "drawn"),
        (["hta", "--no-model"], 2, "did you mean 'hat'"),
        (["hat", "--data", "nowhere", "--no-model"], 1, "does not exist"),
        (["hat", "--data", ".", "--no-model"], 1, "published"),
        (["hat", "--data", ".", "--nli", "no:thing"], 2, "MODULE:FUNCTION"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(captionlint, arguments, code, said):
    ran = captionlint("evaluate", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert said in " ".join(ran.err.split())
    assert "Traceback" not in ran.err


def test_pictures_that_are_all_missing(tmp_path, captionlint, fake_model):
    write(tmp_path, "hat")
    for path in tmp_path.glob("*.jpg"):
        path.unlink()
    ran = captionlint("evaluate", "hat", "--data", tmp_path)
    assert ran.code == 1
    assert "--no-model" in ran.err
