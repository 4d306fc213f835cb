"""The training script: resumable to the bit, and its checkpoint is what the bundled model loads."""

import pytest
import torch
from safetensors.torch import load_file

from captionlint.core.clip.presets import PRESETS
from captionlint.core.clip.scorer import Scorer
from captionlint.core.demo.training.training import Schedule, Trainee, Training
from captionlint.core.demo.weights import CHECKPOINT, EMBEDDING, ROWS_KEY, pack, token_rows, unpack

TINY = Schedule(warmup=1, stage_a=3, focus=1, stage_b=4, directions=1, stage_c=6, total=7)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr("captionlint.core.demo.training.training.PAIRS", 4)
    monkeypatch.setattr("captionlint.core.demo.training.training.HELD_OUT", 10)


def test_a_resumed_run_ends_where_an_unbroken_one_does(tmp_path):
    whole = Training(tmp_path / "whole", seed=3, schedule=TINY)
    whole.run()
    broken = Training(tmp_path / "broken", seed=3, schedule=TINY)
    for _ in range(2):
        broken._train_step()
        broken.step += 1
    broken._save()
    resumed = Training(tmp_path / "broken", seed=3, schedule=TINY)
    assert resumed.step == 2
    resumed.run()
    one, other = (load_file(tmp_path / name / "demo.safetensors") for name in ("whole", "broken"))
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_another_seed_is_not_mixed_in(tmp_path):
    Training(tmp_path, seed=3, schedule=TINY)._save()
    with pytest.raises(SystemExit, match="seed 3"):
        Training(tmp_path, seed=4, schedule=TINY)


def test_packing_keeps_the_rows_in_use():
    rows = token_rows()
    state = Trainee(rows).clip.state_dict()
    full = unpack(pack(state, rows))
    assert full[EMBEDDING].shape == (49408, 128)
    torch.testing.assert_close(full[EMBEDDING][list(rows)], state[EMBEDDING], atol=1e-3, rtol=1e-3)
    unused = torch.ones(49408, dtype=torch.bool)
    unused[list(rows)] = False
    assert not full[EMBEDDING][unused].any()


def test_the_bundled_checkpoint_is_small_and_says_where_it_is_from():
    assert CHECKPOINT.stat().st_size < 8_000_000
    assert tuple(load_file(CHECKPOINT)[ROWS_KEY].tolist()) == token_rows()
    scorer = Scorer.from_pretrained("demo")
    assert scorer.epsilon == PRESETS["demo"].epsilon
    assert scorer.version.startswith("demo@")


def test_the_rate_rises_stays_and_falls_to_zero():
    schedule = Schedule()
    assert schedule.rate(0) < schedule.rate(99) == schedule.rate(2000) == schedule.peak
    assert schedule.rate(schedule.stage_b - 1) < schedule.peak / 1000
    assert schedule.rate(schedule.stage_b + 99) == schedule.peak
    assert schedule.rate(schedule.stage_c - 1) < schedule.peak / 500
    assert schedule.rate(schedule.total - 1) < schedule.peak / 200
