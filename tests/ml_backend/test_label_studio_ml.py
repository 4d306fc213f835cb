"""The same backend on both interfaces of label-studio-ml: 1.0.9 from PyPI, 2.x as recorded; and on neither."""

import base64
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from package import PACKAGE_PATH

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
VERSION = "fake-1;e-0.01;r1"


@pytest.fixture(scope="session")
def python_with_1():
    """A Python that has label-studio-ml 1.0.9 with the old Flask it wants, and behind these what this one has."""
    if sys.version_info >= (3, 14):
        pytest.skip("label-studio-ml 1.0.9 does not run on Python 3.14")
    folder = ROOT / "build" / "label-studio-ml-venv"
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    done = folder / "done"
    wanted = ["label-studio-ml==1.0.9", "redis>=4", "rq>=1.12", "waitress>=3", "gunicorn>=22"]
    if not done.exists() or done.read_text() != str(wanted):
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=300)
        got = subprocess.run(
            [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *wanted],
            capture_output=True, text=True, check=False,
            timeout=300,
        )  # fmt: skip
        if got.returncode:
            pytest.skip(f"label-studio-ml cannot be installed: {got.stderr.strip().splitlines()[-1]}")
        site = Path(
            subprocess.check_output(
                [python, "-c", "import site; print(site.getsitepackages()[0])"], text=True, timeout=300
            ).strip()
        )
        (site / "zz-behind.pth").write_text(sysconfig.get_path("purelib") + "\n")
        done.write_text(str(wanted))
    return python


def serve_once(python, tmp_path, *path):
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(map(str, (*path, PACKAGE_PATH))),
        "MODEL_DIR": str(tmp_path),
    }
    ran = subprocess.run(
        [python, HERE / "serve_once.py", tmp_path / "review.db"], env=environment, capture_output=True, text=True,
        check=False, cwd=tmp_path,
        timeout=300,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-3000:]
    return json.loads(ran.stdout.splitlines()[-1]), ran.stderr


def check(said, log):
    assert said["health"][0] == 200
    assert said["setup"] == [200, {"model_version": VERSION}]
    assert said["versions"] == [200, {"versions": [VERSION]}]
    first, second = said["predict"][1]["results"]
    assert said["predict before setup"] == said["predict"]
    assert (first["model_version"], [r["from_name"] for r in first["result"]]) == (VERSION, ["misalign"])
    assert second["result"] == []
    assert said["another project"][1]["results"][0]["result"][0]["from_name"] == "wrong"
    assert len(said["no configuration"][1]["results"]) == 2
    assert len(said["context"][1]["results"][0]["result"]) == 1
    assert said["webhook"] == [201, {"queued": True}]
    assert said["fit"] == [None, None]
    assert said["events"] == {"waiting": 0, "done": 3, "aside": 0}
    assert said["children"] == 0
    for secret in ("SECRET-TOKEN", "PROJECT-TOKEN", "PASSWORD"):
        assert secret not in log


def test_on_label_studio_ml_1(python_with_1, tmp_path):
    said, log = serve_once(python_with_1, tmp_path)
    check(said, log)
    assert said["beneath"]
    assert said["metrics"] == [200, {}]
    assert "answering without it" not in log


def test_on_the_interface_of_label_studio_ml_2(tmp_path):
    said, log = serve_once(sys.executable, tmp_path, HERE / "label_studio_ml_2")
    assert said["beneath"]
    check(said, log)


def test_without_label_studio_ml_only_its_own_routes_are_missing(tmp_path):
    code = "from captionlint.ml_backend.http.server import application; print(application()._beneath)"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, timeout=300
    )
    assert ran.stdout.strip() == "None"


def test_nothing_of_the_example_with_the_unsafe_load_is_there(python_with_1, tmp_path):
    """CVE-2025-5173: ``torch.load`` of a path, in the YOLO example of label-studio-ml's repository."""
    said, _ = serve_once(python_with_1, tmp_path)
    assert said["modules"] == [
        "label_studio_ml", "label_studio_ml.api", "label_studio_ml.exceptions", "label_studio_ml.model",
    ]  # fmt: skip
    code = "import label_studio_ml, pathlib; print(pathlib.Path(label_studio_ml.__file__).parent)"
    installed = Path(subprocess.check_output([python_with_1, "-c", code], text=True, timeout=300).strip())
    assert not (installed / "examples").exists()
    sources = [path.read_text(encoding="utf-8") for path in installed.rglob("*.py")]
    assert sources
    assert not any("torch.load" in source or "neural_nets" in source for source in sources)


@pytest.mark.parametrize("how", ["label-studio-ml start", "waitress", "gunicorn", "python -m"])
def test_it_starts_in_each_way_that_the_readme_names(python_with_1, tmp_path, how):
    binaries = python_with_1.parent
    environment = os.environ | {
        "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}", "CAPTIONLINT_DB": str(tmp_path / "review.db"),
        "CAPTIONLINT_MODEL": "demo", "BASIC_AUTH_USER": "ana", "BASIC_AUTH_PASS": "s3cret", "PYTHONPATH": PACKAGE_PATH,
    }  # fmt: skip
    port = str(free_port())
    commands = {
        "label-studio-ml start": ["label-studio-ml", "start", "ml_backend", "--port", port],
        "waitress": ["waitress-serve", "--listen", f"127.0.0.1:{port}", "captionlint.ml_backend._wsgi:app"],
        "gunicorn": ["gunicorn", "--bind", f"127.0.0.1:{port}", "--threads", "8", "captionlint.ml_backend._wsgi:app"],
        "python -m": [python_with_1, "-m", "captionlint.ml_backend", "--port", port],
    }
    with (tmp_path / "log").open("w") as log:
        running = subprocess.Popen(
            commands[how], cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/livez", running)
        assert ask(f"http://127.0.0.1:{port}/health")[0] == 401
        status, answer = ask(f"http://127.0.0.1:{port}/health", basic=b"ana:s3cret")
        assert (status, answer["status"]) == (200, "UP")
    finally:
        os.killpg(running.pid, 15)
        running.wait(timeout=60)


def free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url, running):
    import time

    until = time.monotonic() + 120
    while time.monotonic() < until and running.poll() is None:
        try:
            ask(url)
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)  # another program's start: there is nothing to wait on
    raise AssertionError("it does not answer")


def ask(url, basic=None):
    request = urllib.request.Request(url)
    if basic:
        request.add_header("Authorization", "Basic " + base64.b64encode(basic).decode())
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)
