"""``label-studio init``: a project that captions can be reviewed in, with or without a backend behind it."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from captionlint.core.errors import LabelStudioError
from captionlint.ml_backend.bridge.project import Project, find, project_of
from captionlint.ml_backend.label_studio.client import LabelStudio
from captionlint.ml_backend.label_studio.label_config import own_config

EVENTS: Final = ("ANNOTATION_CREATED", "ANNOTATION_UPDATED", "ANNOTATIONS_CREATED", "ANNOTATIONS_DELETED")
"""What a webhook tells the backend; the last two are those of the Data Manager, in the plural."""
SETTINGS: Final = {"sampling": "Uncertainty sampling", "show_collab_predictions": True, "enable_empty_annotation": True}
"""The least certain item first, marks shown before anybody has drawn one, and an answer without marks is one."""
BLOCKED: Final = (
    "start Label Studio with both ML_BLOCK_LOCAL_IP=false and SSRF_PROTECTION_ENABLED=false, and run this again "
    "(`captionlint label-studio push` needs neither)"
)


@dataclass(frozen=True, slots=True)
class Backend:
    """Where Label Studio finds the backend, and what it must show there."""

    url: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def webhook(self) -> str:
        """The address that events go to, as Label Studio itself puts it together."""
        return f"{self.url.rstrip('/')}/webhook"

    @property
    def headers(self) -> dict[str, str]:
        """What a webhook has to carry, since Label Studio adds no password of its own to it."""
        if not self.user:
            return {}
        pair = base64.b64encode(f"{self.user}:{self.password or ''}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}

    def row(self, project: int, title: str) -> dict[str, object]:
        """The backend as Label Studio stores it."""
        login: dict[str, object] = {"auth_method": "NONE"}
        if self.user:
            login = {"auth_method": "BASIC_AUTH", "basic_auth_user": self.user, "basic_auth_pass": self.password or ""}
        return {"url": self.url, "project": project, "title": title, "is_interactive": False, **login}


def init(
    label_studio: LabelStudio, *, title: str, version: str | None = None, backend: Backend | None = None
) -> Iterator[str]:
    """Makes what is missing and sets right what is there; yields a line for each thing. Twice is as good as once.

    `version` is what the marks will be known by, if a store is at hand; a backend's own goes before it.
    """
    if backend is not None:
        _check_host(backend.url)
    project, line = _project(label_studio, title)
    yield line
    if backend is not None:
        served, line = _connect(label_studio, project, backend, version)
        yield line
        _show(label_studio, project, served)
        yield _hook(label_studio, project, backend)
    elif version is not None and _show(label_studio, project, version):
        yield f"The project shows the marks of {version}."


def _check_host(url: str) -> None:
    """Label Studio would connect any host, and then take no webhook to some: no review would arrive."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:  # such as http://[::1
        host = ""
    if host == "localhost" or (("." in host or ":" in host) and "_" not in host):
        return
    raise LabelStudioError(
        f"Label Studio takes no webhook to the host {host!r} of {url!r}: give an address with http:// whose host has a "
        "dot in its name and no underscore, in Docker Compose by an alias such as captionlint.internal."
    )


def _project(label_studio: LabelStudio, title: str) -> tuple[Project, str]:
    row = find(label_studio, title)
    if row is None:
        row = label_studio.post("/api/projects", {"title": title, "label_config": own_config(), **SETTINGS})
        done = "made"
    else:
        project_of(row)  # a configuration that has no place for marks is said before anything is changed
        row = label_studio.patch(f"/api/projects/{row['id']}", SETTINGS)
        done = "is there"
    return project_of(row), f"Project {row['title']!r} {done}: {label_studio.url}/projects/{row['id']}/data"


