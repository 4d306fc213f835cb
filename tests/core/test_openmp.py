import os
import subprocess
import sys

import pytest

from core.openmp import POLICY


@pytest.mark.parametrize(("given", "found"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_a_process_of_ours_decides_how_threads_wait_unless_the_user_has(given, found):
    environment = {name: value for name, value in os.environ.items() if name != POLICY}
    if given:
        environment[POLICY] = given
    script = (
        "import sys; sys.argv = ['captionlint', '--version']\n"
        "from cli.captionlint import run\n"
        "try: run()\n"
        "except SystemExit: pass\n"
        "import os; assert 'torch' not in sys.modules; print(os.environ['OMP_WAIT_POLICY'])"
    )
    ran = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == found
