"""Models by name and by file, and every way in which they cannot be had."""

import json
import os
import socket

import pytest
import torch
from formula_models import CONFIGS, random_state, write_model
from safetensors.torch import save_file

from captionlint.core.clip.loading import build_model, fetch, load_preset
from captionlint.core.clip.presets import PRESETS
from captionlint.core.clip.published import resolve
from captionlint.core.clip.scorer import Scorer
from captionlint.core.errors import CaptionlintError, ModelError, UnprobeableError, UsageError
from captionlint.core.images.hashing import file_sha256


def test_a_pickle_checkpoint_loads_weights_only(clip_files, tmp_path):
    model = build_model(CONFIGS["clip"], name="clip")
    torch.save(random_state(model), tmp_path / "clip.pt")
    pickled = Scorer.from_files(clip_files[0], tmp_path / "clip.pt")
    assert pickled.details["weights_sha256"] == file_sha256(tmp_path / "clip.pt")


def test_a_pickle_that_would_run_code_is_refused(clip_files, tmp_path):
    class Evil:
        def __reduce__(self):
            return (print, ("gotcha",))

    torch.save({"state_dict": Evil()}, tmp_path / "evil.pt")
    with pytest.raises(ModelError, match=r"evil\.pt holds Python objects beside its weights \(print\)"):
        Scorer.from_files(clip_files[0], tmp_path / "evil.pt")


def test_a_file_that_is_no_checkpoint_is_not_said_to_be_a_misfit(clip_files, tmp_path):
    (tmp_path / "notes.pt").write_text("dear diary")
    with pytest.raises(ModelError, match="no file of weights") as raised:
        Scorer.from_files(clip_files[0], tmp_path / "notes.pt")
    assert "weights_only" not in str(raised.value)


def test_a_checkpoint_of_another_shape_is_named(tmp_path, clip_files):
    wider = {**CONFIGS["clip"], "embed_dim": 56}
    config, _ = write_model(tmp_path, "wider", wider, {})
    with pytest.raises(ModelError, match=r"clip\.safetensors does not fit the model wider: size mismatch"):
        Scorer.from_files(config, clip_files[1])


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_broken_weights_are_named(tmp_path, value):
    state = random_state(build_model(CONFIGS["clip"], name="clip"))
    state["text_projection"][3, 3] = value
    with pytest.raises(ModelError, match="text_projection holds NaN or infinity"):
        Scorer.from_files(*write_model(tmp_path, "clip", CONFIGS["clip"], state))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "not readable JSON"),
        ("[1, 2]", "not an open_clip model configuration"),
        ("[" * 100_000, "not readable JSON"),
        ('{"embed_dim": 4}', "not an open_clip model configuration"),
        (json.dumps({**CONFIGS["clip"], "speed": 9}), "cannot be built"),
        (json.dumps({**CONFIGS["clip"], "text_cfg": []}), "not all objects"),
        (json.dumps({**CONFIGS["clip"], "vision_cfg": 3}), "not all objects"),
        (json.dumps({"model_cfg": CONFIGS["clip"], "preprocess_cfg": [1]}), "not all objects"),
        (json.dumps({**CONFIGS["clip"], "text_cfg": {"width": 7, "heads": 2}}), "cannot be built"),
    ],
)
def test_a_configuration_that_is_none(tmp_path, clip_files, content, said):
    config = tmp_path / "model.json"
    config.write_text(content)
    with pytest.raises(ModelError, match=said):
        Scorer.from_files(config, clip_files[1])


def test_missing_files_are_named(tmp_path, clip_files):
    with pytest.raises(ModelError, match=r"none\.json does not exist"):
        Scorer.from_files(tmp_path / "none.json", clip_files[1])
    with pytest.raises(ModelError, match=r"none\.safetensors does not exist"):
        Scorer.from_files(clip_files[0], tmp_path / "none.safetensors")


def test_a_truncated_checkpoint_is_named(tmp_path, clip_files):
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(clip_files[1].read_bytes()[:5000])
    with pytest.raises(ModelError, match=r"cut\.safetensors"):
        Scorer.from_files(clip_files[0], cut)


def test_presets_name_models_of_open_clip():
    import open_clip

    known = set(map(tuple, open_clip.list_pretrained()))
    named = [p for p in PRESETS.values() if p.pretrained]
    assert len(named) == 3
    assert all((p.model, p.pretrained) in known for p in named)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("fast=weights.bin", "--model ViT-B-32:laion2b_s34b_b79k=/path/to/file"),
        ("/path/to/weights.bin", "--model ViT-B-32:laion2b_s34b_b79k=/path/to/file"),
        ("fsat", "did you mean 'fast'"),
        ("ViT-B32", "did you mean 'ViT-B-32"),
        ("ViT-B-32", "say which weights"),
        ("ViT-B-33:openai", "did you mean 'ViT-B-32"),
        ("ViT-B-32:laion2b_s34b", "laion2b_s34b_b79k"),
        ("ViT-B-32:openai", "ViT-B-32-quickgelu:openai"),
        ("ViT-B-32-quickgelu:laion2b_s34b_b79k", "nor is that a file|quick GELU"),
    ],
)
def test_a_wrong_name_is_answered_with_the_right_one(name, said):
    with pytest.raises(UsageError, match=said):
        Scorer.from_pretrained(name)


