"""A download that was killed goes on where it was, with the hub's own client on a hub of our own."""

import os
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from filelock import FileLock
from small_hub import Hub

ROOT = Path(__file__).parents[2]
REPOSITORY, NAME = "some/model", "open_clip_model.safetensors"
BRING = (
    f"from captionlint.core.clip.downloading import bring; bring({REPOSITORY!r}, ['absent.safetensors', {NAME!r}]);"
    f"from huggingface_hub import hf_hub_download; print(hf_hub_download({REPOSITORY!r}, {NAME!r}))"
)
WHOLE, PART = 24_000_000, 21_000_000


@pytest.fixture
def hub():
    with Hub(REPOSITORY, NAME, random.Random(3).randbytes(WHOLE)) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.go_on.set()
        server.shutdown()


@pytest.fixture
def bring(hub, tmp_path):
    """Starts a process that downloads, with more in its environment."""
    hidden = {name for name in os.environ if name.lower().endswith("_proxy") or name.startswith("HF_")}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {"HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path), "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
    return lambda program=BRING, **more: subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, env=environment | more,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def blobs(tmp_path):
    return sorted((tmp_path / "hub" / "models--some--model" / "blobs").glob("*"))


def test_a_killed_download_goes_on_where_it_was(hub, bring, tmp_path):
    hub.pause_at = PART
    with bring() as process:
        while not any(path.stat().st_size > 1_000_000 for path in blobs(tmp_path)):
            assert process.poll() is None, process.stderr.read()
        process.kill()
    (begun,) = blobs(tmp_path)
    there = begun.stat().st_size
    assert begun.name == f"{hub.etag}.begun"
    hub.pause_at = None
    said, errors = bring().communicate(timeout=300)
    assert hub.ranges == [None, f"bytes={there}-"], errors
    assert Path(said.strip()).read_bytes() == hub.content
    assert [path.name for path in blobs(tmp_path)] == [hub.etag]


def test_where_nothing_can_be_linked_it_is_kept_once(hub, bring, tmp_path):
    said, errors = bring(HF_HUB_DISABLE_SYMLINKS="1").communicate(timeout=300)
    assert Path(said.strip()).read_bytes() == hub.content, errors
    assert blobs(tmp_path) == []


def test_what_arrives_damaged_is_not_kept(hub, bring, tmp_path):
    hub.etag = "0" * 64
    _, errors = bring().communicate(timeout=300)
    assert "OSError: what arrived is damaged" in errors
    assert blobs(tmp_path) == []


def test_a_part_that_does_not_belong_to_it_is_begun_anew(hub, bring, tmp_path):
    folder = tmp_path / "hub" / "models--some--model" / "blobs"
    folder.mkdir(parents=True)
    (folder / f"{hub.etag}.begun").write_bytes(b"x" * (WHOLE + 1))
    said, errors = bring().communicate(timeout=300)
    assert hub.ranges == [None], errors
    assert Path(said.strip()).read_bytes() == hub.content


def test_a_part_of_an_earlier_revision_goes_unless_somebody_goes_on_with_it(hub, bring, tmp_path):
    folder = tmp_path / "hub" / "models--some--model" / "blobs"
    locks = tmp_path / "hub" / ".locks" / "models--some--model"
    for made in (folder, locks):
        made.mkdir(parents=True)
    for name in ("earlier", "going-on"):
        (folder / f"{name}.begun").write_bytes(b"x")
    with FileLock(locks / "going-on.lock"):
        _, errors = bring().communicate(timeout=300)
    assert [path.name for path in blobs(tmp_path)] == sorted([hub.etag, "going-on.begun"]), errors


FETCH = (
    "from captionlint.core.clip.loading import fetch; "
    "from captionlint.core.clip.published import resolve; fetch(resolve('fast'))"
)


def test_the_hub_is_asked_once_by_us_and_once_by_its_client(bring, hub, tmp_path):
    """open_clip's own download would ask a third time, for what is here by then."""
    hub.path = "/laion/CLIP-ViT-B-32-laion2B-s34B-b79K/resolve/main/open_clip_model.safetensors"
    _, errors = bring(program=FETCH).communicate(timeout=300)
    assert (hub.heads, hub.ranges) == (2, [None]), errors


def test_two_processes_at_once_download_it_once(hub, bring, tmp_path):
    hub.pause_at = PART
    with bring() as first:
        while not any(path.stat().st_size > 1_000_000 for path in blobs(tmp_path)):
            assert first.poll() is None, first.stderr.read()
        with bring() as second:
            while hub.heads < 2:
                assert second.poll() is None, second.stderr.read()
            hub.pause_at = None
            hub.go_on.set()
            for process in (first, second):
                said, errors = process.communicate(timeout=300)
                assert Path(said.strip()).read_bytes() == hub.content, errors
    assert hub.ranges == [None], "the second process waits for the first"
