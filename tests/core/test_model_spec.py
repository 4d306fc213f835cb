"""Which model: one plain description that is stored, shown, compared and loaded."""

import inspect
import json
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from captionlint.core.clip import model_config, published
from captionlint.core.clip.model_spec import SPEC, ModelSpec, scorer_version
from captionlint.core.clip.scorer import Scorer
from captionlint.core.errors import ModelError, UsageError

DEMO_VERSION = "demo@e8fb73ae8c3e;k3;mean;float32;t-9423b2;w1"
"""As releases without specs named it: stores hold predictions under it."""
DETAILS = {
    "model": "ViT-B-32", "pretrained": "laion2b_s34b_b79k", "weights_sha256": "ab" * 32, "config_sha256": "cd" * 32,
    "template": "A photo depicts ", "layers": 3, "aggregate": "mean", "dtype": "float32", "word_rules": "w1",
}  # fmt: skip
"""As they are stored by releases without specs."""


def python(code):
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=120)
    return done.stdout.strip() or done.stderr


def test_a_spec_is_plain_data_that_reads_itself(clip_files):
    named = ModelSpec.of_name("fast", layers=2, template="x ", aggregate="min", image_dtype="bfloat16")
    filed = ModelSpec.of_files(*clip_files)
    own = ModelSpec.of_name(f"ViT-B-32:laion2b_s34b_b79k={clip_files[1]}")
    for spec in (named, filed, own, ModelSpec.of_name("demo")):
        assert ModelSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec
    assert named.model == "ViT-B-32:laion2b_s34b_b79k"
    assert filed.files == tuple(map(Path, clip_files))
    assert ModelSpec.from_dict({"model": "demo"}) == ModelSpec.of_name("demo"), "what a stored spec lacks is default"
    with pytest.raises(UsageError, match="does not know: views"):
        ModelSpec.from_dict({"model": "demo", "views": "auto"})


@pytest.mark.parametrize(
    "parts",
    [{}, {"model": "demo", "config_path": Path("a"), "checkpoint_path": Path("b")}, {"config_path": Path("a")}],
)
def test_a_spec_names_one_model(parts):
    with pytest.raises(UsageError, match="by its name, or by a configuration together with a checkpoint"):
        ModelSpec(**parts)


@pytest.mark.parametrize("maker", ["of_name", "of_files", "from_pretrained", "from_files"])
def test_model_spec_and_scorer_name_every_setting_with_its_default(maker):
    parameters = inspect.signature(getattr(Scorer if maker.startswith("from") else ModelSpec, maker)).parameters
    assert all(one.kind is not inspect.Parameter.VAR_KEYWORD for one in parameters.values())
    defaults = {field.name: field.default for field in fields(ModelSpec)}
    for name in ("template", "layers", "aggregate", "image_dtype"):
        assert parameters[name].default == defaults[name]
        assert parameters[name].annotation != inspect.Parameter.empty


def test_a_spec_is_shown_by_a_short_label_and_taken_by_its_name(clip_files):
    assert ModelSpec.of_name("fast").label == "ViT-B-32 · laion2b_s34b_b79k"
    assert ModelSpec.of_name("fast").name == "fast"
    assert ModelSpec.of_files(*clip_files).label == "clip · clip.safetensors"
    own = ModelSpec.of_name(f"ViT-B-32:{clip_files[1]}")
    assert own.label == "ViT-B-32 · clip.safetensors"
    assert ModelSpec.of_name(own.name) == own


def test_the_scorer_version_did_not_change():
    scorer = Scorer.from_pretrained("demo", device="cpu")
    assert scorer.version == DEMO_VERSION
    assert scorer_version(DETAILS) == "ViT-B-32@dcd7d37b4a82;k3;mean;float32;t-9423b2;w1"


def test_a_scorer_is_loaded_from_its_spec_and_from_stored_details(clip_files):
    first = Scorer.from_files(*clip_files, layers=2, image_dtype="auto")
    assert first.spec.image_dtype in ("float32", "bfloat16")
    stored = json.loads(json.dumps(first.details))
    spec = ModelSpec.of_details(stored)
    assert spec == first.spec
    assert Scorer.from_spec(spec, device="cpu").version == first.version
    assert spec.matches(stored)


def test_a_spec_is_derived_from_details_that_were_stored_without_one():
    assert ModelSpec.of_details(DETAILS) == ModelSpec.of_name("fast")
    demo = Scorer.from_pretrained("demo", device="cpu", layers=2)
    old = {key: value for key, value in demo.details.items() if key != SPEC}
    assert ModelSpec.of_details(old) == demo.spec
    filed = ModelSpec.of_details(DETAILS | {"model": "mine", "pretrained": "mine.safetensors"})
    assert filed.files == (Path("mine.json"), Path("mine.safetensors"))
    own = ModelSpec.of_details(DETAILS | {"pretrained": "laion2b_s34b_b79k=/w/mine.pt"})
    assert (own.model, own.checkpoint_path) == ("ViT-B-32:laion2b_s34b_b79k", Path("/w/mine.pt"))
    own = ModelSpec.of_details(DETAILS | {"pretrained": "/w/mine.pt", "dtype": "bfloat16-pictures"})
    assert (own.model, own.checkpoint_path, own.image_dtype) == ("ViT-B-32", Path("/w/mine.pt"), "bfloat16")
    for other in (
        {},
        {"model": "fake"},
        {"model": "aloha", "pretrained": "x"},
        {SPEC: 3},
        {SPEC: {"model": 3, "x": 1}},
    ):
        assert ModelSpec.of_details(other) is None


