"""The script that every change must pass: it ends in time, whatever hangs."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / ".ci" / "run"


def test_all_steps_together_end_within_45_minutes():
    text = SCRIPT.read_text(encoding="utf-8")
    minutes = [int(number) for number in re.findall(r"^\s*(?:root_)?step (\d+) ", text, flags=re.M)]
    extra = int(re.search(r"--kill-after=(\d+)s", text)[1]) / 60
    assert len(minutes) == 5
    assert sum(minutes) + extra * len(minutes) <= 45
    for line in text.splitlines():
        if re.search(r"\b(make|apt-get) \S", line.partition("#")[0]):
            assert re.search(r"\b(?:root_)?step \d+ ", line), line


@pytest.mark.skipif(os.name == "nt", reason="it is a shell script")
def test_a_step_that_hangs_is_ended_and_named(tmp_path):
    """The script itself, with minutes of 20 milliseconds, no packages to install, and a make that waits for ever."""
    (tmp_path / ".ci").mkdir()
    text = SCRIPT.read_text(encoding="utf-8").replace('"$1m"', '"$(($1 * 20))e-3s"').replace("=20s", "=1s")
    (tmp_path / ".ci" / "run").write_text(re.sub(r"^.*missing\+=.*$", "", text, flags=re.M), encoding="utf-8")
    (tmp_path / "make").write_text("#!/bin/sh\ntrap '' TERM\nsleep 600 & wait; sleep 600\n", encoding="utf-8")
    (tmp_path / "make").chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    ran = subprocess.run(
        ["bash", tmp_path / ".ci" / "run"], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 137
    assert "TIMEOUT: 'make lint' took longer than 7 minutes." in ran.stderr
