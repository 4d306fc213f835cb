"""Images of the queue and the review: what is no regular file is not waited for."""

import os
import subprocess
import sys

import pytest

from captionlint.desktop.welcome.places import is_store

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_thumbnail_and_decode_of_what_is_no_file_end(tmp_path, kind):
    """In a process with a time limit: a thread that waits for a pipe would keep this one from ending."""
    path = tmp_path / "a.png"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    script = (
        "import sys; from captionlint.desktop.background.image_loader import decode, thumbnail\n"
        "from captionlint.desktop.welcome.places import is_store\n"
        "print(thumbnail(sys.argv[1], (64, 64)), is_store(sys.argv[1]), decode(sys.argv[1]).error)"
    )
    command = [sys.executable, "-c", script, path]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.startswith("None False ")
    assert "not a file" in done.stdout
    assert not is_store(str(path))
