"""The application as a server gets it, and a server for those who bring none."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from typing import Any, Final

from captionlint.core import interrupts
from captionlint.core.errors import CaptionlintError, UsageError
from captionlint.core.extras import adding
from captionlint.ml_backend.backend import running
from captionlint.ml_backend.http.app import LARGEST, App, Application
from captionlint.ml_backend.settings import Settings

_LOG: Final = logging.getLogger(__name__)
THREADS: Final = 64
"""More than requests that may wait for the model (`ml_backend.predict.service.WAITING`): /health must find one free."""
_VARIABLES: Final = {
    "db": "CAPTIONLINT_DB",
    "model": "CAPTIONLINT_MODEL",
    "model_config": "CAPTIONLINT_MODEL_CONFIG",
    "checkpoint": "CAPTIONLINT_CHECKPOINT",
    "device": "CAPTIONLINT_DEVICE",
}


def application(settings: Settings | None = None) -> Application:
    """The WSGI application for a server that was started by someone else; its backend starts with the first request."""
    settings = settings or Settings.from_environment(os.environ)
    return Application(lambda: running(settings).handlers, settings, beneath=_label_studio_ml())


def _label_studio_ml() -> App | None:
    """label-studio-ml's own application, made ready to predict; None where it is not installed."""
    try:
        from label_studio_ml import api
    except ImportError as error:
        _LOG.info("serving without label-studio-ml (%s)", error)
        return None
    from captionlint.ml_backend.model import CaptionlintBackend

    logging.getLogger("label_studio_ml").setLevel(logging.INFO)  # below that it logs requests with their passwords
    beneath: Any = api.init_app(model_class=CaptionlintBackend)
    if hasattr(api, "_manager"):  # 1.0.9 would refuse to predict before its own /setup
        from label_studio_ml.model import ModelWrapper

        api._manager.__class__._current_model = ModelWrapper(model=CaptionlintBackend(), model_version="captionlint")
    app: App = beneath
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until Ctrl-C. Options are those of label-studio-ml's examples; the environment says the rest."""
    interrupts.stop_in_order(signal.SIGINT, signal.SIGTERM)  # the second is how containers are stopped
    given = _parser().parse_args(arguments)
    logging.basicConfig(level=given.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for handler in logging.getLogger().handlers:
        interrupts.silence(handler)
    logging.getLogger("urllib3").setLevel(logging.INFO)  # below that it logs addresses with their signatures
    environment = dict(os.environ)
    for name, value in (entry.split("=", 1) for entry in given.settings):
        if name not in _VARIABLES:
            sys.stderr.write(f"captionlint: --with takes {', '.join(_VARIABLES)}, not {name}.\n")
            return 2
        environment[_VARIABLES[name]] = value
    for name, value in (
        ("MODEL_DIR", given.model_dir),
        ("BASIC_AUTH_USER", given.user),
        ("BASIC_AUTH_PASS", given.password),
    ):
        if value:
            environment[name] = value
    try:
        _serve(Settings.from_environment(environment), host=given.host, port=given.port)
    except CaptionlintError as error:
        if not interrupts.was_stopped():  # else it is what became of the interruption
            sys.stderr.write(f"captionlint: {error}\n")
            return error.exit_code
    except KeyboardInterrupt:
        pass
    if interrupts.was_stopped():
        interrupts.leave(0)  # a thread that loads a model or fetches an image would keep the process for minutes
    return 0


def _serve(settings: Settings, *, host: str, port: int) -> None:
    try:
        import waitress
    except ModuleNotFoundError:
        raise UsageError(f"The backend needs waitress: {adding('label-studio')}.") from None
    app = application(settings)
    try:  # before the model, which takes long, and before a store is made
        server: Any = waitress.create_server(
            app, host=host, port=port, threads=THREADS, ident="captionlint", max_request_body_size=LARGEST + 1024
        )
    except OSError as error:
        raise UsageError(f"{host}:{port} cannot be listened on ({error.strerror}): give another --port.") from error
    backend = running(settings)
    sys.stderr.write("Loading the model …\n")
    try:
        backend.service.marking(timeout=threading.TIMEOUT_MAX)  # at once where its version is known from last time
        shown = f"http://{host}:{getattr(server, 'effective_port', port)}"
        sys.stderr.write(f"Label Studio's backend is at {shown}, its store {backend.store.name}. Ctrl-C ends it.\n")
        server.run()
    finally:
        server.close()
        backend.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m captionlint.ml_backend", description=__doc__)
    parser.add_argument("-p", "--port", type=int, default=int(os.environ.get("PORT") or 9090))
    parser.add_argument("--host", default=os.environ.get("HOST") or "127.0.0.1")
    parser.add_argument("--kwargs", "--with", dest="settings", nargs="+", default=[], metavar="KEY=VALUE", type=_pair)
    parser.add_argument("--log-level", default=os.environ.get("LOG_LEVEL") or "INFO", type=str.upper)
    parser.add_argument("-d", "--debug", dest="log_level", action="store_const", const="DEBUG")
    parser.add_argument("--model-dir")
    parser.add_argument("--basic-auth-user", dest="user")
    parser.add_argument("--basic-auth-pass", dest="password")
    return parser


def _pair(text: str) -> str:
    if "=" not in text:
        raise argparse.ArgumentTypeError(f"{text} is not KEY=VALUE")
    return text
