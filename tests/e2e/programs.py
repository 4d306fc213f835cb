"""Programs that are run from outside, and waiting for what they do."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent.parent
BUILD = ROOT / "build"


class Ran(NamedTuple):
    code: int
    out: str
    err: str


class Commands:
    """``captionlint label-studio …`` as a process."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = {**os.environ, **environment}

    def run(self, command: str, *arguments: Any) -> Ran:
        with self.start(command, *arguments) as process:
            out, err = process.communicate(timeout=300)
        return Ran(process.returncode, out, err)

    def start(self, command: str, *arguments: Any, **options: Any) -> subprocess.Popen[str]:
        line = [sys.executable, "-m", "captionlint.cli", "label-studio", command, *map(str, arguments)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        return subprocess.Popen(line, env=self.environment, text=True, cwd=ROOT, start_new_session=True, **pipes)


def kill(process: subprocess.Popen[Any]) -> None:
    """At once, with all its children, as a power cut would."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(60)


def stop(process: subprocess.Popen[Any]) -> None:
    """As Ctrl-C does."""
    os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        kill(process)


def until(what: Callable[[], Any], *, of: str, seconds: float = 60, every: float = 0.1) -> Any:
    """Waits for something to be true and returns it."""
    end = time.monotonic() + seconds
    while True:
        found = what()
        if found:
            return found
        assert time.monotonic() < end, f"after {seconds} seconds there is still no {of}"
        time.sleep(every)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
