"""What all tests share: the folder of test models, and the command line run in this process."""

import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from captionlint.core.clip.openmp import sleep_while_waiting

sleep_while_waiting()  # tests score beside programs of their own, too
sys.path.insert(0, str(Path(__file__).parent / "shared"))
pytest_plugins = ["time_limit"]


class Ran(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def captionlint(monkeypatch, capfd):
    """Runs ``captionlint …`` through its entry point, as a shell would."""
    from captionlint.cli.main import run

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["captionlint", *map(str, arguments)])
        capfd.readouterr()
        try:
            run()
            code = 0
        except SystemExit as end:
            code = end.code or 0
        out, err = capfd.readouterr()
        return Ran(code, out, err)

    return call
