"""The fine-tuning example runs on a small scale, and what it leaves can be used."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "finetune_from_corrections.py"


@pytest.fixture(scope="module")
def example():
    spec = importlib.util.spec_from_file_location(EXAMPLE.stem, EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    sys.modules[EXAMPLE.stem] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    yield module
    del sys.modules[EXAMPLE.stem]


@pytest.fixture(scope="module")
def result(example, tmp_path_factory):
    folder = tmp_path_factory.mktemp("finetune")
    arguments = ["--scenes", "240", "--steps", "40", "--held-out", "60", "--out", folder]
    return example.main([str(argument) for argument in arguments])


def test_the_loss_falls(result):
    assert len(result.losses) == 40
    assert np.mean(result.losses[-10:]) < 0.8 * np.mean(result.losses[:10])


def test_the_checkpoint_loads_and_differs_from_the_bundled_model_in_its_text_tower_only(result):
    import torch
    from PIL import Image

    from captionlint.core.clip.presets import DEMO
    from captionlint.core.clip.scorer import Scorer

    bundled, tuned = Scorer.from_pretrained(DEMO), Scorer.from_files(result.config, result.checkpoint)
    picture = Image.linear_gradient("L").convert("RGB")
    assert torch.equal(bundled.picture_features(picture), tuned.picture_features(picture))
    captions = ["two cats on a plain red background"]
    assert not torch.allclose(bundled.text_features(captions), tuned.text_features(captions), atol=1e-3)


def test_the_same_scenes_are_measured_before_and_after_and_none_of_them_is_trained_on(example, result):
    from captionlint.core.demo.scenes import stream

    before, after = result.before.lamp, result.after.lamp
    assert (before.count, before.seed) == (after.count, after.seed) == (60, example.HELD_OUT_SEED)
    assert before.scorer_version != after.scorer_version
    assert not {s.scene for s in stream(1, 240)} & {s.scene for s in stream(example.HELD_OUT_SEED, 60)}


def test_every_corrected_pair_comes_from_the_truth_or_is_a_stated_error(example, result):
    from captionlint.core.demo.scenes import stream

    pairs = list(example.corrected_pairs(result.checkpoint.parent / "negclip.tsv"))
    swaps = {f"scene-{i:03}": swap for i, swap in enumerate(stream(1, 240))}
    true = [p.right == swaps[p.image.stem].scene.caption for p in pairs]
    assert all({p.right, p.wrong} == {s.scene.caption, s.twin.caption} for p in pairs for s in [swaps[p.image.stem]])
    assert 0.9 < np.mean(true) <= 1


def test_the_held_out_seed_and_a_used_folder_are_refused(example, tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        example.main(["--seed", str(example.HELD_OUT_SEED), "--out", str(tmp_path)])
    (tmp_path / "work.txt").touch()
    with pytest.raises(SystemExit, match="2"):
        example.main(["--out", str(tmp_path)])
    assert "is not empty" in capsys.readouterr().err
