"""How to add a part of Captionlint that is not installed."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname


def adding(extra: str) -> str:
    """The command that adds an extra, from where this Captionlint came: a clone, an address or an index."""
    origin = _origin()
    url = str(origin.get("url", ""))
    if not url:
        return f"pip install 'captionlint[{extra}]'"
    if origin.get("dir_info", {}).get("editable"):
        return f"pip install -e '{url2pathname(urlsplit(url).path)}[{extra}]'"
    vcs = origin.get("vcs_info", {})
    address = f"{vcs['vcs']}+{url}@{vcs['commit_id']}" if vcs else url
    return f"pip install 'captionlint[{extra}] @ {address}'"


def _origin() -> dict[str, Any]:
    """What the installer noted (PEP 610); empty where it took the distribution from an index."""
    try:
        noted: dict[str, Any] = json.loads(distribution("captionlint").read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError):
        return {}
    return noted
