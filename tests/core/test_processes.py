"""A scorer in other processes: pickled, forked, spawned, in workers of the libraries that people train with."""

import copy
import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from captionlint.core.clip.loading import load_files
from captionlint.core.clip.scorer import Scorer
from captionlint.core.errors import ModelError, UsageError

PROGRAM = Path(__file__).parents[1] / "shared" / "worker_processes.py"
LIMIT = 300
"""Seconds for all of it, on a busy machine."""


@pytest.fixture(scope="module")
def told():
    """What the program says; a hang ends it and all its processes."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, str(PROGRAM)]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment, start_new_session=True)
    try:
        out, err = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate(timeout=300)
    return out.splitlines(), err


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.parametrize(
    "kind",
    ["pickle", "fork", "fork and load", "fork amid a stream", "datasets.map", "DataLoader fork", "DataLoader spawn",
     "spawn"],
)  # fmt: skip
def test_a_scorer_works_in_another_process(told, kind):
    lines, errors = told
    assert kind in lines, errors[-3000:]


def test_a_pickled_scorer_keeps_its_settings(clip_files):
    scorer = Scorer.from_files(*clip_files, layers=2, aggregate="min", epsilon=-0.5, cached_pictures=7)
    again = pickle.loads(pickle.dumps(scorer))
    assert (again.version, again.epsilon, again._images.kept) == (scorer.version, -0.5, 7)
    assert copy.copy(scorer).version == scorer.version


def test_a_pickled_scorer_whose_files_have_changed_is_refused(clip_files, tmp_path):
    files = [tmp_path / path.name for path in clip_files]
    for old, new in zip(clip_files, files, strict=True):
        new.write_bytes(old.read_bytes())
    pickled = pickle.dumps(Scorer.from_files(*files))
    files[1].write_bytes(files[1].read_bytes()[:-4] + b"\0\0\0\0")
    with pytest.raises(ModelError, match="has changed"):
        pickle.loads(pickled)


def test_a_scorer_of_a_model_in_memory_is_not_pickled(clip_files):
    with pytest.raises(UsageError, match="built in memory cannot be pickled"):
        pickle.dumps(Scorer(load_files(*clip_files)))


def test_a_forked_scorer_on_a_gpu_says_to_spawn(clip_files, monkeypatch):
    scorer = Scorer.from_files(*clip_files, device="cpu")
    monkeypatch.setattr(scorer, "device", torch.device("cuda", 0))
    monkeypatch.setattr(scorer, "_process", -1)
    with pytest.raises(UsageError, match="start processes by spawn"):
        scorer.text_features(["a dog"])
