"""``label-studio doctor``: what stands between a project and its marks, a line a finding; changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests

from captionlint.core.errors import CaptionlintError, LabelStudioError
from captionlint.ml_backend.bridge.init import BLOCKED, EVENTS, SETTINGS, Backend, backends, webhooks
from captionlint.ml_backend.bridge.project import Project, open_project
from captionlint.ml_backend.label_studio.client import LabelStudio
from captionlint.ml_backend.label_studio.tokens import is_personal

_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `text` says how to mend what is not `fine`."""

    fine: bool
    text: str


def examine(
    label_studio: LabelStudio,
    *,
    title: str,
    api_key: str,
    version: Callable[[], str] | None = None,
    backend: Backend | None = None,
) -> Iterator[Finding]:
    """Looks at server, token, project, marks, backend and webhook, in that order, as far as one rests on the other.

    `version` gives what the store at hand marks by; `backend` says where one is and what it asks callers to show.
    """
    try:
        yield _server(label_studio)
        yield _token(label_studio, api_key)
        project = open_project(label_studio, title)
    except CaptionlintError as error:
        yield Finding(False, str(error))
        return
    yield Finding(True, f"Project {project.title!r} is number {project.id}; its configuration has a place for marks.")
    yield from _settings(project)
    yield from _versions(label_studio, project, version)
    yield from _backends(label_studio, project, backend)


def _server(label_studio: LabelStudio) -> Finding:
    said = label_studio.get("/api/version")
    release = said.get("release") if isinstance(said, dict) else None
    if not release:
        raise LabelStudioError(f"{label_studio.url} answers, but not as Label Studio does: is the address right?")
    return Finding(True, f"Label Studio {release} is at {label_studio.url}.")


def _token(label_studio: LabelStudio, api_key: str) -> Finding:
    who = label_studio.get("/api/current-user/whoami")
    kind = "personal access token" if is_personal(api_key) else "legacy token"
    return Finding(True, f"The {kind} is that of {who.get('email') or who.get('id')}.")


def _settings(project: Project) -> Iterator[Finding]:
    mend = "run `captionlint label-studio init`, or set it in the project's settings."
    if project.row.get("sampling") != SETTINGS["sampling"]:
        yield Finding(False, f"The project does not serve the least certain item first: {mend}")
    if not project.row.get("show_collab_predictions"):
        yield Finding(False, f"The project shows annotators no predictions: {mend}")


def _versions(label_studio: LabelStudio, project: Project, version: Callable[[], str] | None) -> Iterator[Finding]:
    """What the project shows must be what its predictions carry, byte by byte, or it orders by chance."""
    held = {
        row["model_version"]: int(row["count"])
        for row in label_studio.get(f"/api/projects/{project.id}/model-versions", extended="true")["static"]
    }
    shown = project.model_version
    if held and shown not in held:
        listed = ", ".join(sorted(held))
        yield Finding(
            False, f"The project shows {shown or 'no version'!r} but has predictions of {listed}: push again."
        )
    elif shown in held:
        yield Finding(True, f"{held[shown]} tasks have marks of {shown}, which the project shows.")
    if version is None:
        return
    try:
        wanted = version()
    except CaptionlintError as error:
        yield Finding(False, str(error))
        return
    if wanted not in held:
        yield Finding(False, f"No task has the store's marks ({wanted}): run `captionlint label-studio push`.")
    elif wanted != shown:
        yield Finding(False, f"The store marks by {wanted}, the project shows {shown!r}: push, then run init again.")


def _backends(label_studio: LabelStudio, project: Project, given: Backend | None) -> Iterator[Finding]:
    there = backends(label_studio, project.id)
    hooks = webhooks(label_studio, project.id)
    wanted = {row["url"].rstrip("/") for row in there}
    if given is not None and given.url.rstrip("/") not in wanted:
        yield Finding(
            False,
            f"{given.url} is no backend of the project: run `captionlint label-studio init --backend-url {given.url}`.",
        )
        yield from _reachable(given)
    for row in there:
        backend = given if given and given.url.rstrip("/") == row["url"].rstrip("/") else Backend(row["url"])
        yield _state(row)
        yield from _named(project, row)
        yield _hook(backend, [hook for hook in hooks if hook["url"] == backend.webhook], row)
        if backend is given:
            yield from _reachable(backend)
    for hook in hooks:
        if hook["url"].removesuffix("/webhook") not in wanted:
            yield Finding(False, f"The webhook to {hook['url']} has no backend any more: delete it in the settings.")
    if not there and given is None:
        yield Finding(True, "No backend is connected: marks come by `captionlint label-studio push`, reviews by pull.")


def _state(row: Mapping[str, Any]) -> Finding:
    if row["state"] == "CO":
        return Finding(True, f"Backend {row['url']} is connected.")
    said = " ".join(str(row.get("error_message") or "no reason given").split())[:300]
    if "reserved network address" in said or "Blocked" in said:
        return Finding(False, f"Label Studio refuses {row['url']}, an address of its own network: {BLOCKED}.")
    if "401" in said:
        return Finding(False, f"Backend {row['url']} asks for a password: run init with --backend-user and -password.")
    return Finding(
        False,
        f"Label Studio does not reach backend {row['url']} ({said}): is it running? "
        "One that is no more is deleted in the project's settings.",
    )


def _named(project: Project, row: Mapping[str, Any]) -> Iterator[Finding]:
    served = row.get("model_version")
    if served and not row["title"] == served == project.model_version:
        yield Finding(
            False,
            f"Backend {row['url']} serves {served}, is called {row['title']!r}, and the project shows "
            f"{project.model_version!r}: the three must be one, or items come in any order; run init again.",
        )


def _hook(backend: Backend, hooks: list[Mapping[str, Any]], row: Mapping[str, Any]) -> Finding:
    mend = "run `captionlint label-studio init` with --backend-url, --backend-user and --backend-password again"
    if not hooks:
        return Finding(
            False,
            f"No webhook leads to {backend.webhook}, so that no review is sent: {mend}; "
            f"if Label Studio refuses, {BLOCKED}.",
        )
    if len(hooks) > 1:
        return Finding(False, f"{len(hooks)} webhooks lead to {backend.webhook}, every review comes as often: {mend}.")
    hook = hooks[0]
    if not hook["is_active"]:
        return Finding(False, f"The webhook to {backend.webhook} is switched off: {mend}.")
    if row.get("auth_method") == "BASIC_AUTH" and "Authorization" not in (hook.get("headers") or {}):
        return Finding(False, f"The webhook to {backend.webhook} carries no password, reviews are lost: {mend}.")
    if not hook["send_payload"] or not (hook["send_for_all_actions"] or set(EVENTS) <= set(hook["actions"] or ())):
        return Finding(False, f"The webhook to {backend.webhook} does not send every review: {mend}.")
    return Finding(True, f"Reviews go to {backend.webhook}.")


def _reachable(backend: Backend) -> Iterator[Finding]:
    """From here; Label Studio may stand elsewhere, so that only a wrong password is a finding."""
    try:
        answer = requests.get(
            f"{backend.url.rstrip('/')}/health", headers=backend.headers, timeout=_PATIENCE, allow_redirects=False
        )
    except requests.RequestException:
        yield Finding(False, f"{backend.url} cannot be reached from here: is it running, and is this its address?")
        return
    if answer.status_code == requests.codes.unauthorized:
        yield Finding(False, f"{backend.url} asks for another name or password than --backend-user and -password.")
    elif not answer.ok:
        yield Finding(False, f"{backend.url}/health answers with {answer.status_code}: is this the backend?")
