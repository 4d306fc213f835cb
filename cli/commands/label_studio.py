"""``captionlint label-studio``: the backend that answers Label Studio, and the bridge to a project there."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from captionlint.cli.options import model as options
from captionlint.cli.options.store import Db
from captionlint.core.errors import UsageError
from captionlint.core.extras import adding

_PATIENCE: Final = 30.0
"""Seconds that a process may take to end by itself."""
label_studio = typer.Typer(help="Work with Label Studio: serve predictions, push items, pull reviews.")

Url = Annotated[str, typer.Option("--url", metavar="URL", envvar="LABEL_STUDIO_URL", help="Label Studio's address.")]
ApiKey = Annotated[
    str,
    typer.Option(
        "--api-key",
        metavar="TOKEN",
        envvar="LABEL_STUDIO_API_KEY",
        show_envvar=True,
        help="A token from Account & Settings there, personal or legacy.",
    ),
]
Project = Annotated[str, typer.Option("--project", metavar="TITLE", help="The project's title, or its number.")]
BackendUrl = Annotated[
    str | None,
    typer.Option("--backend-url", metavar="URL", help="Where Label Studio finds the backend, if you run one."),
]
BackendUser = Annotated[
    str | None, typer.Option("--backend-user", envvar="BASIC_AUTH_USER", help="The name that the backend asks for …")
]
BackendPassword = Annotated[
    str | None, typer.Option("--backend-password", envvar="BASIC_AUTH_PASS", help="… and the password.")
]
StoreIfAny = Annotated[
    str | None, typer.Option("--db", metavar="FILE.db", help="The store whose marks the project is to show.")
]


@label_studio.command()
def init(
    url: Url,
    api_key: ApiKey,
    project: Project = "Captionlint",
    db: StoreIfAny = None,
    backend_url: BackendUrl = None,
    backend_user: BackendUser = None,
    backend_password: BackendPassword = None,
) -> None:
    """Make a project for reviewing captions, or set one right: labelling, order, backend, webhook; also twice."""
    _bridge(
        "init",
        url=url,
        api_key=api_key,
        project=project,
        db=db,
        backend_url=backend_url,
        backend_user=backend_user,
        backend_password=backend_password,
    )


@label_studio.command()
def push(db: Db, url: Url, api_key: ApiKey, project: Project = "Captionlint") -> None:
    """Send items that wait for review, with pictures and marks; goes on where it was stopped. Needs no backend."""
    _bridge("push", db=db, url=url, api_key=api_key, project=project)


@label_studio.command()
def pull(db: Db, url: Url, api_key: ApiKey, project: Project = "Captionlint") -> None:
    """Bring what people decided into the store: each review once, whether by this or by webhook."""
    _bridge("pull", db=db, url=url, api_key=api_key, project=project)


@label_studio.command()
def doctor(
    url: Url,
    api_key: ApiKey,
    project: Project = "Captionlint",
    db: StoreIfAny = None,
    backend_url: BackendUrl = None,
    backend_user: BackendUser = None,
    backend_password: BackendPassword = None,
) -> None:
    """Say what is wrong between here and Label Studio, and how to mend it; changes nothing."""
    _bridge(
        "doctor",
        url=url,
        api_key=api_key,
        project=project,
        db=db,
        backend_url=backend_url,
        backend_user=backend_user,
        backend_password=backend_password,
    )


@label_studio.command()
def serve(
    db: Annotated[
        str, typer.Option("--db", metavar="FILE.db", help="The store; made if it is not there.")
    ] = "review.db",
    host: Annotated[str, typer.Option("--host", help="Address to listen on; 0.0.0.0 for every one.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port to listen on.")] = 9090,
    model: options.ModelName = None,
    model_config: options.ModelConfig = None,
    checkpoint: options.Checkpoint = None,
    device: options.Device = "auto",
    url: Annotated[
        str | None, typer.Option("--url", envvar="LABEL_STUDIO_URL", help="Label Studio's address, for its pictures.")
    ] = None,
    api_key: Annotated[
        str | None, typer.Option("--api-key", envvar="LABEL_STUDIO_API_KEY", help="A token of Label Studio.")
    ] = None,
    user: Annotated[
        str | None, typer.Option("--user", envvar="BASIC_AUTH_USER", help="Ask callers for this name …")
    ] = None,
    password: Annotated[
        str | None, typer.Option("--password", envvar="BASIC_AUTH_PASS", help="… and this password.")
    ] = None,
) -> None:
    """Answer Label Studio's requests for predictions and take its reviews, until Ctrl-C."""
    _need_requests("The backend")
    given = {
        "CAPTIONLINT_DB": db,
        "CAPTIONLINT_MODEL": model,
        "CAPTIONLINT_MODEL_CONFIG": _text(model_config),
        "CAPTIONLINT_CHECKPOINT": _text(checkpoint),
        "CAPTIONLINT_DEVICE": device,
        "LABEL_STUDIO_URL": url,
        "LABEL_STUDIO_API_KEY": api_key,
        "BASIC_AUTH_USER": user,
        "BASIC_AUTH_PASS": password,
    }
    # A face never imports another one: this is a process, not a call. Secrets go by the environment, which others
    # on the machine cannot list.
    environment = os.environ | {name: value for name, value in given.items() if value is not None}
    command = [sys.executable, "-m", "captionlint.ml_backend", "--host", host, "--port", str(port)]
    with subprocess.Popen(command, env=environment) as backend:
        signal.signal(signal.SIGTERM, lambda *_: backend.terminate())  # it would be left behind, with its port
        try:
            code = backend.wait()
        except KeyboardInterrupt:
            _end(backend)
            code = 0
    if code:
        raise typer.Exit(1)


def _bridge(command: str, **given: str | None) -> None:
    """Runs a command of the bridge, a process as in `serve`. Secrets go by its stdin."""
    _need_requests("The bridge")
    text = json.dumps({**given, "debug": "--debug" in sys.argv})
    process = [sys.executable, "-m", "captionlint.ml_backend.bridge", command]
    with subprocess.Popen(process, stdin=subprocess.PIPE, text=True) as bridge:
        try:
            bridge.communicate(text)
        except KeyboardInterrupt:
            _end(bridge)
    if bridge.returncode:
        raise typer.Exit(bridge.returncode)


def _end(process: subprocess.Popen[Any]) -> None:
    """Waits for the end of a process that a terminal's Ctrl-C has reached too, and makes an end if none comes."""
    for make in (process.terminate, process.kill):
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            make()
        else:
            return
    process.wait()


def _need_requests(what: str) -> None:
    if importlib.util.find_spec("requests") is None:
        raise UsageError(f"{what} needs requests: {adding('label-studio')}.")


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path.absolute())
