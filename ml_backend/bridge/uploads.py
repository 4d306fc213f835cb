"""Pictures on the server: sent once each, under a name that follows from their content.

Label Studio takes pictures as uploads only where a project shows nothing else; ours shows a caption too. What it
always takes is a task file, and the content of any upload can be replaced: so a chunk of tiny task files is sent,
without making tasks of them, and each is replaced by a picture.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from captionlint.ml_backend.bridge.project import Project
from captionlint.ml_backend.label_studio.client import LabelStudio

_PLACEHOLDER: Final = ("captionlint.json", b'[{"image": "-", "caption": "-"}]', "application/json")
_NAME: Final = re.compile(r"(?:.*/)?[0-9a-f]{8}-(?P<name>[0-9a-f]{32}\.\w+|captionlint\.json)")
"""Label Studio puts eight digits before the name that a file was sent under."""


class Uploads:
    """The pictures that this token's user has sent to a project."""

    def __init__(self, label_studio: LabelStudio, project: Project) -> None:
        self._label_studio = label_studio
        self._project = project
        self._places: dict[str, str] = {}
        self._free: list[int] = []
        rows = label_studio.get(f"/api/projects/{project.id}/file-uploads", all="true")
        for row in rows:
            self._note(row)

    def add(self, pictures: Mapping[str, Path]) -> dict[str, str]:
        """Sends pictures, by the SHA-256 of their content; returns what a task names each by.

        One that is there already, from an earlier run too, is not sent again. Raises OSError for a file that cannot
        be read, and `LabelStudioError`.
        """
        names = {sha256: sha256[:32] + _suffix(path) for sha256, path in pictures.items()}
        wanted = {names[sha256]: path for sha256, path in pictures.items() if names[sha256] not in self._places}
        self._make_room(len(wanted))
        for name, path in wanted.items():
            self._replace(self._free[-1], name, path.read_bytes())
            self._free.pop()
        return {sha256: self._places[name] for sha256, name in names.items()}

    def _make_room(self, wanted: int) -> None:
        missing = wanted - len(self._free)
        if missing > 0:
            path = f"/api/projects/{self._project.id}/import"
            made = self._label_studio.upload("POST", path, [_PLACEHOLDER] * missing, commit_to_project="false")
            self._free += made["file_upload_ids"]

    def _replace(self, upload: int, name: str, content: bytes) -> None:
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        self._note(self._label_studio.upload("PATCH", f"/api/import/file-upload/{upload}", [(name, content, kind)]))

    def _note(self, row: Mapping[str, Any]) -> None:
        found = _NAME.fullmatch(row["file"])
        if found is None:
            return
        if found["name"] == _PLACEHOLDER[0]:
            self._free.append(int(row["id"]))
        else:
            self._places[found["name"]] = f"/data/{row['file']}"


def _suffix(path: Path) -> str:
    """The file's own where it is a plain one; Label Studio serves pictures by it."""
    suffix = path.suffix.lower()
    return suffix if suffix.isascii() and suffix[1:].isalnum() else ".png"
