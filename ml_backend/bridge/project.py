"""A project on the server: finding it, and reading its tasks page by page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from captionlint.core.errors import LabelStudioError
from captionlint.core.formats.label_studio.names import Labelling
from captionlint.ml_backend.label_studio.client import LabelStudio
from captionlint.ml_backend.label_studio.label_config import LabellingError, labelling_of

_PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class Project:
    """A project as the server has it.

    Attributes:
        labelling: the names that its own configuration gives to what we mark with.
        model_version: whose predictions it shows and orders by; empty while it has none.
        row: all that the server says of it.
    """

    id: int
    title: str
    labelling: Labelling
    model_version: str
    row: Mapping[str, Any]


def find(label_studio: LabelStudio, wanted: str) -> Mapping[str, Any] | None:
    """The project with this title, or else with this number; the oldest of several with one title."""
    page = 1
    rows: list[Mapping[str, Any]] = []
    while True:
        found = label_studio.get("/api/projects", title=wanted, page=page, page_size=100)
        rows += [row for row in found["results"] if row["title"] == wanted]
        if not found.get("next") or not found["results"]:
            break
        page += 1
    if rows:
        return min(rows, key=lambda row: int(row["id"]))
    if not wanted.isdecimal():
        return None
    try:
        row: Mapping[str, Any] = label_studio.get(f"/api/projects/{wanted}")
    except LabelStudioError as error:
        if error.status == 404:
            return None
        raise
    return row


def project_of(row: Mapping[str, Any]) -> Project:
    """A project by its row. Raises `LabelStudioError` where its configuration has no place for our marks."""
    try:
        labelling = labelling_of(row["label_config"])
    except LabellingError as error:
        raise LabelStudioError(f"Project {row['title']!r}: {error} Or name another with --project.") from error
    return Project(int(row["id"]), row["title"], labelling, row.get("model_version") or "", row)


def open_project(label_studio: LabelStudio, wanted: str) -> Project:
    """A project that must be there. Raises `LabelStudioError`."""
    row = find(label_studio, wanted)
    if row is None:
        raise LabelStudioError(
            f"{label_studio.url} shows no project {wanted!r} to this token's user: make it with "
            "`captionlint label-studio init`, or name another with --project."
        )
    return project_of(row)


def tasks(
    label_studio: LabelStudio, project: Project, *, fields: Sequence[str] = (), annotated: bool = False
) -> Iterator[Mapping[str, Any]]:
    """The project's tasks in order of their ids, all or those that somebody annotated or skipped.

    With `fields` only these come, and of annotations nothing but their ids.
    """
    parameters: dict[str, object] = {"project": project.id, "fields": "all"}
    if fields:
        parameters["include"] = ",".join(("id", *fields))
    if annotated:
        parameters["query"] = json.dumps(
            {"filters": {"conjunction": "or", "items": [_some("total"), _some("cancelled")]}}
        )
    page, seen = 1, 0
    while True:
        found = label_studio.get("/api/tasks", page=page, page_size=_PAGE, **parameters)
        yield from found["tasks"]
        seen += len(found["tasks"])
        if seen >= found["total"] or not found["tasks"]:
            return
        page += 1


def _some(which: str) -> dict[str, object]:
    return {"filter": f"filter:tasks:{which}_annotations", "operator": "greater", "type": "Number", "value": 0}
