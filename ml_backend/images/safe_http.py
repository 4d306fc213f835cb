"""GET from addresses that a stranger chose: only public ones, only so much, only so long.

A name is looked up once, every address that it has is checked, and the connection goes to the checked address: what
the name says a moment later does not matter. Redirects are followed by hand, each checked like the first.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import Final
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from captionlint.core.errors import ImageError

LARGEST: Final = 50_000_000
"""Bytes of one picture."""
SECONDS: Final = 30.0
"""From the first look-up to the last byte."""
_SILENCE: Final = 10.0
"""Seconds without a byte."""
_REDIRECTS: Final = 5
_PIECE: Final = 65536
_PORTS: Final = {"http": 80, "https": 443}
_SENT_ON: Final = frozenset({301, 302, 303, 307, 308})

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Origin = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Guard:
    """Which addresses may be asked: public ones, and those that the user named.

    Attributes:
        hosts: names that are allowed wherever they lead, in lower case.
        networks: addresses that are allowed although they are private.
        own: the one server that is allowed wherever it is, at its port alone.
    """

    hosts: frozenset[str] = frozenset()
    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    own: Origin | None = None

    @classmethod
    def of(cls, allowed: Sequence[str], *, own: Origin | None = None) -> Guard:
        """Sorts a list of names, addresses and networks such as ``10.0.0.0/8``."""
        hosts, networks = set(), []
        for entry in allowed:
            try:
                networks.append(ipaddress.ip_network(entry.strip("[]"), strict=False))
            except ValueError:
                hosts.add(entry.lower())
        return cls(frozenset(hosts), tuple(networks), own)

    def permits(self, origin: Origin, address: Address) -> bool:
        """Whether this address may be connected to under this name."""
        inner = _inner(address)
        if origin == self.own or origin[1] in self.hosts or any(inner in network for network in self.networks):
            return True
        site = isinstance(inner, ipaddress.IPv6Address) and inner.is_site_local
        return inner.is_global and not (inner.is_multicast or inner.is_reserved or site)


def origin_of(url: str) -> Origin:
    """Scheme, host and port: what a token may be sent to.

    Raises:
        ImageError: it is no http(s) address.
    """
    return _origin(_parts(url))


def get(url: str, *, guard: Guard, headers_for: Callable[[str], Mapping[str, str]]) -> bytes:
    """What stands at the address; `headers_for` says what may be shown to each address on the way.

    Raises:
        ImageError: the address is not allowed, does not answer in time, refuses, or has too much to say.
    """
    until = time.monotonic() + SECONDS
    for _ in range(_REDIRECTS + 1):
        parts = _parts(url)
        with _asked(parts, _checked(parts, guard), headers_for(url), until) as answer:
            if answer.status in _SENT_ON and answer.headers.get("Location"):
                url = urljoin(url, answer.headers["Location"])
                continue
            if answer.status != 200:
                raise ImageError(f"{_shown(parts)} answers {answer.status} instead of a picture.")
            return _body(answer, parts, until)
    raise ImageError(f"{_shown(parts)} was the last of {_REDIRECTS} redirects, and there were more.")


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError
        _ = parts.port
        parts.hostname.encode("idna")
    except ValueError:
        raise ImageError(f"{url[:80]!r} is no http or https address.") from None
    return parts


def _origin(parts: SplitResult) -> Origin:
    return parts.scheme, (parts.hostname or "").lower(), parts.port or _PORTS[parts.scheme]


def _checked(parts: SplitResult, guard: Guard) -> str:
    """An address of the host, all of whose addresses are permitted."""
    _, host, port = origin = _origin(parts)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ImageError(f"{_shown(parts)} has no address ({type(error).__name__}).") from error
    addresses = [str(entry[4][0]).split("%")[0] for entry in found]
    for address in addresses:
        if not guard.permits(origin, ipaddress.ip_address(address)):
            raise ImageError(
                f"{_shown(parts)} lies in a private network: CAPTIONLINT_ALLOW_HOSTS={host} allows it, if you trust it."
            )
    return addresses[0]


@contextmanager
def _asked(
    parts: SplitResult, address: str, headers: Mapping[str, str], until: float
) -> Iterator[http.client.HTTPResponse]:
    """The answer as far as its headers; what is read of it later counts too, and at `until` the line is cut."""
    scheme, host, port = _origin(parts)
    line: socket.socket | None = None
    end = threading.Timer(until - time.monotonic(), lambda: _cut(line))
    end.daemon = True
    try:
        line = socket.create_connection((address, port), max(min(_SILENCE, until - time.monotonic()), 0.001))
        if scheme == "https":
            line = _trust().wrap_socket(line, server_hostname=host, do_handshake_on_connect=False)
        end.start()
        if isinstance(line, ssl.SSLSocket):
            line.do_handshake()
        asking = http.client.HTTPConnection(host, port)
        asking.sock = line
        asking.request("GET", _target(parts), headers={"Host": _host(parts), "User-Agent": "captionlint", **headers})
        with asking.getresponse() as answer:
            yield answer
    except (http.client.HTTPException, OSError, ValueError) as error:
        if time.monotonic() >= until:
            raise _too_slow(parts) from error
        raise ImageError(f"{_shown(parts)} does not answer, or broke off ({type(error).__name__}).") from error
    finally:
        end.cancel()
        if line is not None:
            line.close()


def _cut(line: socket.socket | None) -> None:
    """Ends what waits for the line in another thread: a limit for each read would let single bytes go on for ever."""
    if line is not None:
        with suppress(OSError):
            socket.socket.shutdown(line, socket.SHUT_RDWR)  # TLS would first say good-bye


def _host(parts: SplitResult) -> str:
    scheme, host, port = _origin(parts)
    named = f"[{host}]" if ":" in host else host.encode("idna").decode()
    return named if port == _PORTS[scheme] else f"{named}:{port}"


def _target(parts: SplitResult) -> str:
    """Path and query; letters that no request may have are written in their percent form, as browsers do."""
    return quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe="%/?:@!$&'()*+,;=~[]")


def _body(answer: http.client.HTTPResponse, parts: SplitResult, until: float) -> bytes:
    """What came, as it came: nothing was asked for packed, and what is packed all the same is no picture."""
    pieces, size = [], 0
    while piece := answer.read(_PIECE):
        size += len(piece)
        if size > LARGEST:
            raise ImageError(f"{_shown(parts)} has more than {LARGEST // 1_000_000} MB.")
        pieces.append(piece)
    if time.monotonic() >= until:
        raise _too_slow(parts)
    if answer.length:
        raise ImageError(f"{_shown(parts)} broke off {answer.length} bytes before its end.")
    return b"".join(pieces)


def _too_slow(parts: SplitResult) -> ImageError:
    return ImageError(f"{_shown(parts)} took more than {SECONDS:.0f} seconds.")


def _inner(address: Address) -> Address:
    """The address that one in another's clothes leads to: mapped, 6to4 and Teredo ones, and NAT64."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


@cache
def _trust() -> ssl.SSLContext:
    try:
        import certifi
    except ModuleNotFoundError:  # then the system's own are used
        return ssl.create_default_context()
    return ssl.create_default_context(cafile=certifi.where())


def _shown(parts: SplitResult) -> str:
    """The address as logs may have it: without query, which can carry a signature, and without a password."""
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host}{port}{parts.path}"[:200]
