"""Label Studio itself, in an environment of its own, on a free port of this machine."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from programs import BUILD, ROOT, free_port, stop, until

from captionlint.ml_backend.label_studio.client import LabelStudio

VERSION = "1.23.2"
ENVIRONMENT = BUILD / "label-studio-venv"
EMAIL, PASSWORD = "ana@example.com", "correct-horse-battery"


def program() -> Path:
    """Label Studio's command, installed on first use."""
    command = ENVIRONMENT / "bin" / "label-studio"
    stamp = ENVIRONMENT / f".label-studio-{VERSION}"
    if not stamp.exists():
        own = ROOT / ".venv" / "bin" / "uv"
        uv = str(own) if own.exists() else shutil.which("uv")
        assert uv, "uv is needed to install Label Studio: pip install uv"
        subprocess.run(
            [uv, "venv", "--quiet", "--clear", "--python", sys.executable, ENVIRONMENT], check=True, timeout=300
        )
        python = ENVIRONMENT / "bin" / "python"
        subprocess.run(
            [uv, "pip", "install", "--quiet", "--python", python, f"label-studio=={VERSION}"], check=True, timeout=300
        )
        stamp.touch()
    return command


class Site:
    """A Label Studio that can be started again on its data.

    Attributes:
        url, token: its address and a personal access token, from the first start on.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.token = ""

    @property
    def api(self) -> LabelStudio:
        return LabelStudio(self.url, self.token)

    @contextmanager
    def running(self, **settings: str) -> Iterator["Site"]:
        """Runs it with these settings in its environment; the first start makes the database and takes a minute."""
        environment = os.environ | {
            "LABEL_STUDIO_BASE_DATA_DIR": str(self.folder),
            "LATEST_VERSION_CHECK": "false",
            "COLLECT_ANALYTICS": "false",
            "SENTRY_DSN": "",
            "FRONTEND_SENTRY_DSN": "",
            "DJANGO_DB": "sqlite",
        }
        for name in ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY", "ML_BLOCK_LOCAL_IP", "SSRF_PROTECTION_ENABLED"):
            environment.pop(name, None)
        line = [program(), "start", "--no-browser", "--port", str(self.port), "--internal-host", "127.0.0.1"]
        line += ["--data-dir", self.folder, "--username", EMAIL, "--password", PASSWORD]
        log = self.folder / "server.log"
        with (
            log.open("a") as out,
            subprocess.Popen(
                line, env=environment | settings, cwd=self.folder, stdout=out, stderr=out, start_new_session=True
            ) as process,
        ):
            try:
                until(lambda: self._up(process), seconds=300, every=0.5, of=f"Label Studio (its log: {log})")
                self.token = self.token or self._personal_token()
                yield self
            finally:
                stop(process)

    def session(self) -> requests.Session:
        """Somebody logged in, as the web pages are; the token that it wants with changes is in the headers."""
        session = requests.Session()
        session.get(f"{self.url}/user/login/")
        form = {"email": EMAIL, "password": PASSWORD, "csrfmiddlewaretoken": session.cookies["csrftoken"]}
        answer = session.post(f"{self.url}/user/login/", data=form, headers={"Referer": self.url})
        assert answer.ok, answer.text
        session.headers.update({"X-CSRFToken": session.cookies["csrftoken"], "Referer": self.url})
        return session

    def tasks(self, project: int) -> list[dict[str, Any]]:
        """All tasks with their predictions and annotations."""
        return self.api.get("/api/tasks", project=project, page_size=1000, fields="all")["tasks"]

    def project(self, title: str) -> dict[str, Any]:
        (found,) = [row for row in self.api.get("/api/projects", page_size=100)["results"] if row["title"] == title]
        return self.api.get(f"/api/projects/{found['id']}")

    def _up(self, process: subprocess.Popen[bytes]) -> bool:
        assert process.poll() is None, (self.folder / "server.log").read_text()[-3000:]
        try:
            return requests.get(f"{self.url}/health", timeout=5).ok
        except requests.RequestException:
            return False

    def _personal_token(self) -> str:
        answer = self.session().post(f"{self.url}/api/token/")
        assert re.fullmatch(r"[\w.-]+", answer.json()["token"]), answer.text
        return answer.json()["token"]
