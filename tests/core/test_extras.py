"""The hint follows from what the installer noted."""

import json

import pytest

from core.extras import adding

ORIGINS = {
    "": "pip install 'captionlint[measure]'",
    json.dumps({"url": "file:///home/a%20b/clone", "dir_info": {"editable": True}}): (
        "pip install -e '/home/a b/clone[measure]'"
    ),
    json.dumps({"url": "file:///tmp/captionlint-1.whl", "archive_info": {}}): (
        "pip install 'captionlint[measure] @ file:///tmp/captionlint-1.whl'"
    ),
    json.dumps({"url": "https://example.org/c.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}}): (
        "pip install 'captionlint[measure] @ git+https://example.org/c.git@abc'"
    ),
}


@pytest.mark.parametrize(("noted", "command"), ORIGINS.items())
def test_the_command_is_of_the_place_that_it_came_from(tmp_path, monkeypatch, noted, command):
    folder = tmp_path / "captionlint-9.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: captionlint\nVersion: 9\n")
    if noted:
        (folder / "direct_url.json").write_text(noted)
    monkeypatch.syspath_prepend(tmp_path)
    assert adding("measure") == command
