"""Puts the backend together from its settings, once a process."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from typing import Self

from captionlint.core.clip.openmp import sleep_while_waiting
from captionlint.db.prelabel.local import Scores
from captionlint.db.store import Store
from captionlint.ml_backend.event_log import Ledger, beside
from captionlint.ml_backend.http.handlers import Handlers
from captionlint.ml_backend.images.task_images import Pictures
from captionlint.ml_backend.label_studio.client import LabelStudio
from captionlint.ml_backend.predict.service import Service
from captionlint.ml_backend.reviews.webhooks import Inbox
from captionlint.ml_backend.settings import Settings


class Backend:
    """A running backend: its threads start with it.

    Attributes:
        handlers: what the routes do.
        service, inbox, ledger, store: the parts, for whoever needs one.
    """

    def __init__(self, settings: Settings, *, load: Callable[[], Scores] | None = None) -> None:
        self.settings = settings
        self.store = Store.open(settings.db)
        try:
            self.ledger = Ledger(beside(self.store, "label-studio.db"))
            pictures = Pictures(
                beside(self.store, "pictures"),
                url=settings.url,
                api_key=settings.api_key,
                local_root=settings.local_root,
                allowed=settings.allowed,
            )
        except BaseException:
            self.store.close()
            raise
        name = json.dumps([settings.model, settings.model_config, settings.checkpoint])
        self.service = Service(self.store, self.ledger, pictures, load or (lambda: _load(settings)), name=name)
        label_studio = None
        if settings.url and settings.api_key:
            label_studio = LabelStudio(settings.url, settings.api_key, timeout=(3.0, 10.0))  # reviews wait behind it
        self.inbox = Inbox(self.service, self.ledger, label_studio)
        self.handlers = Handlers(self.service, self.inbox)
        self.service.start()
        self.inbox.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the threads after what they are at, and lets go of the files."""
        self.inbox.stop()
        self.service.stop()
        self.ledger.close()
        self.store.close()


def _load(settings: Settings) -> Scores:
    sleep_while_waiting()
    settings.spec.check()  # before torch loads
    from captionlint.core.clip.scorer import Scorer

    return Scorer.from_spec(settings.spec, device=settings.device)


_lock = threading.Lock()
_running: dict[int, Backend] = {}


def running(settings: Settings | None = None) -> Backend:
    """This process's backend, started on first use. By process: threads do not survive a fork, as gunicorn makes it."""
    with _lock:
        if os.getpid() not in _running:
            _running.clear()
            _running[os.getpid()] = Backend(settings or Settings.from_environment(os.environ))
        return _running[os.getpid()]
