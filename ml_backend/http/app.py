"""The WSGI layer: routes to the handlers, basic auth before everything, and what label-studio-ml gets wrong.

Where label-studio-ml is installed its application lies beneath and answers ``/predict`` (through `ml_backend.model`)
and the routes that are its own; ``/setup``, ``/versions``, ``/webhook`` and ``/train`` never reach it, since there it
names versions that are none, forks a process an event, and lets anyone in. Without it this layer serves alone.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import io
import json
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from captionlint.ml_backend.http.handlers import Answer, Handlers
from captionlint.ml_backend.reviews.webhooks import TRAINING
from captionlint.ml_backend.settings import Settings

_LOG: Final = logging.getLogger(__name__)
LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a request: Label Studio sends all tasks that were selected at once, ten thousand in about 10 MB."""
_LINES: Final = {
    200: "200 OK", 201: "201 Created", 400: "400 Bad Request", 401: "401 Unauthorized", 404: "404 Not Found",
    405: "405 Method Not Allowed", 413: "413 Content Too Large", 500: "500 Internal Server Error",
    503: "503 Service Unavailable",
}  # fmt: skip
_METHODS: Final[Mapping[str, tuple[str, ...]]] = {
    "/": ("GET", "HEAD"), "/health": ("GET", "HEAD"), "/versions": ("GET", "POST"), "/setup": ("POST",),
    "/predict": ("POST",), "/webhook": ("POST",), "/train": ("POST",),
}  # fmt: skip
"""The routes that are answered here; the others are label-studio-ml's."""
Start = Callable[..., Any]
App = Callable[[dict[str, Any], Start], Iterable[bytes]]


class RefusedError(Exception):
    """A request that no handler gets to see."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Application:
    """The layer. `backend` is asked for at the first request, so that it starts in the process that serves."""

    def __init__(self, handlers: Callable[[], Handlers], settings: Settings, *, beneath: App | None = None) -> None:
        self._handlers = handlers
        self._settings = settings
        self._beneath = beneath

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """Answers one request; JSON in every case."""
        try:
            path, method = environ.get("PATH_INFO") or "/", environ.get("REQUEST_METHOD", "GET")
            if path == "/livez":  # for containers, which know no password: says nothing but that the process answers
                return _send(start_response, (200, {"status": "UP"}))
            self._admit(environ)
            path = path.rstrip("/") or "/"
            if path not in _METHODS:
                return self._pass_on(environ, start_response)
            return _send(start_response, self._answer(method, path, environ))
        except RefusedError as error:
            return _send(start_response, (error.status, {"error": str(error)}))
        except Exception:
            _LOG.exception("a request failed")
            return _send(start_response, (500, {"error": "The backend failed: see its log."}))

    def _admit(self, environ: Mapping[str, Any]) -> None:
        """Raises for a caller who does not show the name and password that were set."""
        if self._settings.user is None and self._settings.password is None:
            return
        wanted = f"{self._settings.user or ''}:{self._settings.password or ''}"
        kind, _, shown = str(environ.get("HTTP_AUTHORIZATION", "")).partition(" ")
        try:
            given = base64.b64decode(shown.strip(), validate=True) if kind.lower() == "basic" else b""
        except (binascii.Error, ValueError):
            given = b""
        # Label Studio writes its own requests in Latin-1, our webhooks' headers are in UTF-8.
        if not any(hmac.compare_digest(given, wanted.encode(how, "xmlcharrefreplace")) for how in ("utf-8", "latin-1")):
            raise RefusedError(401, "Name and password are wanted: BASIC_AUTH_USER and BASIC_AUTH_PASS.")

    def _answer(self, method: str, path: str, environ: dict[str, Any]) -> Answer:
        if method not in _METHODS[path]:
            raise RefusedError(405, f"{path} is not asked by {method[:10]}.")
        handlers = self._handlers()
        if path in ("/", "/health"):
            return handlers.health()
        body = _body(environ) if method == "POST" and path in ("/setup", "/predict", "/webhook") else None
        if path == "/setup":
            return handlers.setup(body)
        if path == "/predict":
            return self._predict(handlers, body, environ)
        if path == "/webhook":
            return handlers.webhook(body)
        return handlers.versions() if path == "/versions" else handlers.webhook({"action": TRAINING})

    def _predict(self, handlers: Handlers, body: Any, environ: dict[str, Any]) -> Answer:
        """By label-studio-ml, if it is there and manages."""
        if self._beneath is None or not isinstance(body, dict) or not isinstance(body.get("tasks"), list):
            return handlers.predict(body)
        params = body.get("params")
        context = params.get("context") if isinstance(params, dict) else None
        # These become keywords of the model's `predict`: 1.0.9 keeps the configuration to itself, and of one project.
        passed = {**body, "params": {"context": context, "project_config": body.get("label_config")}}
        data = json.dumps(passed).encode()
        inner = {**environ, "wsgi.input": io.BytesIO(data), "CONTENT_LENGTH": str(len(data))}
        inner["CONTENT_TYPE"] = "application/json"  # without it Flask would see no JSON
        said: list[str] = []
        try:
            answer = b"".join(self._beneath(inner, lambda status, _headers, _info=None: said.append(status)))
            if said and said[0].startswith("200"):
                return 200, json.loads(answer)
        except Exception:
            _LOG.exception("label-studio-ml cannot answer /predict")
        _LOG.warning("label-studio-ml answers %s to /predict: answering without it", said)
        return handlers.predict(body)

    def _pass_on(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """What is label-studio-ml's alone, such as ``/metrics``."""
        if self._beneath is None:
            raise RefusedError(404, "There is no such route.")
        data = _bytes(environ)
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(data), str(len(data))
        return self._beneath(environ, start_response)


def _body(environ: Mapping[str, Any]) -> Any:
    try:
        return json.loads(_bytes(environ))
    except (ValueError, RecursionError):
        raise RefusedError(400, "The body is no JSON.") from None


def _bytes(environ: Mapping[str, Any]) -> bytes:
    """The request's body; raises for one that is larger than allowed, before it is read."""
    try:
        length = int(environ.get("CONTENT_LENGTH") or -1)
    except ValueError:
        raise RefusedError(400, "Content-Length is no number.") from None
    if length < 0:  # only a server that knows the end may be read from without a length
        length = LARGEST + 1 if environ.get("wsgi.input_terminated") else 0
        data: bytes = environ["wsgi.input"].read(length)
        length = len(data)
    elif length <= LARGEST:
        data = environ["wsgi.input"].read(length)
    if length > LARGEST:
        raise RefusedError(413, f"A request has at most {LARGEST} bytes: select fewer tasks.")
    return data


def _send(start_response: Start, answer: Answer) -> Iterable[bytes]:
    status, body = answer
    data = json.dumps(body).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(data)))]
    if status == 401:
        headers.append(("WWW-Authenticate", 'Basic realm="captionlint"'))
    start_response(_LINES[status], headers)
    return [data]
