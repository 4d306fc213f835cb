"""The workflow files, as far as they can be looked at without the service that runs them."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
WORKFLOWS = sorted(map(str, (ROOT / ".github" / "workflows").glob("*.yml")))
SCRIPTS = Path(sys.executable).parent


@pytest.mark.parametrize(
    "linter",
    [
        ["check-jsonschema", "--builtin-schema", "vendor.github-workflows"],
        ["zizmor", "--offline", "--min-severity", "medium"],
    ],
    ids=lambda command: command[0],
)
def test_workflows_pass_their_linters(linter):
    assert WORKFLOWS
    ran = subprocess.run(
        [SCRIPTS / linter[0], *linter[1:], *WORKFLOWS], capture_output=True, text=True, check=False, timeout=300
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_a_workflow_that_was_not_run_says_so():
    assert [path for path in WORKFLOWS if "Not run yet" not in Path(path).read_text(encoding="utf-8")] == []
