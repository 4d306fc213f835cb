"""Gathers the licences of all that a bundle carries: ``python packaging/licences.py BUNDLE FOLDER``.

Run in the environment that was bundled. Python's own, that of each distribution, Qt's, and on Debian those of the
system's libraries that PyInstaller took along.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
TOOLS: Final = {"pyinstaller", "pip", "uv", "build", "hatchling", "setuptools", "pyproject_hooks", "wheel", "altgraph"}
"""Used to build and not in the bundle. PyInstaller's start program is, under an exception that asks for nothing."""
_NAMES: Final = ("licen", "copying", "notice", "authors")


def main(bundle: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"Python {sys.version.split()[0]}: PSF-2.0"]
    python = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    if python.is_file():
        shutil.copy(python, folder / "Python.txt")
    for found in sorted(distributions(), key=lambda d: d.name.lower()):
        if found.name.lower() not in TOOLS:
            lines.append(f"{found.name} {found.version}: {licence(found)}")
            copy_texts(found, folder)
    for text in (HERE / "licences").glob("*.txt"):  # PySide6 and Qt, whose wheels bring none
        shutil.copy(text, folder / text.name)
    lines += [f"{package} (Debian): see debian/{package}" for package in system_packages(bundle, folder / "debian")]
    (folder / "CONTENTS.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def licence(found: Distribution) -> str:
    """What a distribution says of itself, in a line."""
    data = found.metadata
    stated = data.get("License-Expression") or (data.get("License") or "").strip().splitlines()[:1]
    if stated:
        return stated if isinstance(stated, str) else stated[0]
    classifiers = [c.rpartition(" :: ")[2] for c in data.get_all("Classifier") or [] if c.startswith("License")]
    return "; ".join(classifiers) or "see its text"


def copy_texts(found: Distribution, folder: Path) -> None:
    for file in found.files or ():
        of_metadata = ".dist-info" in str(file.parent)
        if of_metadata and any(file.name.lower().startswith(n) or "/licenses/" in str(file) for n in _NAMES):
            source = Path(str(found.locate_file(file)))
            target = folder / found.name / file.name
            if source.is_file():
                target.parent.mkdir(exist_ok=True)
                shutil.copy(source, target)


def system_packages(bundle: Path, folder: Path) -> list[str]:
    """Debian's packages of the shared libraries at the bundle's top, their copyright files copied."""
    if not shutil.which("dpkg"):
        return []
    names = [p.name for p in (bundle / "_internal").glob("lib*.so*") if not p.is_symlink()]
    owners = set()
    for name in names:
        asked = subprocess.run(["dpkg", "-S", f"*/{name}"], check=False, capture_output=True, text=True)
        owners |= {line.split(":")[0] for line in asked.stdout.splitlines()[:1]}
    found = []
    for owner in sorted(owners):
        text = Path("/usr/share/doc") / owner / "copyright"
        if text.is_file():
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(text, folder / owner)
            found.append(owner)
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
