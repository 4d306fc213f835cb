"""A clone in a bare root that holds only python3, git, make and certificates: `make demo`, twice, and `make test`."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from testing.bare_root import Root, bare_root
from testing.steps import ROOT, Log, expect

PACKAGES = ("python3", "git", "make", "ca-certificates")
SECOND_DEMO = 10.0


def demo(log: Log) -> None:
    """The two commands of the README as far as `make demo`."""
    with bare_root("clone", log, packages=PACKAGES) as root:
        try_demo(root, log)


def test(log: Log) -> None:
    """Both commands of the README."""
    with bare_root("clone", log, packages=PACKAGES) as root:
        try_demo(root, log)
        with log.timed("make test"):
            said = root.run("make", "-C", "captionlint", "test")
        log.say(f"  {said.strip().splitlines()[-1]}")
        log.say(f"  disk: {used(root.path) / 1e9:.2f} GB in all")


def try_demo(root: Root, log: Log) -> None:
    subprocess.run(["git", "clone", "--quiet", f"file://{ROOT}", str(root.path / "root" / "captionlint")], check=True)
    before, arrived = used(root.path), received()
    with log.timed("make demo, first"):
        root.run("make", "-C", "captionlint", "demo")
    log.say(f"  downloaded: {(received() - arrived) / 1e9:.2f} GB by this machine in that time")
    log.say(f"  disk: {(used(root.path) - before) / 1e9:.2f} GB more")
    with log.timed("make demo, second", limit=SECOND_DEMO):
        root.run("make", "-C", "captionlint", "demo")
    expect((root.path / "root/captionlint/build/demo/report.html").is_file(), "make demo wrote no report.")


def received() -> int:
    """Bytes that came over the network since the machine started."""
    lines = Path("/proc/net/dev").read_text(encoding="utf-8").splitlines()[2:]
    fields = [line.replace(":", " ").split() for line in lines]
    return sum(int(values[1]) for values in fields if values[0] != "lo")


def used(path: Path) -> int:
    """Bytes on the disk, each file once however many names it has."""
    seen: dict[tuple[int, int], int] = {}
    for folder, folders, files in os.walk(path):
        folders[:] = [name for name in folders if not os.path.ismount(os.path.join(folder, name))]  # noqa: PTH118
        for name in files:
            found = os.lstat(os.path.join(folder, name))  # noqa: PTH118
            seen[found.st_dev, found.st_ino] = found.st_blocks * 512
    return sum(seen.values())
