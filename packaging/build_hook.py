"""Makes the repository importable as `captionlint` for an editable install.

The wheel needs nothing of this: pyproject.toml says which folder goes where. An editable install puts build/dev on the
path. Python follows links in build/dev/captionlint to the repository's folders; so do type checkers and editors.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS: Final = ("core", "db", "cli", "desktop", "ml_backend")


class BuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Hatchling calls it before it builds a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Writes the links for an editable install; a real wheel needs none."""
        if version == "editable":
            write_links(Path(self.root))


def write_links(root: Path) -> None:
    """Links build/dev/captionlint to the repository's folders and to the package's own two files."""
    package = root / "build" / "dev" / "captionlint"
    package.mkdir(parents=True, exist_ok=True)
    wanted = {name: root / name for name in FOLDERS}
    wanted |= {path.name: path for path in (root / "packaging" / "public_api").iterdir() if path.is_file()}
    for name, target in wanted.items():
        link = package / name
        if link.is_symlink() or link.exists():
            if link.resolve() == target.resolve():
                continue
            link.unlink()
        if os.name == "nt" and target.is_dir():
            import _winapi  # a junction needs no rights; not tried yet

            _winapi.CreateJunction(str(target), str(link))  # type: ignore[attr-defined]
        elif os.name == "nt":
            link.write_bytes(target.read_bytes())
        else:
            link.symlink_to(os.path.relpath(target, package))
