"""The hint follows from what the installer noted, and from where the command's Python is."""

import json
import os
import sys

import pytest

from captionlint.core.extras import adding

posix = pytest.mark.skipif(sys.platform == "win32", reason="written as POSIX shells read it")

ORIGINS = {
    "": "'captionlint[measure]'",
    json.dumps({"url": "file:///home/a%20b/clone", "dir_info": {"editable": True}}): ("-e '/home/a b/clone[measure]'"),
    json.dumps({"url": "file:///tmp/captionlint-1.whl", "archive_info": {}}): (
        "'captionlint[measure] @ file:///tmp/captionlint-1.whl'"
    ),
    json.dumps({"url": "https://example.org/c.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}}): (
        "'captionlint[measure] @ git+https://example.org/c.git@abc'"
    ),
}


@pytest.fixture
def python(tmp_path, monkeypatch):
    """The Python that runs, with a pip beside it."""
    for name in ("python", "pip"):
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    return sys.executable


@posix
@pytest.mark.parametrize(("noted", "source"), ORIGINS.items())
@pytest.mark.usefixtures("python")
def test_the_command_is_of_the_place_that_it_came_from(tmp_path, monkeypatch, noted, source):
    monkeypatch.setenv("PATH", str(tmp_path))
    folder = tmp_path / "captionlint-9.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: captionlint\nVersion: 9\n")
    if noted:
        (folder / "direct_url.json").write_text(noted)
    monkeypatch.syspath_prepend(tmp_path)
    assert adding("measure") == f"pip install {source}"


@posix
def test_the_shells_pip_is_named_only_if_it_installs_here(tmp_path, monkeypatch, python):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "pip").touch(mode=0o755)
    monkeypatch.setenv("PATH", f"{elsewhere}{os.pathsep}{tmp_path}")
    monkeypatch.setattr("captionlint.core.extras.find_spec", {"pip": True}.get)
    assert adding("measure").startswith(f"{python} -m pip install ")
    monkeypatch.setattr("captionlint.core.extras.find_spec", {}.get)  # an environment of uv has none
    assert adding("measure").startswith(f"uv pip install --python {python} ")


@posix
def test_nothing_is_added_to_a_bundle(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    command = "uv tool install 'captionlint[measure]'"
    assert adding("measure") == f"this package does not hold it, the Python package does ({command})"


def test_windows_shells_get_no_single_quotes(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    assert "(uv tool install captionlint[measure])" in adding("measure")
