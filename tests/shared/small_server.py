"""A small HTTP server that answers as a test tells it, where the real Label Studio would take minutes."""

from __future__ import annotations

import base64
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def jwt(**claims: object) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.signature"


PERSONAL = jwt(token_type="refresh", exp=9e9)


class Server(ThreadingHTTPServer):
    """Answers as it is told: ``answers`` maps a path to (status, headers, body); keeps what came."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, tuple[int, dict[str, str], object]] = {}
        self.came: list[tuple[str, str, str | None, bytes]] = []
        self.lifetime = 300.0
        self.clock = 0.0  # seconds that it is ahead

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def paths(self) -> list[str]:
        return [path for _, path, _, _ in self.came]


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.came.append((self.command, self.path, self.headers.get("Authorization"), body))
        status, headers, said = self.server.answers.get(self.path.split("?")[0], (200, {}, {"fine": True}))
        if self.path == "/api/token/refresh/" and self.path not in self.server.answers:
            now = time.time() + self.server.clock
            access = jwt(token_type="access", iat=now, exp=now + self.server.lifetime, n=len(self.server.came))
            said = {"access": access}
        content = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_PATCH = do_GET

    def log_message(self, *arguments: object) -> None:
        pass
