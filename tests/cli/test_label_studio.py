"""``captionlint label-studio serve`` starts the backend as a process, and ends with it."""

import os
import signal
import socket
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from captionlint.cli.main import app
from captionlint.core.errors import UsageError

ROOT = Path(__file__).parents[2]


def serve(tmp_path, *more):
    command = [
        sys.executable,
        "-m",
        "captionlint.cli",
        "label-studio",
        "serve",
        "--db",
        str(tmp_path / "review.db"),
        *more,
    ]
    # A job in the background of a script ignores Ctrl-C, and so would all that it starts.
    heed = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    pipes = {"stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True, preexec_fn=heed, **pipes)  # noqa: PLW1509


def test_it_serves_until_ctrl_c(tmp_path):
    running = serve(tmp_path, "--model", "demo", "--port", "0")
    said = iter(running.stderr.readline, "")
    line = next(line for line in said if " is at http://127.0.0.1:" in line)
    port = int(line.split("127.0.0.1:")[1].split(",")[0])
    with socket.create_connection(("127.0.0.1", port), timeout=60) as caller:
        caller.sendall(b"GET /health HTTP/1.0\r\n\r\n")
        assert b"200 OK" in caller.recv(1000)
    os.killpg(running.pid, signal.SIGINT)
    _, rest = running.communicate(timeout=120)
    assert running.returncode == 0
    assert "Traceback" not in rest
    assert (tmp_path / "review.db").exists()


def test_what_cannot_be_served_is_one_line_and_a_code(tmp_path):
    running = serve(tmp_path, "--model", "no-such-model")
    _, said = running.communicate(timeout=120)
    assert running.returncode == 1
    assert "There is no model 'no-such-model'" in said
    assert "Traceback" not in said


def test_a_store_that_cannot_be_opened_is_one_line(tmp_path):
    running = serve(tmp_path / ("x" * 300), "--model", "demo", "--port", "0")
    _, said = running.communicate(timeout=120)
    assert running.returncode == 1
    assert "cannot be opened: File name too long." in said
    assert "Traceback" not in said


@pytest.mark.parametrize("command", ["serve", "doctor"])
def test_without_its_extra_it_says_how_to_add_it(command, monkeypatch):
    monkeypatch.setitem(sys.modules, "requests", None)  # so Python takes it for absent
    given = [] if command == "serve" else ["--url", "http://127.0.0.1:9", "--api-key", "x"]
    with pytest.raises(UsageError, match=r"needs requests: .*\[label-studio\]"):
        app(["label-studio", command, *given], standalone_mode=False)


def test_a_port_in_use_is_named(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        running = serve(tmp_path, "--model", "demo", "--port", str(taken.getsockname()[1]))
        _, said = running.communicate(timeout=120)
    assert running.returncode == 1
    assert "give another --port" in said
    assert "Loading the model" not in said
    assert not (tmp_path / "review.db").exists()


def test_it_takes_its_server_along_when_it_is_stopped(tmp_path):
    running = serve(tmp_path, "--model", "demo", "--port", "0")
    line = next(line for line in iter(running.stderr.readline, "") if " is at http://127.0.0.1:" in line)
    running.terminate()
    running.communicate(timeout=120)  # until the last who holds stderr is gone
    assert running.returncode == 0
    with socket.socket() as free:
        assert free.connect_ex(("127.0.0.1", int(line.split("127.0.0.1:")[1].split(",")[0]))) != 0
