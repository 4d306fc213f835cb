"""A test that hangs ends the run with its name and all stacks."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

SHARED = Path(__file__).parent / "shared"

HANGS = {
    "lock": """
        import threading

        def test_that_hangs():
            threading.Event().wait()
    """,
    "qt": """
        from PySide6.QtCore import QCoreApplication

        def test_that_hangs():
            QCoreApplication([]).exec()
    """,
    "fixture": """
        import threading
        import pytest

        @pytest.fixture
        def hung():
            yield
            threading.Event().wait()

        def test_that_hangs(hung):
            assert False, "and its teardown has a limit as well"
    """,
}


def run(folder, code):
    """What becomes of a run of this code as tests, with two seconds for each."""
    (folder / "test_hanging.py").write_text(textwrap.dedent(code), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "time_limit", "-p", "no:cacheprovider", "-o", "time_limit=2"]
    return subprocess.run(
        [*command, "test_hanging.py"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(SHARED), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("kind", HANGS)
def test_a_test_that_hangs_ends_the_run_with_its_name_and_all_stacks(tmp_path, kind):
    ran = run(tmp_path, HANGS[kind])
    assert ran.returncode == 1
    assert "TIMEOUT: test_hanging.py::test_that_hangs took longer than 2 s" in ran.stderr
    assert ran.stderr.count("most recent call first") >= 2, "the test's thread and the one that tells"
    assert "test_hanging.py" in ran.stderr.split("TIMEOUT", 1)[1].split("\n", 2)[2]


def test_collecting_that_hangs_ends_the_run_with_all_stacks(tmp_path):
    ran = run(
        tmp_path,
        """
        import threading

        threading.Event().wait()
        """,
    )
    assert ran.returncode == 1
    assert "TIMEOUT: collecting the tests took longer than 2 s" in ran.stderr
    assert "test_hanging.py" in ran.stderr.split("TIMEOUT", 1)[1]


def test_a_thread_that_a_test_leaves_behind_does_not_hold_up_the_end(tmp_path):
    ran = run(
        tmp_path,
        """
        import threading

        def test_that_leaves_a_thread():
            threading.Thread(target=threading.Event().wait).start()
        """,
    )
    assert ran.returncode == 1
    assert "1 passed" in ran.stdout
    assert "in wait" in ran.stderr


def test_every_test_has_a_limit(pytestconfig):
    assert 0 < float(pytestconfig.getini("time_limit")) <= 900
