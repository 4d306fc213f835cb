"""`.ci/run` ends whatever hangs: its steps' limits hold for what root runs too, and in sum."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).parents[1] / ".ci" / "run"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a script for bash")


def commands(folder, *, user):
    """What `.ci/run` starts as this user where neither PostgreSQL nor a browser is installed; nothing is done."""
    log = folder / "log"
    for name in ("sudo", "make", "timeout"):
        (folder / name).write_text(f'#!/bin/sh\necho {name} "$@" >> {log}\n')
    (folder / "id").write_text(f"#!/bin/sh\necho {user}\n")
    (folder / "ls").write_text("#!/bin/sh\nexit 2\n")
    for path in folder.iterdir():
        path.chmod(0o755)
    for name in ("bash", "sh", "dirname"):
        (folder / name).symlink_to(shutil.which(name))
    subprocess.run([folder / "bash", RUN], env={**os.environ, "PATH": str(folder)}, check=True, timeout=60)
    return log.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(("user", "begin"), [(1000, "sudo -n timeout"), (0, "timeout")])
def test_ci_run_lets_root_end_what_root_runs(tmp_path, user, begin):
    started = commands(tmp_path, user=user)
    assert [line for line in started if "apt-get" in line] == [
        f"{begin} --kill-after=20s 1m apt-get -qq update",
        f"{begin} --kill-after=20s 3m env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "
        "--no-install-recommends postgresql chromium",
    ]
    assert [line.split(" ", 3)[3] for line in started[2:]] == ["make lint", "make test", "make test-e2e"]


def test_ci_run_ends_within_45_minutes(tmp_path):
    limits = [re.search(r"timeout --kill-after=(\d+)s (\d+)m ", line) for line in commands(tmp_path, user=0)]
    assert len(limits) == 5
    assert sum(60 * int(limit[2]) + int(limit[1]) for limit in limits) <= 45 * 60
