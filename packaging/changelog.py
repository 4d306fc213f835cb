#!/usr/bin/env python3
"""Gathers changelog.d/ into CHANGELOG.md: ``python3 packaging/changelog.py VERSION [DATE]``, or ``--notes``."""

from __future__ import annotations

import re
import sys
import textwrap
import time
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
KINDS: Final = ("added", "changed", "fixed", "removed")
_WIDTH: Final = 118


def main(arguments: list[str], root: Path = ROOT) -> str:
    """Does what the command line says; returns what to print."""
    fragments = read(root / "changelog.d")
    if arguments == ["--notes"]:
        return section(fragments)
    if not arguments or not re.fullmatch(r"\d+\.\d+\.\d+", arguments[0]):
        sys.exit("Say which version: python3 packaging/changelog.py 0.2.0")
    date = arguments[1] if arguments[1:] else time.strftime("%Y-%m-%d", time.gmtime())
    path = root / "CHANGELOG.md"
    text = path.read_text(encoding="utf-8")
    if not fragments and _waiting(arguments[0]) not in text:
        sys.exit("There is nothing in changelog.d to gather.")
    path.write_text(merged(text, section(fragments), arguments[0], date), encoding="utf-8")
    for fragment in fragments:
        fragment.unlink()
    return f"CHANGELOG.md has a section {arguments[0]} from {len(fragments)} fragments."


def read(folder: Path) -> dict[Path, str]:
    """The fragments' texts; one of another kind or without a text ends the program."""
    found = {}
    for path in sorted(folder.glob("*.md")):
        if path.name == "README.md":
            continue
        kind, text = path.stem.rpartition(".")[2], " ".join(path.read_text(encoding="utf-8").split())
        if kind not in KINDS or not text:
            sys.exit(
                f"{path.name}: a fragment is called WHAT.KIND.md, KIND being {', '.join(KINDS)}, and says something."
            )
        found[path] = text
    return found


def section(fragments: dict[Path, str]) -> str:
    """Headings for the kinds that there are, an item for each fragment."""
    parts = []
    for kind in KINDS:
        texts = [text for path, text in fragments.items() if path.stem.endswith(f".{kind}")]
        items = [
            textwrap.fill(t, _WIDTH, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False) for t in texts
        ]
        if items:
            parts.append(f"### {kind.capitalize()}\n\n" + "\n".join(items))
    return "\n\n".join(parts) + "\n" if parts else ""


def merged(changelog: str, new: str, version: str, date: str) -> str:
    """The section at the top; into that of the same version where it still says ``(unreleased)``."""
    heading = f"## {version} ({date})"
    waiting = _waiting(version)
    if waiting in changelog:
        before, after = changelog.split(waiting, 1)
        old, mark, rest = after.partition("\n## ")
        whole = f"{old.rstrip()}\n\n{new}".rstrip() + "\n"
        return f"{before}{heading}\n{whole}{mark}{rest}"
    if f"## {version} (" in changelog:
        sys.exit(f"CHANGELOG.md has a section {version} already.")
    title, _, rest = changelog.partition("\n## ")
    return f"{title.rstrip()}\n\n{heading}\n\n{new}" + (f"\n## {rest}" if rest else "")


def _waiting(version: str) -> str:
    return f"## {version} (unreleased)\n"


if __name__ == "__main__":
    print(main(sys.argv[1:]), end="\n" if "--notes" not in sys.argv else "")
