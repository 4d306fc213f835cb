"""Stores for tests: an SQLite file, and the same on a PostgreSQL server started here on loopback."""

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

from captionlint.db.store import Store

SERVER_TESTS = {"sqlite", "postgresql"}


@pytest.fixture(params=sorted(SERVER_TESTS))
def store(request, tmp_path):
    """An empty store; tests that take it run on both databases."""
    where = tmp_path / "review.db" if request.param == "sqlite" else request.getfixturevalue("database")
    with Store.open(where) as opened:
        yield opened


@pytest.fixture
def small_disk(tmp_path):
    """A file system of half a megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", folder]
    if shutil.which("mount") is None or subprocess.run(mount, check=False, capture_output=True, timeout=300).returncode:
        pytest.skip("a small file system can only be mounted by root")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True, timeout=300)


@pytest.fixture
def database(server):
    """The URL of an empty database on the server."""
    import psycopg

    url = f"{server}/postgres"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return url


@pytest.fixture(scope="session")
def server():
    """A PostgreSQL server for this session; skips where none is installed."""
    binaries = _binaries()
    pytest.importorskip("psycopg", reason="psycopg is not installed: the store is not tested on PostgreSQL")
    # A socket's path may not be long, and the server refuses to run as root.
    folder = Path(tempfile.mkdtemp(prefix="cl-pg-", dir="/tmp"))
    as_user = []
    if os.getuid() == 0:
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        shutil.chown(folder, "postgres", "postgres")
    data, port = folder / "data", _free_port()

    def run(*command):
        subprocess.run([*as_user, *command], check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=300)

    run(binaries / "initdb", "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-p {port} -h 127.0.0.1 -k {folder} -c fsync=off"
    run(binaries / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", options, "start")
    yield f"postgresql://tester@127.0.0.1:{port}"
    run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)


def _binaries():
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql): the store is tested on SQLite only")
    return (found[-1] if found else Path(on_path)).parent


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
