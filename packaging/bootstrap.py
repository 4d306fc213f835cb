#!/usr/bin/env python3
"""Sets up .venv for `make`: ``python3 packaging/bootstrap.py EXTRA``. Uses only the standard library.

torch comes in the smallest build that works here: one that is there already stays; without an NVIDIA driver the
CPU build of PyTorch's own index; where that index cannot be reached, PyPI's build without the parts that only a
GPU needs; with a driver, PyPI's build. TORCH=cpu or TORCH=pypi in the environment decides otherwise.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOOK = ROOT / "packaging" / "build_hook.py"
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts" if os.name == "nt" else "bin") / "python"
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
OVERRIDES = VENV / "without-gpu-parts.txt"
GPU_ONLY = ("triton", "cuda-bindings", "nvidia-cusolver", "nvidia-nvtx", "nvidia-cuda-cccl")
"""Parts of PyPI's torch that it runs without on a CPU."""


def main() -> None:
    extra = sys.argv[1] if len(sys.argv) > 1 else "dev"
    if sys.version_info < (3, 11):
        sys.exit(
            f"Captionlint needs Python 3.11 or newer; this is {sys.version.split()[0]}. Try: make PYTHON=python3.12"
        )
    stamp = VENV / f".captionlint-{extra}"
    state = hashlib.sha256(
        (ROOT / "pyproject.toml").read_bytes() + Path(__file__).read_bytes() + HOOK.read_bytes()
    ).hexdigest()
    if stamp.exists() and stamp.read_text() == state:
        return
    install_system_packages()
    if not PYTHON.exists():
        print(f"Making {VENV} …", flush=True)
        shutil.rmtree(VENV, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    overrides = install_torch()
    print(f"Installing Captionlint with [{extra}] …", flush=True)
    install([*overrides, "-e", f"{ROOT}[{extra}]"], check=True)
    stamp.write_text(state)


def use(folder: Path) -> None:
    """Lets `install_torch` and `install` work on another environment than .venv."""
    global VENV, PYTHON, OVERRIDES
    VENV, PYTHON, OVERRIDES = folder, folder / PYTHON.parent.name / PYTHON.name, folder / OVERRIDES.name


def install_system_packages() -> None:
    """What Debian and Ubuntu leave out: Python's venv module and the libraries that Qt opens."""
    if not sys.platform.startswith("linux"):
        return
    missing = [package for library, package in QT_LIBRARIES.items() if not loads(library)]
    needs_venv = importlib.util.find_spec("ensurepip") is None
    if needs_venv:
        missing.append(f"python3.{sys.version_info.minor}-venv")
    if not missing:
        return
    command = f"apt-get install -y --no-install-recommends {' '.join(missing)}"
    if shutil.which("apt-get") and os.geteuid() == 0:
        print(f"Installing system libraries: {' '.join(missing)} …", flush=True)
        subprocess.run(["apt-get", "-qq", "update"], check=False)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        if subprocess.run(command.split(), check=False, stdout=subprocess.DEVNULL, env=environment).returncode == 0:
            return
    print(f"System libraries are missing. Install them with:\n\n    sudo {command}\n", flush=True)
    if needs_venv:
        sys.exit("Without python3-venv no environment can be made; run the command above, then this again.")
    print("Only the desktop window needs them; going on without.", flush=True)


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install_torch() -> list[str]:
    """Installs torch unless it is there; returns what later installs need, so as not to bring the rest in."""
    present = [str(PYTHON), "-c", "import torch, torchvision"]
    if subprocess.run(present, check=False, capture_output=True).returncode == 0:
        return ["--override", str(OVERRIDES)] if OVERRIDES.exists() and uv() else []
    choice = os.environ.get("TORCH") or ("pypi-gpu" if has_driver() else "cpu")
    if choice == "cpu":
        print("Getting torch for the CPU: about 200 MB to download, 1 GB on disk with everything …", flush=True)
        if uv() and install(["--torch-backend", "cpu", "torch>=2.6", "torchvision"], check=False):
            return []
        print("PyTorch's own package index cannot be reached; taking torch from PyPI instead.", flush=True)
    overrides = [] if choice == "pypi-gpu" or not uv() else write_overrides()
    size = "2.5 GB to download, 4.1 GB" if overrides else "3 GB to download, 5.4 GB"
    print(f"Getting torch from PyPI: about {size} on disk (it carries CUDA) …", flush=True)
    install([*overrides, "torch>=2.6", "torchvision"], check=True)
    return overrides


def has_driver() -> bool:
    return Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None


def write_overrides() -> list[str]:
    OVERRIDES.write_text("".join(f"{name} ; sys_platform == 'never'\n" for name in GPU_ONLY))
    return ["--override", str(OVERRIDES)]


@functools.cache
def uv() -> list[str]:
    """uv's command, the user's own or one installed into the environment; empty where it cannot be had."""
    own = shutil.which("uv")
    if own and subprocess.run([own, "--version"], check=False, capture_output=True).returncode == 0:
        return [own]
    found = PYTHON.with_name("uv.exe" if os.name == "nt" else "uv")
    if not found.exists():
        quiet = ["--quiet", "--disable-pip-version-check", "uv"]
        subprocess.run([str(PYTHON), "-m", "pip", "install", *quiet], check=False, capture_output=True)
    return [str(found)] if found.exists() else []


def install(arguments: list[str], *, check: bool) -> bool:
    """Installs with uv, or with pip, which takes three times as long."""
    if uv():
        command = [*uv(), "pip", "install", "--quiet", "--python", str(PYTHON), *arguments]
    else:
        command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, check=check, stderr=None if check else subprocess.DEVNULL).returncode == 0


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"Setting up failed at: {' '.join(map(str, error.cmd))}")
