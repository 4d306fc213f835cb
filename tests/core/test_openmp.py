import os
import subprocess
import sys

import pytest

from captionlint.core.clip.openmp import POLICY

SHELL = """
import sys; sys.argv = ['captionlint', '--version']
from captionlint.cli.__main__ import run
try: run()
except SystemExit: pass
"""
WINDOW = """
import sys
from captionlint.desktop.app import app
def end(*_): raise SystemExit
app.Program = end
try: app.main(['captionlint-desktop'])
except SystemExit: pass
"""
TOLD = "import os; assert 'torch' not in sys.modules; print(os.environ['OMP_WAIT_POLICY'])"


@pytest.mark.parametrize("start", [SHELL, WINDOW])
@pytest.mark.parametrize(("given", "found"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_a_process_of_ours_decides_how_threads_wait_unless_the_user_has(start, given, found):
    environment = {name: value for name, value in os.environ.items() if name != POLICY}
    environment["QT_QPA_PLATFORM"] = "offscreen"
    if given:
        environment[POLICY] = given
    ran = subprocess.run(
        [sys.executable, "-c", start + TOLD],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    assert ran.stdout.splitlines()[-1] == found
