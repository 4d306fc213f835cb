"""A bare Debian in a folder, as small as it comes, and commands run in it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from testing.steps import WORK, Failed, Log

SUITE: Final = os.environ.get("SUITE", "bookworm")
"""The oldest Debian that the package promises to run on."""
MIRROR: Final = os.environ.get("MIRROR", "http://deb.debian.org/debian")
USER: Final = "ana"
CERTIFICATES: Final = Path("/etc/ssl/certs/ca-certificates.crt")
TRUST: Final = {name: str(CERTIFICATES) for name in ("SSL_CERT_FILE", "PIP_CERT") if name in os.environ}
"""Networks with a certificate authority of their own say so by these; a root behind them needs it too."""
_CHANGING: Final = (
    "proc", "sys", "dev", "tmp", "run", "home", "root", "var/cache", "var/log", "var/lib/dpkg", "var/lib/apt",
    "etc/ld.so.cache", "var/lib/systemd", "etc/passwd-", "etc/group-",
)  # fmt: skip


class Root:
    """A folder that is the root of its own system."""

    def __init__(self, path: Path, log: Log) -> None:
        self.path = path
        self._log = log

    def run(self, *command: str, user: str = "", display: str = "") -> str:
        """Runs a command inside, as root or as a user in their home, with nothing of our environment."""
        return self._log.run(*self.command(*command, user=user, display=display))

    def command(self, *command: str, user: str = "", display: str = "") -> list[str]:
        """The same as a command line, for what runs on beside us."""
        home = f"/home/{user}" if user else "/root"
        plain = {"HOME": home, "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C.UTF-8"}
        plain |= {"DEBIAN_FRONTEND": "noninteractive"} | TRUST | ({"DISPLAY": display} if display else {})
        inside = ["env", "-i", f"--chdir={home}", *(f"{name}={value}" for name, value in plain.items()), *command]
        return ["chroot", *([f"--userspec={user}:{user}"] if user else []), str(self.path), *inside]

    def files(self) -> set[str]:
        """Every path that a package could have brought and should take away."""
        found = set()
        for folder, folders, files in os.walk(self.path):
            inside = os.path.relpath(folder, self.path)
            folders[:] = [name for name in folders if os.path.normpath(f"{inside}/{name}") not in _CHANGING]
            names = (os.path.normpath(f"{inside}/{name}") for name in (*folders, *files))
            found |= {name for name in names if name not in _CHANGING}
        return found


@contextmanager
def bare_root(name: str, log: Log, *, packages: tuple[str, ...] = ()) -> Iterator[Root]:
    """A fresh root; it goes away at the end."""
    base, path = WORK / "base", WORK / name
    if not (base / "usr" / "bin" / "apt-get").exists():
        shutil.rmtree(base, ignore_errors=True)
        log.say(f"debootstrap {SUITE} …")
        log.run("debootstrap", "--variant=minbase", SUITE, base, MIRROR)
    remove(path)
    log.run("cp", "-a", base, path)
    for setting in ("resolv.conf", "hosts"):
        shutil.copyfile(Path("/etc") / setting, path / "etc" / setting)
    mounts = [("proc", "proc"), ("sysfs", "sys")]
    try:
        for kind, place in mounts:
            log.run("mount", "-t", kind, kind, path / place)
        log.run("mount", "--bind", "/dev", path / "dev")
        log.run("mount", "-t", "tmpfs", "tmpfs", path / "dev" / "shm")
        root = Root(path, log)
        root.run("apt-get", "-qq", "update")
        if packages:
            root.run("apt-get", "-y", "-qq", "install", "--no-install-recommends", *packages)
        if TRUST and "ca-certificates" in packages:
            shutil.copyfile(CERTIFICATES, path / CERTIFICATES.relative_to("/"))
        root.run("useradd", "--create-home", "--shell", "/bin/bash", USER)
        yield root
    finally:
        remove(path)


def remove(path: Path) -> None:
    """Deletes a root, never anything that is mounted in it."""
    for place in ("dev/shm", "dev", "sys", "proc"):
        if os.path.ismount(path / place):
            subprocess.run(["umount", "-l", str(path / place)], check=True)
    if any(str(path) in line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()):
        raise Failed(f"Something is still mounted under {path}; unmount it before it is deleted.")
    if path.exists():
        shutil.rmtree(path)
