"""What the pages on Label Studio show, command by command, on a real one; the bundled model stands in for others."""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from doc_pages import ROOT, blocks, command_lines
from package import PACKAGE_PATH
from programs import free_port, stop, until

from captionlint.core.demo.dataset import write_dataset

SCRIPTS = Path(sys.executable).parent
SERVERS = ("gunicorn", "waitress-serve")


@pytest.fixture(scope="module")
def label_studio(site):
    """Started as the page says; what the page makes there is taken away again, other tests begin without it."""
    with site.running(ML_BLOCK_LOCAL_IP="false", SSRF_PROTECTION_ENABLED="false"):
        yield site
        made = site.project("Captionlint")["id"]
        site.api.call("DELETE", f"/api/projects/{made}/")


@pytest.fixture
def place(tmp_path, label_studio, monkeypatch):
    """A folder with captions and pictures, and the environment that the page exports."""
    write_dataset(tmp_path / "photos", count=12, seed=7).rename(tmp_path / "captions.jsonl")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LABEL_STUDIO_URL", label_studio.url)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", label_studio.token)
    monkeypatch.setenv("PYTHONPATH", PACKAGE_PATH)
    return tmp_path


def shown(page, *programs):
    """The commands of these programs that a page shows."""
    text = [line for block in blocks(ROOT / page) if block.language == "sh" for line in command_lines(block.text)]
    found = [words for words in text if words[0] in programs]
    assert found
    return found


@contextmanager
def served(words, port, log, **environment):
    """A server that a page shows, on a port of ours, until it lives."""
    with log.open("w") as out:
        process = subprocess.Popen(
            words, env={**os.environ, **environment}, stdout=out, stderr=out, start_new_session=True
        )
    try:
        until(lambda: lives(process, port, log), of=f"backend (its log: {log})", seconds=120)
        yield
    finally:
        stop(process)


def lives(process, port, log):
    assert process.poll() is None, log.read_text()
    try:
        return requests.get(f"http://127.0.0.1:{port}/livez", timeout=5).ok
    except requests.RequestException:
        return False


def test_every_command_of_the_page_on_label_studio(place, label_studio):
    port = free_port()
    stand_ins = {"9090": str(port), "http://ml.example:9090": f"http://127.0.0.1:{port}"}
    lines = [[stand_ins.get(word, word) for word in words] for words in shown("docs/label-studio.md", "captionlint")]
    (serve,) = [words for words in lines if "serve" in words]
    command = [sys.executable, "-m", "captionlint.cli"]
    with served([*command, *serve[1:], "--model", "demo"], port, place / "serve.log"):
        for words in lines:
            if words is not serve:
                model = ["--model", "demo"] if words[1] == "prelabel" else []
                ran = subprocess.run(
                    [*command, *words[1:], *model], capture_output=True, text=True, check=False, timeout=300
                )
                assert ran.returncode == 0, f"{' '.join(words)}: {ran.stdout}{ran.stderr}"


def test_every_server_of_the_backends_page(place, label_studio):
    stand_ins = {"TOKEN": label_studio.token, "http://localhost:8080": label_studio.url}
    own = [words for words in shown("ml_backend/README.md", "captionlint") if "serve" in words]
    for words in (*own, *shown("ml_backend/README.md", *SERVERS)):
        port = free_port()
        start = [str(SCRIPTS / words[0])] if words[0] in SERVERS else [sys.executable, "-m", "captionlint.cli"]
        rest = [stand_ins.get(word, word).replace("9090", str(port)) for word in words[1:]]
        with served([*start, *rest], port, place / f"{words[0]}.log", CAPTIONLINT_MODEL="demo"):
            assert requests.get(f"http://127.0.0.1:{port}/health", timeout=60).json()["status"] == "UP"
