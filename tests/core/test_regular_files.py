"""Only regular files are opened: a pipe without a writer would wait for ever, and a device may have no end."""

import os
import socket
from pathlib import Path

import pytest

from captionlint.core.clip.loading import load_files
from captionlint.core.errors import FormatError, ImageError, ModelError
from captionlint.core.formats.reading import read
from captionlint.core.images.hashing import file_sha256
from captionlint.core.images.opening import open_image
from captionlint.core.regular_files import open_regular
from tests.core.formats.made import png

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")


@pytest.fixture
def special(tmp_path: Path):
    """Makes what is no regular file under a name, and says what it is called."""

    def make(kind: str, path: Path) -> str:
        if kind == "a named pipe":
            os.mkfifo(path)
        elif kind == "a socket":
            with socket.socket(socket.AF_UNIX) as server:
                server.bind(str(path))
        elif kind == "a device":
            path.symlink_to("/dev/zero")
        else:
            path.mkdir()
        return kind

    return make


KINDS = ["a named pipe", "a device", "a socket", "a folder"]


@pytest.mark.parametrize("kind", KINDS)
def test_open_regular_names_what_it_refuses(tmp_path, special, kind):
    path = tmp_path / "a"
    special(kind, path)
    linked = tmp_path / "link"
    linked.symlink_to(path)
    for asked in (path, linked):
        with pytest.raises(OSError, match=f"it is {kind}, not a file"):
            open_regular(asked)
        with pytest.raises(OSError, match=f"it is {kind}, not a file"):
            file_sha256(asked)
        with pytest.raises(ImageError, match=f"it is {kind}, not a file"):
            open_image(asked)


def test_open_regular_refuses_a_pipe_that_came_after_the_first_look(tmp_path, monkeypatch):
    regular, pipe = tmp_path / "a", tmp_path / "b"
    regular.write_bytes(b"content")
    with open_regular(regular) as file:
        assert file.read() == b"content"
    os.mkfifo(pipe)
    found = regular.stat()
    monkeypatch.setattr(Path, "stat", lambda _self, **_: found)
    with pytest.raises(OSError, match="it is a named pipe"):
        open_regular(pipe)


@pytest.mark.parametrize("kind", ["a named pipe", "a device"])
def test_sidecars_that_are_no_files_are_bad_rows(tmp_path, special, kind):
    for name in ("a", "b"):
        (tmp_path / f"{name}.png").write_bytes(png())
    (tmp_path / "a.txt").write_text("a red cat")
    if kind == "a device":
        os.mkfifo(tmp_path / "b.txt")
    else:
        special(kind, tmp_path / "b.txt")
    good, bad = read(tmp_path)
    assert good.caption == "a red cat"
    assert bad.where == "b.png"
    assert "not a file" in bad.reason


@pytest.mark.parametrize("kind", ["a named pipe", "a device", "a socket"])
def test_a_source_that_is_no_file_is_refused(tmp_path, special, kind):
    special(kind, tmp_path / "rows.jsonl")
    with pytest.raises(FormatError, match="neither a file nor a folder"):
        list(read(tmp_path / "rows.jsonl"))
    with pytest.raises(FormatError, match="holds neither images"):
        list(read(tmp_path))


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_of_what_is_no_file_is_refused(tmp_path, special, kind):
    config = Path(__file__).parent / "no.json"
    special(kind, tmp_path / "a")
    with pytest.raises(ModelError, match=f"it is {kind}, not a file"):
        load_files(tmp_path / "a", config)
    good = tmp_path / "config.json"
    good.write_text('{"embed_dim": 4, "vision_cfg": {}, "text_cfg": {}}')
    with pytest.raises(ModelError, match=f"is {kind}, not a file"):
        load_files(good, tmp_path / "a")
