"""What is installed here and where things lie, without importing any of it."""

from __future__ import annotations

import base64
import csv
import hashlib
import os
import platform
import shutil
import sqlite3
import sys
from collections import Counter
from contextlib import suppress
from importlib.metadata import Distribution, PackageNotFoundError, distribution, version
from pathlib import Path
from typing import Final

import platformdirs

from captionlint.core.clip.downloading import BEGUN

_SHOWN: Final = (
    "torch", "torchvision", "open_clip_torch", "timm", "PySide6-Essentials", "pyqtgraph", "SQLAlchemy", "alembic",
    "psycopg", "pillow", "numpy", "pyarrow", "scikit-learn", "transformers", "ray", "label-studio-ml", "safetensors",
    "huggingface_hub", "typer",
)  # fmt: skip
_SETTINGS: Final = (
    "HF_HOME", "HF_HUB_CACHE", "HF_HUB_OFFLINE", "HF_ENDPOINT", "HF_TOKEN", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY",
    "http_proxy", "ALL_PROXY", "all_proxy", "SSL_CERT_FILE", "CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS",
    "QT_QPA_PLATFORM", "LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY",
)  # fmt: skip
_SPOKEN: Final = {
    "HF_HUB_OFFLINE", "CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS", "QT_QPA_PLATFORM", "CAPTIONLINT_MODEL",
    "CAPTIONLINT_DEVICE",
}  # fmt: skip
"""Whose value is told; of the others only that they are set, since addresses may hold a password."""


def versions() -> dict[str, str]:
    """Names and versions of what matters; the empty string for what is not installed."""
    found = {
        "Captionlint": _version("captionlint"),
        "installed as": _kind(),
        "Python": f"{platform.python_version()} ({platform.machine()})",
        "system": platform.platform(),
        "SQLite": sqlite3.sqlite_version,
    }
    return {**found, **{name: _version(name) for name in _SHOWN}}


def places() -> dict[str, Path]:
    """Where Captionlint and its data, settings, log and models lie, whether or not they are there yet."""
    return {
        "program": Path(sys.executable if _frozen() else __file__).parent,
        "drafts": platformdirs.user_state_path("captionlint", appauthor=False) / "drafts",
        "settings": _settings(),
        "log": platformdirs.user_log_path("captionlint", appauthor=False) / "desktop.log",
        "models": models_folder(),
    }


def models_folder() -> Path:
    """The hub's cache, where named weights are kept; asked of the environment as its client does."""
    home = Path(os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface")
    return Path(os.environ.get("HF_HUB_CACHE") or home / "hub").expanduser()


def kept_models(folder: Path) -> dict[str, int]:
    """Repositories in the hub's cache that hold weights, with their bytes on disk."""
    found = {}
    for repository in sorted(folder.glob("models--*")):
        weights = [p for end in ("safetensors", "bin", "pt") for p in repository.glob(f"snapshots/*/**/*.{end}")]
        if weights:
            size = sum(blob.stat().st_size for blob in {p.resolve() for p in weights} if blob.exists())
            found[_repository(repository)] = size
    return found


def unfinished_models(folder: Path) -> dict[str, int]:
    """Repositories in the hub's cache with downloads that were stopped or still run, with their bytes on disk."""
    found: Counter[str] = Counter()
    for part in (*folder.glob(f"models--*/blobs/*{BEGUN}"), *folder.glob("models--*/blobs/*.incomplete")):
        with suppress(OSError):  # it is whole now, and has another name
            found[_repository(part.parents[1])] += part.stat().st_size
    return dict(sorted(found.items()))


def _repository(folder: Path) -> str:
    return folder.name.removeprefix("models--").replace("--", "/")


def free_bytes(path: Path) -> int | None:
    """Free space on the disk on which a path is, or would be."""
    for candidate in (path, *path.parents):
        if candidate.exists():
            return shutil.disk_usage(candidate).free
    return None


def environment() -> dict[str, str]:
    """Settings of the environment that change what happens, without what may be secret."""
    ours = sorted(name for name in os.environ if name.startswith("CAPTIONLINT_"))
    return {
        name: os.environ[name] if name in _SPOKEN else "set" for name in (*_SETTINGS, *ours) if os.environ.get(name)
    }


def changed_files() -> list[str]:
    """Our files that are missing or other than installed; empty where nobody can tell, as in a clone."""
    if _frozen():
        return []
    try:
        return _changed(distribution("captionlint"))
    except PackageNotFoundError:
        return []


def _changed(installed: Distribution) -> list[str]:
    rows = csv.reader((installed.read_text("RECORD") or "").splitlines())
    ours = (row for row in rows if len(row) > 1 and row[0].startswith("captionlint/") and "sha256=" in row[1])
    return [row[0] for row in ours if _digest(Path(str(installed.locate_file(row[0])))) != row[1]]


def _digest(path: Path) -> str:
    try:
        digest = hashlib.sha256(path.read_bytes()).digest()
    except OSError:
        return ""
    return "sha256=" + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def driver() -> dict[str, str]:
    """The GPU's driver, asked without torch."""
    path = Path("/proc/driver/nvidia/version")
    return {"NVIDIA driver": path.read_text(encoding="utf-8").splitlines()[0] if path.exists() else "none seen"}


def without_home(text: str) -> str:
    """Paths begin with the user's name on most systems."""
    home = str(Path.home())
    return text if home == "/" else text.replace(home, "~")


def _settings() -> Path:
    """Where Qt keeps settings; on Windows that is the registry."""
    if sys.platform == "win32":
        return Path(r"HKEY_CURRENT_USER\Software\Captionlint\Captionlint")
    if sys.platform == "darwin":
        return Path("~/Library/Preferences/com.captionlint.Captionlint.plist").expanduser()
    return Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser() / "Captionlint" / "Captionlint.conf"


def _kind() -> str:
    if _frozen():
        return "bundle"
    try:
        editable = any(str(f).endswith(".pth") for f in distribution("captionlint").files or ())
    except PackageNotFoundError:
        return "files on the path"
    return "clone" if editable else "package"


def _frozen() -> bool:
    return bool(getattr(sys, "frozen", False))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
