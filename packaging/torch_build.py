"""Puts a CPU build of torch, and a torchvision that goes with it, into an environment for bundling.

A bundle with CUDA in it would be 5 GB, so there is no way round: PyTorch's CPU index, else what pip finds if that
happens to be a CPU build, else an error.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

TORCH: Final = "torch>=2.6"
PAIR: Final = ("2.13.0", "0.28.0")
"""A torch and the torchvision made for it, for the case in which pip cannot tell which go together."""
_MARK: Final = "# Put here by Captionlint's packaging"
_SCHEMAS: Final = f"""{_MARK}: this torchvision was built for CUDA and its compiled part
# does not load beside a CPU torch. open_clip uses none of its operators, but importing it asks for these two.
import torch as _torch

_ABSENT = _torch.library.Library("torchvision", "DEF")
for _name in ("nms", "qnms"):
    _ABSENT.define(_name + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

"""


def install(python: Path) -> str:
    """Installs both; returns what the log should say about them. Ends the program where no CPU build can be had."""
    uv = [str(python), "-m", "uv", "pip", "install", "--quiet", "--python", str(python)]
    if subprocess.run([*uv, "--torch-backend", "cpu", TORCH, "torchvision"], check=False).returncode == 0:
        return "torch and torchvision from PyTorch's CPU index"
    print("PyTorch's CPU index cannot be reached; looking whether pip knows of a CPU build …", flush=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
    torch, torchvision = (f"{name}=={version}" for name, version in zip(("torch", "torchvision"), PAIR, strict=True))
    if not brings_cpu_build(python, [*pip, torch]):
        sys.exit(
            "Only a GPU build of torch can be had here, and a bundle with it would be 5 GB. "
            "Build where PyTorch's CPU index can be reached, or point pip at a CPU build of torch."
        )
    subprocess.run([*pip, torch, torchvision], check=True)
    return f"torch {PAIR[0]} (CPU) from pip; torchvision {'with added schemas' if complete(python) else 'as it is'}"


def brings_cpu_build(python: Path, command: list[str]) -> bool:
    """Runs pip's command if that brings no CUDA packages along; whether what came is a CPU build."""
    dry = subprocess.run([*command, "--dry-run", "--report", "-"], check=False, capture_output=True, text=True)
    if dry.returncode or '"nvidia-' in dry.stdout or '"cuda-' in dry.stdout:
        return False
    subprocess.run(command, check=True)
    code = "import torch; print(torch.version.cuda)"
    asked = subprocess.run([str(python), "-W", "ignore", "-c", code], check=True, capture_output=True, text=True)
    return asked.stdout.strip() == "None"


def complete(python: Path) -> bool:
    """Lets a torchvision without its compiled part be imported; false where it has that part."""
    probe = [str(python), "-W", "ignore", "-c", "import torchvision"]
    tried = subprocess.run(probe, check=False, capture_output=True, text=True)
    if tried.returncode == 0:
        return _MARK in _registrations(python).read_text(encoding="utf-8")
    if "torchvision::nms does not exist" not in tried.stderr:
        sys.exit(f"torchvision cannot be imported:\n{tried.stderr}")
    path = _registrations(python)
    path.write_text(_SCHEMAS + path.read_text(encoding="utf-8"), encoding="utf-8")
    subprocess.run(probe, check=True)
    return True


def _registrations(python: Path) -> Path:
    where = "import importlib.util as u; print(u.find_spec('torchvision').submodule_search_locations[0])"
    found = subprocess.run([str(python), "-c", where], check=True, capture_output=True, text=True).stdout.strip()
    return Path(found) / "_meta_registrations.py"


def versions(python: Path) -> list[str]:
    """What later installs must leave as it is."""
    code = (
        "from importlib.metadata import version as v; print(v('torch').split('+')[0], v('torchvision').split('+')[0])"
    )
    found = subprocess.run([str(python), "-c", code], check=True, capture_output=True, text=True).stdout.split()
    return [f"torch=={found[0]}", f"torchvision=={found[1]}"]