def test_a_spec_matches_what_it_would_load_and_nothing_else(clip_files, tmp_path):
    spec = ModelSpec.of_files(*clip_files)
    details = Scorer.from_spec(spec, device="cpu").details
    assert spec.matches(details)
    moved = [tmp_path / path.name for path in clip_files]
    for old, new in zip(clip_files, moved, strict=True):
        new.write_bytes(old.read_bytes())
    other = ModelSpec.of_files(*moved)
    assert other.matches(details), "the same files in another place"
    assert not replace(spec, layers=1).matches(details)
    named = {**details, "spec": ModelSpec.of_name("demo", layers=spec.layers).to_dict()}
    assert not spec.matches(named)
    assert not replace(spec, image_dtype="auto").matches(details)
    assert not spec.matches(details | {"word_rules": "w0"})
    assert not ModelSpec.of_name("demo").matches(details)
    moved[0].write_text(moved[0].read_text() + " ")
    assert not other.matches(details), "another configuration"
    moved[1].unlink()
    assert other.missing() == (moved[1],)
    assert not other.matches(details)


def test_more_layers_than_text_blocks_are_refused(clip_files):
    with pytest.raises(UsageError, match="has 4 text blocks, so that --layers 99 is too many"):
        Scorer.from_files(*clip_files, layers=99)
    with pytest.raises(UsageError, match="has 3 text blocks"):
        ModelSpec.of_name("demo", layers=4).check()
    with pytest.raises(UsageError, match="has 24 text blocks"):
        ModelSpec.of_name("paper", layers=25).check()


WITHOUT_TORCH = """
import sys
from captionlint.core.errors import CaptionlintError
from captionlint.core.clip.model_spec import ModelSpec
try:
    ModelSpec.{asked}.check()
except CaptionlintError as error:
    print(error)
else:
    print("taken")
print([name for name in ("torch", "open_clip") if name in sys.modules])
"""


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("of_name('fsat')", "did you mean 'fast'"),
        ("of_name('demo:x')", "demo is bundled"),
        ("of_name('ViT-B-33:openai')", "did you mean 'ViT-B-32"),
        ("of_name('ViT-B-32:laion2b_s34b')", "laion2b_s34b_b79k"),
        ("of_name('ViT-B-32:openai')", "ViT-B-32-quickgelu:openai"),
        ("of_name('roberta-ViT-B-32:laion2b_s12b_b32k')", "roberta-base"),
        ("of_name('ViT-B-32:/no/such.pt')", "nor is that a file"),
        ("of_name('ViT-B-32:laion2b_s34b_b79k=/no/such.pt')", "/no/such.pt does not exist"),
        ("of_files('/no/such.json', '/no/such.pt')", "/no/such.json does not exist"),
        ("of_name('fast', layers=99)", "has 12 text blocks"),
        ("of_name('accurate')", "taken"),
        ("of_name('ViT-B-32-quickgelu:openai')", "taken"),
    ],
)
def test_what_cannot_be_is_refused_before_torch_loads(asked, said):
    first, last = python(WITHOUT_TORCH.format(asked=asked)).rsplit("\n", 1)
    assert said in first
    assert last == "[]"


def test_published_names_read_from_the_source_are_open_clips_own():
    import open_clip
    from open_clip.pretrained import get_pretrained_cfg

    source = (model_config.package_folder() / "pretrained.py").read_text(encoding="utf-8")
    read = published.read_tables(source)
    assert [(model, tag) for model, tags in read.items() for tag in tags] == open_clip.list_pretrained()
    for model, tags in read.items():
        for tag, quick in tags.items():
            assert quick == bool(get_pretrained_cfg(model, tag).get("quick_gelu"))
    assert model_config._published().keys() == set(open_clip.list_models())
    for name in open_clip.list_models():
        assert model_config._published()[name] == open_clip.get_model_config(name)


def test_a_source_of_another_shape_is_not_guessed_at():
    for source in ("", "_PRETRAINED = {'a': later}", "_PRETRAINED = {**more}"):
        with pytest.raises(LookupError):
            published.read_tables(source)


def test_a_missing_checkpoint_is_named(clip_files, tmp_path):
    with pytest.raises(ModelError, match=r"gone\.pt does not exist"):
        ModelSpec.of_files(clip_files[0], tmp_path / "gone.pt").check()
