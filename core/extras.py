"""How to add a part of Captionlint that is not installed."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname


def adding(extra: str) -> str:
    """The command that adds an extra here, from where this Captionlint came: a clone, an address or an index.

    Nothing can be added to a bundle: there it says what holds the extra.
    """
    if getattr(sys, "frozen", False):
        return f"this package does not hold it, the Python package does (uv tool install {requirement(extra)})"
    return f"{_installer()} {requirement(extra)}"


def requirement(extra: str) -> str:
    """Captionlint with an extra, from where this one came, as an installer takes it on its command line."""
    return _requirement(extra, _origin())


def _installer() -> str:
    pip = shutil.which("pip")
    if pip and Path(pip).parent == Path(sys.executable).parent:
        return "pip install"
    # uv's and pipx's tools, and a .venv that is not active: the shell's pip would install elsewhere.
    python = _quoted(sys.executable)
    return f"{python} -m pip install" if find_spec("pip") else f"uv pip install --python {python}"


def _requirement(extra: str, origin: dict[str, Any]) -> str:
    url = str(origin.get("url", ""))
    if not url:
        return _quoted(f"captionlint[{extra}]")
    if origin.get("dir_info", {}).get("editable"):
        return f"-e {_quoted(f'{url2pathname(urlsplit(url).path)}[{extra}]')}"
    vcs = origin.get("vcs_info", {})
    address = f"{vcs['vcs']}+{url}@{vcs['commit_id']}" if vcs else url
    return _quoted(f"captionlint[{extra}] @ {address}")


def _quoted(text: str) -> str:
    # Windows' shells start no program whose name stands in single quotes, and cmd.exe hands them on.
    return subprocess.list2cmdline([text]) if sys.platform == "win32" else shlex.quote(text)


def _origin() -> dict[str, Any]:
    """What the installer noted (PEP 610); empty where it took the distribution from an index, and in a bundle."""
    if getattr(sys, "frozen", False):
        return {}  # it would be a path of the machine that built it
    try:
        noted: dict[str, Any] = json.loads(distribution("captionlint").read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError):
        return {}
    return noted
