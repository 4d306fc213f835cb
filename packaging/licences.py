"""Gathers the licences of all that a bundle carries: ``python packaging/licences.py BUNDLE FOLDER``.

Run in the environment that was bundled. Python's own, that of each distribution, Qt's, and on Debian those of the
system's libraries that PyInstaller took along.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
TOOLS: Final = {"pyinstaller", "pyinstaller-hooks-contrib", "pip", "uv", "build", "hatchling", "pyproject_hooks"} | {
    "wheel", "altgraph", "trove-classifiers", "pathspec", "pluggy",
}  # fmt: skip
"""Used to build and not in the bundle. PyInstaller's start program is, under an exception that asks for nothing."""
_NAMES: Final = ("licen", "copying", "notice", "authors", "cc-by")
_HASH: Final = re.compile(r"[-.][0-9a-f]{8}\.so")
_CODE: Final = {".py", ".pyc", ".pyi", ".h", ".so", ".pyd"}
_QT: Final = """
Qt, PySide6 and Shiboken are used under the LGPL 3 (LGPL-3.0.txt, which adds to GPL-3.0.txt). They lie beside the
program as shared libraries, unchanged, and may be replaced by others of the same interface. Their source is at
https://download.qt.io/official_releases/QtForPython/ under the version named above. What they contain of others' work
is listed at https://doc.qt.io/qt-6/licenses-used-in-qt.html; the texts are in Qt-base-6.4-third-parties.txt, which is
Debian's list for version 6.4.
"""


def main(bundle: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"Python {sys.version.split()[0]}: PSF-2.0"]
    homes = (Path(sysconfig.get_path("stdlib")), Path(sys.base_prefix))  # the second on Windows
    python = next((home / "LICENSE.txt" for home in homes if (home / "LICENSE.txt").is_file()), None)
    if python is None:
        sys.exit(f"Python's own licence is in none of {', '.join(map(str, homes))}.")
    shutil.copy(python, folder / "Python.txt")
    for found in sorted(distributions(), key=lambda d: d.name.lower()):
        if found.name.lower() not in TOOLS:
            lines.append(f"{found.name} {found.version}: {licence(found)}")
            copy_texts(found, folder)
    for text in (HERE / "licences").glob("*.txt"):  # PySide6 and Qt, whose wheels bring none
        shutil.copy(text, folder / text.name)
    lines += ["", "Shared libraries of the system and of wheels, by the names of Debian's packages of them:"]
    lines += [f"{package}: see debian/{package}" for package in system_packages(bundle, folder / "debian")]
    (folder / "CONTENTS.txt").write_text("\n".join(lines) + "\n" + _QT, encoding="utf-8")


def licence(found: Distribution) -> str:
    """What a distribution says of itself, in a line."""
    data = found.metadata
    stated = data.get("License-Expression") or (data.get("License") or "").strip().splitlines()[:1]
    if stated:
        return stated if isinstance(stated, str) else stated[0]
    classifiers = [c.rpartition(" :: ")[2] for c in data.get_all("Classifier") or [] if c.startswith("License")]
    return "; ".join(classifiers) or "see its text"


def copy_texts(found: Distribution, folder: Path) -> None:
    """Each text under the path that it has in the distribution: torch alone brings 98, most of one name."""
    for file in found.files or ():
        named = any(file.name.lower().startswith(name) for name in _NAMES) and file.suffix not in _CODE
        whole = tuple(part for part in file.parts if part != "..")  # what is installed beside the packages, in share/
        inside = whole[1:] if whole[0].endswith(".dist-info") else whole
        if named or inside[:1] == ("licenses",):
            source = Path(str(found.locate_file(file)))
            target = folder.joinpath(found.name, *(inside[1:] if inside[:1] == ("licenses",) else inside))
            if source.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)


def system_packages(bundle: Path, folder: Path) -> list[str]:
    """Debian's packages of the shared libraries at the bundle's top and of those that wheels brought along.

    Their copyright files are copied. A wheel's copy has a hash in its name and is looked for without it; its text
    is had where this machine has the same library.
    """
    if not shutil.which("dpkg"):
        return []
    inside = bundle / "_internal"
    names = {p.name for p in inside.glob("lib*.so*") if not p.is_symlink()}
    for pattern in ("*.libs/lib*.so*", "PySide6/Qt/lib/libicu*.so*"):
        names |= {f"{_HASH.sub('.so', path.name).partition('.so')[0]}.so.*" for path in inside.glob(pattern)}
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
