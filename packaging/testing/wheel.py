"""The wheel: into fresh environments of the lowest and the highest Python that is to be found."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import bootstrap

from testing.steps import WORK, Log, expect, newest

LARGEST: Final = 15e6
LOWEST_PYTHON: Final = (3, 11)


def test(log: Log) -> None:
    wheel = newest(["captionlint-*.whl"])
    log.say(f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB (asked: {LARGEST / 1e6:.0f} MB at most)")
    expect(wheel.stat().st_size <= LARGEST, "The wheel is larger than was asked.")
    found = interpreters()
    expect(bool(found), "There is no Python 3.11 or newer here.")
    for version in sorted({min(found), max(found)}):
        try_on(found[version], ".".join(map(str, version)), wheel, log)


def try_on(python: Path, version: str, wheel: Path, log: Log) -> None:
    log.say(f"Python {version}")
    place, home = WORK / f"env-{version}", WORK / f"home-{version}"
    for folder in (place, home):
        shutil.rmtree(folder, ignore_errors=True)
    home.mkdir()
    with log.timed("environment made and wheel installed"):
        log.run(python, "-m", "venv", place)
        bootstrap.use(place)
        bootstrap.install([*bootstrap.install_torch(), str(wheel)], check=True)
    program = place / "bin" / "captionlint"
    clean = {"HOME": str(home), "PATH": f"{place / 'bin'}:/usr/bin:/bin", "LANG": "C.UTF-8"}
    with log.timed("captionlint doctor"):
        said = log.run(program, "doctor", environment=clean, cwd=home)
    expect("All is well." in said and "installed as: package" in said, "The doctor is not content.")
    with log.timed("captionlint demo"):
        log.run(program, "demo", environment=clean, cwd=home)
    expect((home / "captionlint-demo" / "report.html").is_file(), "The demo wrote no report.")
    for folder in (place, home):
        shutil.rmtree(folder)


def interpreters() -> dict[tuple[int, int], Path]:
    """Pythons from the lowest that is supported on, on the path and among pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    folders = [*sorted(pyenv.glob("*/bin")), *map(Path, os.environ.get("PATH", "").split(os.pathsep))]
    found: dict[tuple[int, int], Path] = {}
    for folder in folders:
        for path in sorted(folder.glob("python3.*")):
            named = re.fullmatch(r"python3\.(\d+)", path.name)
            version = (3, int(named[1])) if named else (0, 0)
            if version >= LOWEST_PYTHON and version not in found and works(path):
                found[version] = path
    return found


def works(python: Path) -> bool:
    """Whether it can make environments; shims of versions that are not chosen cannot."""
    return (
        subprocess.run([str(python), "-c", "import venv, ensurepip"], check=False, capture_output=True).returncode == 0
    )