def _connect(label_studio: LabelStudio, project: Project, backend: Backend, version: str | None) -> tuple[str, str]:
    """Makes or renews the backend's row, and names it by the version that it serves: uncertainty order wants both
    to be one text, byte by byte.
    """
    there = backends(label_studio, project.id, backend.url)
    wanted = backend.row(project.id, version or "captionlint")
    try:
        row = label_studio.patch(f"/api/ml/{there[0]['id']}", wanted) if there else label_studio.post("/api/ml", wanted)
    except LabelStudioError as error:
        half_made = "reserved network address" in error.detail and backends(label_studio, project.id, backend.url)
        if not half_made:
            raise _explained(error, backend.url) from error
        row = half_made[0]
    row = label_studio.get(f"/api/ml/{row['id']}")
    if row["state"] != "CO":
        raise LabelStudioError(f"Label Studio does not reach {backend.url}: {_short(row.get('error_message'))}.")
    served = row.get("model_version") or version or row["title"]
    if row["title"] != served:
        label_studio.patch(f"/api/ml/{row['id']}", backend.row(project.id, served))
    return served, f"Backend {backend.url} is connected; it serves {served}."


def backends(label_studio: LabelStudio, project: int, url: str | None = None) -> list[Mapping[str, Any]]:
    """The project's backends, all or those with this address."""
    found = label_studio.get("/api/ml", project=project)
    return [row for row in found if url is None or row["url"].rstrip("/") == url.rstrip("/")]


def webhooks(label_studio: LabelStudio, project: int) -> list[Mapping[str, Any]]:
    """The project's webhooks, the oldest first."""
    found = label_studio.get("/api/webhooks/", project=project)
    return sorted((row for row in found if row["project"] == project), key=lambda row: int(row["id"]))


def hook_row(backend: Backend) -> dict[str, object]:
    """A webhook as it has to be."""
    return {
        "url": backend.webhook,
        "headers": backend.headers,
        "send_payload": True,
        "send_for_all_actions": False,
        "actions": list(EVENTS),
        "is_active": True,
    }


def _hook(label_studio: LabelStudio, project: Project, backend: Backend) -> str:
    """One webhook with the password in its headers; Label Studio makes one without, and may have made several."""
    there = [row for row in webhooks(label_studio, project.id) if row["url"] == backend.webhook]
    try:
        if there:
            label_studio.patch(f"/api/webhooks/{there[0]['id']}/", hook_row(backend))
        else:
            label_studio.post("/api/webhooks/", {"project": project.id, **hook_row(backend)})
    except LabelStudioError as error:
        raise _explained(error, backend.webhook) from error
    for row in there[1:]:
        label_studio.call("DELETE", f"/api/webhooks/{row['id']}/")
    return f"Reviews go to {backend.webhook}{' with the password' if backend.user else ''}."


def _show(label_studio: LabelStudio, project: Project, version: str) -> bool:
    """Makes the project show and order by this version; False while it has no such predictions, which is no fault."""
    try:
        label_studio.patch(f"/api/projects/{project.id}", {"model_version": version})
    except LabelStudioError as error:
        if error.status != 400:
            raise
        return False
    return True


def show_version(label_studio: LabelStudio, project: Project, version: str) -> bool:
    """As `_show`, where it is not so already."""
    return project.model_version == version or _show(label_studio, project, version)


def _explained(error: LabelStudioError, url: str) -> LabelStudioError:
    said = error.detail
    if "reserved network address" in said:
        text = f"Label Studio refuses {url}, an address of its own network: {BLOCKED}."
    elif "authentication parameters" in said:
        text = f"{url} asks for a password and this is not it: give --backend-user and --backend-password."
    else:
        text = f"Label Studio does not take {url} for a backend: {_short(said)}."
    return LabelStudioError(text, status=error.status, detail=said)


def _short(said: object) -> str:
    """A server's explanation on one line, without what it adds for web pages."""
    text = " ".join(str(said or "it does not say why").split())
    return text.split("<a href", maxsplit=1)[0][:300].rstrip(". ")