def test_only_weights_that_are_not_refused_are_offered():
    with pytest.raises(UsageError) as raised:
        Scorer.from_pretrained("ViT-B-32:negclip")
    offered = str(raised.value).rpartition("there are ")[2].rstrip(".").split(", ")
    assert "laion2b_s34b_b79k" in offered
    assert not {"openai", "metaclip_400m"} & set(offered)


@pytest.mark.parametrize(("name", "said"), [("RN50", "RN50:|RN50-quickgelu"), ("nllb-clip-base", "Hugging Face")])
def test_a_name_without_weights_that_work_says_why(name, said):
    with pytest.raises(CaptionlintError, match=said):
        Scorer.from_pretrained(name)


def test_a_foreign_text_tower_is_refused_by_name():
    with pytest.raises(UnprobeableError, match="roberta-base"):
        Scorer.from_pretrained("roberta-ViT-B-32:laion2b_s12b_b32k")


def test_without_a_network_the_way_out_is_said(monkeypatch, tmp_path):
    import open_clip.pretrained

    def refuse(*_args, **_kwargs):
        raise OSError("Name or service not known")

    monkeypatch.setattr(open_clip.pretrained, "download_pretrained", refuse)
    with pytest.raises(ModelError, match="or take demo, which is bundled") as caught:
        Scorer.from_pretrained("fast")
    assert "open_clip_model.safetensors (or open_clip_pytorch_model.bin) from https://" in str(caught.value)
    assert "CLIP-ViT-B-32" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_proxy_that_is_down_is_named_at_once(monkeypatch, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    for name in [name for name in os.environ if name.lower().endswith("_proxy") or name.startswith("HF_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("https_proxy", f"http://ana:confidential@127.0.0.1:{port}")
    monkeypatch.setattr(
        "captionlint.core.clip.loading.bring", lambda *_: pytest.fail("asked the hub, whose client tries for a minute")
    )
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelError, match=r"127\.0\.0\.1: .*refused") as caught:
        fetch(PRESETS["fast"])
    assert "confidential" not in str(caught.value)


def test_an_architecture_with_a_checkpoints_path(tmp_path, photo, monkeypatch):
    import open_clip
    import open_clip.factory

    monkeypatch.setattr(open_clip, "get_model_config", lambda _name: CONFIGS["clip"])
    path = tmp_path / "weights.safetensors"
    save_file(random_state(build_model(CONFIGS["clip"], name="clip")), path)
    (prediction,) = Scorer.from_pretrained(f"ViT-B-32:{path}").score([photo], ["a cat"])
    assert prediction.scorer_version.startswith("ViT-B-32@")


def test_a_tags_weights_in_a_local_file_keep_the_tags_transform(tmp_path, monkeypatch):
    import open_clip

    monkeypatch.setattr(open_clip, "get_model_config", lambda _name: CONFIGS["clip"])
    path = tmp_path / "weights.safetensors"
    save_file(random_state(build_model(CONFIGS["clip"], name="clip")), path)
    alone, tagged = (load_preset(resolve(f"ViT-L-14:{name}")) for name in (str(path), f"laion2b_s32b_b82k={path}"))
    assert "mean=(0.5, 0.5, 0.5)" in str(tagged.transform)
    assert "mean=(0.5, 0.5, 0.5)" not in str(alone.transform)
    assert alone.config_sha256 != tagged.config_sha256
    monkeypatch.setenv("HOME", str(tmp_path))  # the shell expands ~ only where a word begins
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert (
        load_preset(resolve("ViT-L-14:laion2b_s32b_b82k=~/weights.safetensors")).config_sha256 == tagged.config_sha256
    )
    with pytest.raises(UsageError, match="quick GELU"):
        load_preset(resolve(f"ViT-L-14:openai={path}"))
    with pytest.raises(ModelError, match="does not exist"):
        load_preset(resolve(f"ViT-L-14:laion2b_s32b_b82k={path}.gone"))


def test_a_tower_that_is_not_reproduced_is_refused(tmp_path):
    config = {
        **CONFIGS["custom-text"],
        "text_cfg": {**CONFIGS["custom-text"]["text_cfg"], "block_type": "custom", "qk_norm": True},
    }
    files = write_model(tmp_path, "normed", config, random_state(build_model(config, name="normed")))
    with pytest.raises(UnprobeableError, match="normed cannot be probed"):
        Scorer.from_files(*files)


def test_resolve_takes_name_and_weights():
    assert (resolve("RN50:openai").model, resolve("RN50:openai").pretrained) == ("RN50", "openai")
    assert resolve("fast").model == "ViT-B-32"


def test_broken_statistics_are_named(tmp_path):
    state = random_state(build_model(CONFIGS["resnet"], name="resnet"))
    state["visual.bn1.running_var"][0] = float("nan")
    with pytest.raises(ModelError, match=r"visual\.bn1\.running_var holds NaN"):
        Scorer.from_files(*write_model(tmp_path, "resnet", CONFIGS["resnet"], state))
