#!/usr/bin/env python3
"""`make package`: wheel, sdist and a bundle with everything in it. Uses only the standard library.

Builds what is committed, in an environment of its own under build/package, with the Python that runs this:
``python3 packaging/build.py [wheel]``. With `wheel`, only the wheel and the sdist. The files go to dist/.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Final

import linux_package
import torch_build

ROOT: Final = Path(__file__).resolve().parent.parent
WORK: Final = ROOT / "build" / "package"
SOURCE: Final = WORK / "source"
ENVIRONMENT: Final = WORK / "env"
PYTHON: Final = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
DIST: Final = ROOT / "dist"
EXTRAS: Final = "desktop,parquet,measure,postgresql"
TOOLS: Final = ("pyinstaller>=6.10", "build", "hatchling>=1.25", "requests>=2.32")
_TIMES: dict[str, float] = {}


def main() -> None:
    began = time.time()
    with step("source"):
        check_out()
        version = tomllib.loads((SOURCE / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    DIST.mkdir(exist_ok=True)
    if "wheel" in sys.argv[1:]:
        with step("environment"):
            make_environment(["build", "hatchling>=1.25"], torch=False)
        with step("wheel"):
            build_wheel()
        return
    with step("environment"):
        make_environment([f"{SOURCE}[{EXTRAS}]", *TOOLS], torch=True)
    with step("wheel"):
        wheel = build_wheel()
        uv("install", "--no-deps", "--reinstall-package", "captionlint", str(wheel))
    with step("icons, man page, completions"):
        date = time.strftime("%Y-%m-%d", time.gmtime(commit_time()))
        run(PYTHON, SOURCE / "packaging" / "icons.py", WORK / "icons")
        run(PYTHON, SOURCE / "packaging" / "manual.py", WORK / "manual", date)
    with step("bundle"):
        bundle = build_bundle()
    with step("licences"):
        shutil.rmtree(WORK / "licences", ignore_errors=True)
        run(PYTHON, SOURCE / "packaging" / "licences.py", bundle, WORK / "licences")
    if sys.platform == "linux":
        package_for_linux(bundle, version=version, date=date)
    report(version, time.time() - began)


def check_out() -> None:
    """The committed files, so that nothing lying about gets in; without git (an sdist) the folder as it is."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    SOURCE.mkdir(parents=True)
    archive = subprocess.run(["git", "-C", str(ROOT), "archive", "HEAD"], check=False, capture_output=True)
    if archive.returncode == 0:
        with tarfile.open(fileobj=BytesIO(archive.stdout)) as tar:
            tar.extractall(SOURCE, filter="data")
    else:
        skipped = shutil.ignore_patterns("build", "dist", ".venv", ".git", "__pycache__", ".*_cache")
        shutil.copytree(ROOT, SOURCE, ignore=skipped, dirs_exist_ok=True)


def make_environment(requirements: list[str], *, torch: bool) -> None:
    """Anew whenever what it is made from has changed."""
    recipe = (SOURCE / "pyproject.toml").read_bytes() + Path(torch_build.__file__).read_bytes()
    state = hashlib.sha256(recipe + repr(requirements).encode()).hexdigest()
    stamp = ENVIRONMENT / "made-from.txt"
    if stamp.exists() and stamp.read_text() == state:
        return
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    run(sys.executable, "-m", "venv", ENVIRONMENT)
    run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv")
    kept = []
    if torch:
        print(f"  {torch_build.install(PYTHON)}", flush=True)
        kept = torch_build.versions(PYTHON)
    uv("install", *requirements, *kept)
    stamp.write_text(state)


def build_wheel() -> Path:
    """Wheel and sdist in dist/; returns the wheel."""
    run(PYTHON, "-m", "build", "--no-isolation", "--outdir", WORK / "wheels", SOURCE, quiet=True)
    for made in (WORK / "wheels").iterdir():
        shutil.copy(made, DIST / made.name)
    return max((WORK / "wheels").glob("*.whl"), key=lambda p: p.stat().st_mtime)


def build_bundle() -> Path:
    """PyInstaller's folder. It runs away from the source, so that what is bundled is what the wheel brought."""
    shutil.rmtree(WORK / "bundle", ignore_errors=True)
    environment = {**os.environ, "CAPTIONLINT_ICONS": str(WORK / "icons"), "QT_QPA_PLATFORM": "offscreen"}
    command = [PYTHON, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", "--distpath", WORK / "bundle"]
    command += ["--workpath", WORK / "pyinstaller", SOURCE / "packaging" / "captionlint.spec"]
    with (WORK / "pyinstaller.log").open("w") as log:
        ended = subprocess.run(
            list(map(str, command)), check=False, cwd=WORK, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    if ended.returncode:
        sys.exit(f"PyInstaller failed; see {WORK / 'pyinstaller.log'}.")
    return WORK / "bundle" / "captionlint"


def package_for_linux(bundle: Path, *, version: str, date: str) -> None:
    root, machine = WORK / "root", os.uname().machine
    with step("tree"):
        linux_package.write_tree(bundle, root, made=WORK, version=version, date=date)
    with step(".deb"):
        linux_package.write_deb(root, DIST, version=version)
    with step(".tar.zst"):
        linux_package.write_archive(root, DIST / f"captionlint-{version}-linux-{machine}.tar.zst")


def report(version: str, seconds: float) -> None:
    """Sizes, times and checksums, kept beside the files; the sizes are printed too."""
    made = [path for path in sorted(DIST.iterdir()) if version in path.name and "report" not in path.name]
    sizes = {path.name: path.stat().st_size for path in made}
    (DIST / "SHA256SUMS").write_text("".join(f"{sha256(path)}  {path.name}\n" for path in made), encoding="utf-8")
    kept = {"version": version, "bytes": sizes, "seconds": {**_TIMES, "all": round(seconds, 1)}}
    (DIST / f"captionlint-{version}-report.json").write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    for name, size in sizes.items():
        print(f"{size / 1e6:9.1f} MB  dist/{name}")


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def commit_time() -> int:
    asked = subprocess.run(
        ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"], check=False, capture_output=True, text=True
    )
    return int(asked.stdout) if asked.returncode == 0 and asked.stdout.strip() else int(time.time())


def uv(command: str, *arguments: str) -> None:
    run(PYTHON, "-m", "uv", "pip", command, "--quiet", "--python", PYTHON, *arguments)


def run(*command: str | Path, quiet: bool = False) -> None:
    subprocess.run(list(map(str, command)), check=True, cwd=WORK, stdout=subprocess.DEVNULL if quiet else None)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Says what is being done, and how long it took."""
    print(f"{name} …", flush=True)
    began = time.time()
    yield
    _TIMES[name] = round(time.time() - began, 1)
    print(f"  {_TIMES[name]} s", flush=True)


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"Packaging failed at: {' '.join(map(str, error.cmd))}")
