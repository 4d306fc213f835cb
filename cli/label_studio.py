"""``captionlint label-studio``: the backend that answers Label Studio, and the bridge to a project there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli import model_options as options

label_studio = typer.Typer(help="Work with Label Studio: serve predictions, push items, pull reviews.")


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
    command = [sys.executable, "-m", "ml_backend", "--host", host, "--port", str(port)]
    with subprocess.Popen(command, env=environment) as backend:
        try:
            code = backend.wait()
        except KeyboardInterrupt:  # the terminal has told the backend too; it ends what it is at
            code = backend.wait() and 0
    if code:
        raise typer.Exit(1)


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path.absolute())
