"""Label Studio's two kinds of token, and the header that each becomes.

A legacy token is sent as it is. A personal access token is a JWT that only buys another one, which lives for five
minutes: that one is kept until shortly before it ends.
"""

from __future__ import annotations

import base64
import json
import math
import threading
import time
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from captionlint.core.errors import LabelStudioError, first_line

_EARLY: Final = 30.0
"""Seconds before its end that a token is no longer used: requests take time."""
_TIMEOUT: Final = 30.0


def is_personal(api_key: str) -> bool:
    """Whether this is a personal access token; else it is a legacy one."""
    return _claims(api_key).get("token_type") == "refresh"


class TokenAuth(AuthBase):
    """Puts the header on requests to Label Studio's own host, and on no other. Threads may share it.

    As requests' ``auth`` it also keeps a .netrc from putting another password in its place.
    """

    def __init__(self, url: str, api_key: str) -> None:
        self._url = url.rstrip("/")
        self._api_key = api_key.strip()
        self._lock = threading.Lock()
        self._access = ""
        self._until = -math.inf

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Adds the header. Raises `LabelStudioError` where a personal access token is not accepted."""
        if _origin(request.url or "") == _origin(self._url):
            request.headers["Authorization"] = self.header()
        return request

    def header(self) -> str:
        """The value of ``Authorization``, fresh enough for a request that begins now."""
        if not is_personal(self._api_key):
            return f"Token {self._api_key}"
        with self._lock:
            if time.monotonic() > self._until - _EARLY:
                begun = time.monotonic()
                self._access = self._exchange()
                self._until = begun + _lifetime(self._access)
            return f"Bearer {self._access}"

    def _exchange(self) -> str:
        try:
            answer = requests.post(
                f"{self._url}/api/token/refresh/",
                json={"refresh": self._api_key},
                timeout=_TIMEOUT,
                allow_redirects=False,  # a 307 would carry the token on to another host
                auth=_no_netrc,
            )
            if answer.status_code == requests.codes.ok:
                return str(answer.json()["access"])
        except (ValueError, KeyError, TypeError) as error:  # first: what is no JSON is also a RequestException
            raise LabelStudioError(f"{self._url} gives nothing for the token: is this Label Studio?") from error
        except requests.RequestException as error:
            raise LabelStudioError(unreachable(self._url, error)) from error
        raise LabelStudioError(self._refusal(answer), status=answer.status_code)

    def _refusal(self, answer: requests.Response) -> str:
        if answer.is_redirect:
            return sent_on(self._url, answer)
        if answer.status_code == requests.codes.unauthorized:
            return (
                f"{self._url} does not accept this personal access token: "
                "make a new one there under Account & Settings."
            )
        return (
            f"{self._url} takes no tokens (it answers with {answer.status_code}): "
            "give Label Studio's own address, without the path of a page."
        )


def sent_on(url: str, answer: requests.Response) -> str:
    """What to say where a server names another one: a token goes to no address that nobody gave."""
    return f"{url} sends on to {answer.headers['Location'][:200]}: give that server's own address."


def unreachable(url: str, error: requests.RequestException) -> str:
    """What to say where a request got no answer."""
    if isinstance(error, requests.exceptions.SSLError):
        if "CERTIFICATE" in str(error):
            return f"The certificate of {url} is not trusted here: {first_line(error)[:200]}."
        return f"{url} speaks no https: is it http:// there?"
    if isinstance(error, requests.Timeout):
        return f"{url} does not answer: is Label Studio overloaded, or the address wrong?"
    return f"{url} cannot be reached: is Label Studio running, and is this its address?"


def _no_netrc(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _lifetime(token: str) -> float:
    """Seconds that a JWT lives, by its own two times: this machine's clock may be another than the server's."""
    claims = _claims(token)
    try:
        return float(claims["exp"]) - float(claims["iat"])
    except (KeyError, TypeError, ValueError):
        return 0.0


def _claims(token: str) -> dict[str, Any]:
    """What a JWT says of itself; nothing for any other text."""
    try:
        _, payload, _ = token.strip().split(".")
        found = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
