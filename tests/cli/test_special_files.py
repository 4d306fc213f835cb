"""Named pipes and devices in place of images and stores: each command ends, and says what is there.

Every command is a process with a time limit: what is tested is that it ends.
"""

import os
import subprocess
import sys

import pytest

from tests.core.formats.made import png

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")


@pytest.fixture
def run(tmp_path):
    """Runs ``captionlint …`` in the folder of the test."""

    def call(*arguments):
        command = [sys.executable, "-c", "from captionlint.cli.__main__ import run; run()", *map(str, arguments)]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)

    return call


@pytest.fixture
def rows(tmp_path):
    """Two images with a caption each, and a named pipe with one."""
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(png())
    os.mkfifo(tmp_path / "c.png")
    (tmp_path / "rows.csv").write_text("image,caption\na.png,a red ball\nb.png,a blue cube\nc.png,a red cone\n")
    return "rows.csv"


@pytest.mark.parametrize("kind", ["a named pipe", "a device"])
def test_commands_go_on_past_an_image_that_is_no_file(tmp_path, run, rows, kind):
    done = run("import", rows, "--db", "s.db")
    assert f"the picture {tmp_path / 'c.png'} cannot be read: it is a named pipe, not a file" in done.stderr
    assert "2 added, 1 not usable" in done.stdout
    image = tmp_path / "b.png"
    image.unlink()
    if kind == "a device":
        image.symlink_to("/dev/zero")
    else:
        os.mkfifo(image)
    done = run("prelabel", "--db", "s.db", "--model", "demo")
    assert "1 items scored, 1 failed" in done.stdout
    assert f"{image} cannot be read (it is {kind}, not a file)" in done.stderr
    done = run("export", "out", "--db", "s.db", "--format", "webdataset", "--unreviewed")
    assert "1 left out: the image is not on this machine" in done.stderr


@pytest.mark.parametrize("command", [["stats"], ["import", "rows.csv"], ["export", "out.jsonl", "--format", "words"]])
@pytest.mark.parametrize("kind", ["a named pipe", "a device"])
def test_a_store_that_is_no_file_is_refused(tmp_path, run, rows, command, kind):
    store = tmp_path / "s.db"
    if kind == "a device":
        store.symlink_to("/dev/zero")
    else:
        os.mkfifo(store)
    done = run(*command, "--db", store)
    assert done.returncode == 1
    assert done.stderr == f"captionlint: {store} is {kind}: give the name of a file.\n"
