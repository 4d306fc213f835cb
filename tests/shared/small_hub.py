"""A hub with one file, as huggingface_hub's own client asks for it; it can stop in the middle and wait."""

from __future__ import annotations

import hashlib
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Hub(ThreadingHTTPServer):
    """Serves `content` as REPOSITORY/resolve/main/NAME.

    Attributes:
        pause_at: after so many bytes of an answer the rest waits for `go_on`; None: it does not.
        ranges: the Range header of every GET of the file.
        heads: how often it was asked about.
    """

    daemon_threads = True

    def __init__(self, repository: str, name: str, content: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.path = f"/{repository}/resolve/main/{name}"
        self.content = content
        self.etag = hashlib.sha256(content).hexdigest()
        self.pause_at: int | None = None
        self.go_on = threading.Event()
        self.ranges: list[str | None] = []
        self.heads = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_HEAD(self) -> None:
        if self.path == self.server.path:
            self.server.heads += 1
        self._answer(body=False)

    def do_GET(self) -> None:
        if self.path == self.server.path:
            self.server.ranges.append(self.headers.get("Range"))
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        if self.path != self.server.path:
            self.send_response(404)
            self.send_header("X-Error-Code", "EntryNotFound")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        asked = self.headers.get("Range")
        start = int(asked.removeprefix("bytes=").partition("-")[0]) if asked else 0
        whole = self.server.content
        self.send_response(206 if asked else 200)
        self.send_header("X-Repo-Commit", "0" * 40)
        self.send_header("ETag", f'"{self.server.etag}"')
        self.send_header("Content-Length", str(len(whole) - start))
        if asked:
            self.send_header("Content-Range", f"bytes {start}-{len(whole) - 1}/{len(whole)}")
        self.end_headers()
        if body:
            until = len(whole) if self.server.pause_at is None else min(len(whole), start + self.server.pause_at)
            self.wfile.write(whole[start:until])
            if until < len(whole):
                self.wfile.flush()
                self.server.go_on.wait(300)
                with suppress(ConnectionError):  # who asked may have been killed
                    self.wfile.write(whole[until:])

    def log_message(self, *arguments: object) -> None:
        pass
