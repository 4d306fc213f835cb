"""``captionlint score`` as a shell would run it."""

import json
import subprocess
import sys

import pytest

from captionlint.core.demo.scenes import Scene, draw


@pytest.fixture
def photo(tmp_path):
    """A huge cat on red, as the bundled model knows such things."""
    path = tmp_path / "photo.png"
    draw(Scene(type="size", noun="cat", colour="red", size="huge", seed=1))[0].save(path)
    return path


def test_json_is_the_contract(captionlint, photo):
    ran = captionlint("score", photo, "a huge cat on a plain green background", "--model", "demo", "--json")
    assert ran.code == 0
    found = json.loads(ran.out)
    assert set(found) == {"scorer_version", "caption", "cosine", "clip_score", "f_clip_score", "epsilon", "words"}
    assert [set(w) for w in found["words"]] == [{"text", "start", "end", "score", "flagged"}] * 8
    assert all(found["caption"][w["start"] : w["end"]] == w["text"] for w in found["words"])
    assert found["clip_score"] == pytest.approx(2.5 * max(found["cosine"], 0))
    flagged = sum(w["score"] for w in found["words"] if w["score"] < found["epsilon"])
    assert found["f_clip_score"] == pytest.approx((1 - found["cosine"]) * flagged)
    green = next(w for w in found["words"] if w["text"] == "green")
    assert green["flagged"]


def test_epsilon_moves_the_marks_not_the_scores(captionlint, photo):
    none, all_ = (
        json.loads(captionlint("score", photo, "a cat", "--model", "demo", "--json", "--epsilon", e).out)
        for e in ("-9", "9")
    )
    assert [w["score"] for w in none["words"]] == [w["score"] for w in all_["words"]]
    assert not any(w["flagged"] for w in none["words"])
    assert all(w["flagged"] for w in all_["words"])


def test_the_table_marks_flagged_words_without_colour_too(captionlint, photo):
    ran = captionlint("score", photo, "a huge cat on a plain green background", "--model", "demo")
    assert ran.code == 0
    assert "[green]" in ran.out
    assert "F-CLIPScore" in ran.out


def test_words_the_bundled_model_never_saw_are_named(captionlint, photo):
    ran = captionlint("score", photo, "a cup of coke", "--model", "demo", "--json")
    assert "cup, coke" in ran.err.replace("\n", " ")
    assert json.loads(ran.out)["words"]


@pytest.mark.parametrize(
    "caption", ["👍🏽 🇩🇪", "a \x1b[31mcat\x07", "a <end_of_text> cat", "word " * 10_000, "caf\ud800 x"]
)
def test_strange_captions_are_scored(captionlint, photo, caption):
    ran = captionlint("score", photo, caption, "--model", "demo", "--json")
    assert ran.code == 0
    assert json.loads(ran.out)["caption"] == caption
    shown = captionlint("score", photo, caption, "--model", "demo")
    assert shown.code == 0
    assert "\x1b[31m" not in shown.out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["{photo}", ""], 1, "The caption is empty."),
        (["{photo}", "  \n"], 1, "The caption is empty."),
        (["{photo}", "\x01\x02"], 1, "The caption has no words."),
        (["{folder}/none.jpg", "a cat"], 1, "none.jpg does not exist"),
        (["{folder}", "a cat"], 1, "is a folder"),
        (["{photo}", "a cat", "--model", "dmeo"], 2, "did you mean 'demo'"),
        (["{photo}", "a cat", "--layers", "0"], 2, "layers"),
        (["{photo}", "a cat", "--aggregate", "median"], 2, "median"),
        (["{photo}", "a cat", "--device", "abacus"], 2, "abacus"),
        (["{photo}", "a cat", "--model-config", "x.json"], 2, "go together"),
        (["{photo}", "a cat", "--model-config", "x.json", "--checkpoint", "y"], 2, "Give either --model"),
        (["{photo}"], 2, "Missing argument"),
        (["{photo}", "a cat", "--colour"], 2, "No such option"),
    ],
)
def test_bad_input_is_one_clear_line(captionlint, photo, arguments, code, said):
    arguments = [a.format(photo=photo, folder=photo.parent) for a in arguments]
    if "--model" not in arguments and code == 1:
        arguments += ["--model", "demo"]
    if said.startswith("Give either"):
        arguments += ["--model", "demo"]
    ran = captionlint("score", *arguments)
    assert ran.code == code
    assert said in ran.err.replace("\n", " ")
    assert "Traceback" not in ran.err
    assert ran.out == ""
    if ran.err.startswith("captionlint:"):
        assert ran.err.count("\n") == 1


def test_debug_shows_the_traceback(captionlint, photo):
    with pytest.raises(Exception, match="does not exist"):
        captionlint("--debug", "score", photo.with_name("none.png"), "a cat", "--model", "demo")


def test_help_imports_nothing_heavy():
    heavy = ("torch", "open_clip", "alembic", "sklearn", "PySide6", "pyarrow")
    code = f"import sys, cli.main; print([m for m in {heavy} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300)
    assert ran.stdout.strip() == "[]"
    for package in ("core", "db", "desktop", "ml_backend"):
        ran = subprocess.run(
            [sys.executable, "-c", f"import sys, {package}; print('torch' in sys.modules)"],
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
        )
        assert ran.stdout.strip() == "False"


def test_models_lists_the_presets(captionlint):
    ran = captionlint("models")
    assert ran.code == 0
    for name in ("fast (default)", "accurate", "paper", "demo", "ViT-L-14:laion2b_s32b_b82k"):
        assert name in ran.out
    every = captionlint("models", "--all").out.splitlines()
    assert "ViT-B-32:laion2b_s34b_b79k" in every
    assert "RN50:openai  (refused: other activation: take RN50-quickgelu:openai)" in every
    assert any(line.startswith("nllb-clip-base:v1  (refused: reads text with the Hugging Face") for line in every)
