"""A store that was scored by a model of files: shown, and found again when the files have moved."""

import json
import subprocess
import sys

import pytest
from formula_models import CONFIGS, random_state, write_model
from stores import rows

from captionlint.core.clip.loading import build_model
from captionlint.core.clip.model_spec import ModelSpec
from captionlint.core.clip.scorer import Scorer
from captionlint.db.operations import items, scorers
from captionlint.db.prelabel.local import prelabel
from captionlint.db.store import Store


@pytest.fixture
def scored(tmp_path):
    """A store scored by a model of two files, which lie beside it."""
    model = build_model(CONFIGS["clip"], name="mine")
    (tmp_path / "models").mkdir()
    write_model(tmp_path / "models", "mine", CONFIGS["clip"], random_state(model))
    spec = ModelSpec.of_files(tmp_path / "models" / "mine.json", tmp_path / "models" / "mine.safetensors")
    with Store.open(tmp_path / "review.db") as store:
        items.add(store, rows(tmp_path / "photos", 2))
        prelabel(store, Scorer.from_spec(spec, device="cpu"))
    return tmp_path / "review.db"


def test_settings_and_stats_show_the_model(scored, captionlint):
    assert "model mine · mine.safetensors" in captionlint("settings", "--db", scored).out
    assert "mine · mine.safetensors" in captionlint("stats", "--db", scored).out
    (known,) = json.loads(captionlint("settings", "--db", scored, "--json").out)["scorers"]
    assert known["model"]["config_path"] == str(scored.parent / "models" / "mine.json")
    assert known["missing_files"] == []


def test_settings_names_a_models_missing_files_and_keeps_their_new_place(scored, captionlint, tmp_path):
    (tmp_path / "models").rename(tmp_path / "elsewhere")
    said = captionlint("settings", "--db", scored).out
    assert "models/mine.safetensors (SHA-256 " in said
    assert "models/mine.json (SHA-256 " in said
    assert "give its place with --model-config or --checkpoint" in said
    new = tmp_path / "elsewhere"
    wrong = tmp_path / "wrong.safetensors"
    wrong.write_bytes(b"other weights")
    refused = captionlint("settings", "--db", scored, "--model-config", new / "mine.json", "--checkpoint", wrong)
    assert refused.code == 1
    assert "wrong.safetensors is not what this scorer was made of" in refused.err
    options = ("--model-config", new / "mine.json", "--checkpoint", new / "mine.safetensors")
    assert captionlint("settings", "--db", scored, *options).code == 0
    with Store.open(scored) as store:
        assert scorers.current(store).spec == ModelSpec.of_files(new / "mine.json", new / "mine.safetensors")


def test_settings_with_wrong_files_changes_nothing_else_either(scored, captionlint, tmp_path):
    def found():
        return json.loads(captionlint("settings", "--db", scored, "--json").out)

    before = found()
    wrong = tmp_path / "wrong.safetensors"
    wrong.write_bytes(b"other weights")
    changes = ("--epsilon", "-0.25", "--blind-share", "0.5", "--never-mark", "dog")
    refused = captionlint("settings", "--db", scored, *changes, "--checkpoint", wrong)
    assert refused.code == 1
    assert "wrong.safetensors is not what this scorer was made of" in refused.err
    assert found() == before


def test_settings_that_are_refused_keep_no_place_of_files(scored, captionlint, tmp_path):
    copy = tmp_path / "copy.safetensors"
    copy.write_bytes((tmp_path / "models" / "mine.safetensors").read_bytes())
    with Store.open(scored) as store:
        before = scorers.current(store).spec
    assert captionlint("settings", "--db", scored, "--blind-share", "7", "--checkpoint", copy).code != 0
    with Store.open(scored) as store:
        assert scorers.current(store).spec == before


def test_settings_takes_files_for_the_scorer_that_it_is_to_show(scored, captionlint, tmp_path):
    (tmp_path / "models" / "mine.safetensors").rename(tmp_path / "mine.safetensors")
    with Store.open(scored) as store:
        mine = scorers.current(store).version
        prelabel(store, Scorer.from_pretrained("demo", device="cpu"))
        assert scorers.current(store).version != mine
    moved = ("--checkpoint", tmp_path / "mine.safetensors")
    assert captionlint("settings", "--db", scored, "--scorer", mine, *moved).code == 0
    with Store.open(scored) as store:
        shown = scorers.current(store)
    assert (shown.version, shown.spec.checkpoint_path) == (mine, tmp_path / "mine.safetensors")


def test_settings_refuses_files_of_another_configuration(scored, captionlint, tmp_path):
    config = tmp_path / "models" / "mine.json"
    config.write_text(config.read_text(encoding="utf-8").replace('"embed_dim"', '"quick_gelu": true, "embed_dim"'))
    refused = captionlint("settings", "--db", scored, "--model-config", config)
    assert refused.code == 1
    assert "mine.json is not what this scorer was made of" in refused.err


def test_settings_takes_no_files_for_a_scorer_without_any(tmp_path, captionlint):
    with Store.open(tmp_path / "review.db"):
        pass
    refused = captionlint("settings", "--db", tmp_path / "review.db", "--checkpoint", tmp_path / "x")
    assert refused.code == 2
    assert "not made of files" in refused.err


REFUSED = """
import sys
sys.argv = ["captionlint", *sys.argv[1:]]
from captionlint.cli.main import run
try:
    run()
finally:
    print([name for name in ("torch", "open_clip") if name in sys.modules])
"""


@pytest.mark.parametrize("command", ["score", "prelabel", "calibrate", "evaluate"])
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--model", "fsat"], "did you mean 'fast'"),
        (["--model-config", "/no/such.json", "--checkpoint", "/no/such.pt"], "/no/such.json does not exist"),
    ],
)
def test_a_wrong_model_is_refused_before_torch_loads(scored, command, options, said):
    given = {"score": ["a.png", "a dog"], "evaluate": ["scenes"]}.get(command, ["--db", str(scored)])
    arguments = [sys.executable, "-c", REFUSED, command, *given, *options]
    done = subprocess.run(arguments, check=False, capture_output=True, text=True, timeout=120)
    assert said in done.stderr
    assert done.stdout.splitlines()[-1] == "[]"
