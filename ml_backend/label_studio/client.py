"""Requests to a Label Studio server: JSON in and out, and one clear sentence where it refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from captionlint.core.errors import LabelStudioError, UsageError
from captionlint.ml_backend.label_studio.tokens import TokenAuth, sent_on, unreachable

_TIMEOUT: Final = (10.0, 300.0)
"""Seconds to connect and to wait for an answer: a chunk of a thousand tasks takes a slow server a minute."""
_TOKEN: Final = re.compile(r"[!-~]+")


class LabelStudio:
    """A server and the token to speak to it with.

    Attributes:
        url: the address without a slash at its end; a path in it is kept.
    """

    def __init__(self, url: str, api_key: str, *, timeout: tuple[float, float] = _TIMEOUT) -> None:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise UsageError(f"{url!r} is no address: give one such as http://localhost:8080.")
        if not api_key.strip():
            raise UsageError("Label Studio wants a token: give --api-key, or set LABEL_STUDIO_API_KEY.")
        if not _TOKEN.fullmatch(api_key.strip()):  # no header could carry it
            raise UsageError("The token has characters that none of Label Studio has: copy it again, in one line.")
        self.url = url.rstrip("/")
        self._timeout = timeout
        self._session = requests.Session()
        self._session.auth = TokenAuth(self.url, api_key)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=2))  # of connections, never of what was sent

    def get(self, path: str, **parameters: object) -> Any:
        """What stands under a path."""
        return self.call("GET", path, parameters=parameters)

    def post(self, path: str, body: Any = None, **parameters: object) -> Any:
        """Makes something; returns the server's answer."""
        return self.call("POST", path, body=body, parameters=parameters)

    def patch(self, path: str, body: Any) -> Any:
        """Changes something; returns it as it is now."""
        return self.call("PATCH", path, body=body)

    def upload(self, method: str, path: str, files: Sequence[tuple[str, bytes, str]], **parameters: object) -> Any:
        """Sends files (name, content, media type)."""
        named = [(f"file{n}" if len(files) > 1 else "file", file) for n, file in enumerate(files)]
        return self.call(method, path, parameters=parameters, files=named)

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        parameters: Mapping[str, object] | None = None,
        files: Sequence[tuple[str, tuple[str, bytes, str]]] | None = None,
    ) -> Any:
        """One request; the JSON of its answer, or None for an empty one. Raises `LabelStudioError`."""
        try:
            answer = self._session.request(
                method,
                self.url + path,
                json=body,
                params=dict(parameters or {}),  # type: ignore[arg-type]  # numbers and texts
                files=files,
                timeout=self._timeout,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise LabelStudioError(unreachable(self.url, error)) from error
        return _content(self.url, f"{method} {path}", answer)


def _content(url: str, what: str, answer: requests.Response) -> Any:
    if answer.is_redirect:
        raise LabelStudioError(sent_on(url, answer), status=answer.status_code)
    if answer.ok:
        if not answer.content:
            return None
        try:
            return answer.json()
        except ValueError:
            raise LabelStudioError(f"{url} answers with something else than JSON: is this Label Studio?") from None
    raise LabelStudioError(_refusal(url, what, answer), status=answer.status_code, detail=_detail(answer))


def _refusal(url: str, what: str, answer: requests.Response) -> str:
    detail = _detail(answer)
    if "legacy token authentication has been disabled" in detail:
        return (
            f"{url} has legacy tokens switched off: make a personal access token under Account & Settings, "
            "or switch them on under Organization → Access Token Settings."
        )
    if answer.status_code == requests.codes.unauthorized:
        return f"{url} does not accept the token: copy it again from Account & Settings there."
    if answer.status_code == requests.codes.forbidden and "reserved network address" in detail:
        return f"{url} refuses addresses of its own network ({detail}): see `captionlint label-studio doctor`."
    return f"{url} refuses {what} ({answer.status_code}): {detail or 'it does not say why'}."


def _detail(answer: requests.Response) -> str:
    """The reasons of a refusal on one line; empty where it was none of Label Studio's own."""
    try:
        said = answer.json()
    except ValueError:
        return ""
    if isinstance(said, dict):
        said = said.get("validation_errors") or said.get("detail") or said
    if isinstance(said, dict) and list(said) == ["non_field_errors"]:
        said = " ".join(map(str, said["non_field_errors"]))
    text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    return " ".join(text.split())[:500].rstrip(".")
