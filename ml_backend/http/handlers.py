"""Label Studio's requests as functions from dict to dict: no framework, no HTTP but a status code.

Whatever comes in, the answer is JSON, never an exception: Label Studio swallows errors, and so shows nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

from captionlint.core.errors import CaptionlintError, FormatError
from captionlint.core.formats.label_studio.names import OWN, Labelling
from captionlint.core.formats.records import RowError
from captionlint.ml_backend.label_studio.label_config import labelling_of
from captionlint.ml_backend.label_studio.predictions import not_yet, nothing
from captionlint.ml_backend.label_studio.tasks import Task, task_of
from captionlint.ml_backend.predict.interactive import suggest
from captionlint.ml_backend.predict.service import SETUP, Service
from captionlint.ml_backend.reviews.webhooks import Inbox

_LOG: Final = logging.getLogger(__name__)
UNKNOWN: Final = "unavailable"
"""The version that an answer carries while there is no model to name."""
Answer = tuple[int, dict[str, Any]]


class Handlers:
    """What each route does: the status of the answer, and its body."""

    def __init__(self, service: Service, inbox: Inbox) -> None:
        self._service = service
        self._inbox = inbox

    def health(self) -> Answer:
        """Up, at once: Label Studio waits for a second, and asks before all else."""
        return 200, {"status": "UP", "model_class": "CaptionlintBackend"}

    def setup(self, body: Any) -> Answer:
        """The version, the same that every prediction carries; a project that cannot be marked is told why."""
        config = body.get("schema") if isinstance(body, Mapping) else None
        try:
            if isinstance(config, str) and config.strip():
                labelling_of(config)
            return 200, {"model_version": self._service.marking(timeout=SETUP).version}
        except FormatError as error:
            return 400, {"error": str(error)}
        except CaptionlintError as error:
            return 503, {"error": str(error)}

    def versions(self) -> Answer:
        """The one version that there is."""
        try:
            return 200, {"versions": [self._service.marking(timeout=SETUP).version]}
        except CaptionlintError as error:
            return 503, {"versions": [], "error": str(error)}

    def predict(self, body: Any) -> Answer:
        """One result a task. A body without a list of tasks is the caller's mistake."""
        tasks = body.get("tasks") if isinstance(body, Mapping) else None
        if not isinstance(body, Mapping) or not isinstance(tasks, list):
            return 400, {"error": "The body is to be an object with a list of tasks."}
        params = body.get("params")
        context = params.get("context") if isinstance(params, Mapping) else None
        results = self.predictions(tasks, config=body.get("label_config"), context=context)
        version = next((result["model_version"] for result in results), UNKNOWN)
        return 200, {"results": results, "model_version": version}

    def predictions(self, tasks: Sequence[Any], *, config: Any, context: Any = None) -> list[dict[str, Any]]:
        """The results of `predict`, also for label-studio-ml's own way to them. Never raises."""
        try:
            labelling = labelling_of(config) if isinstance(config, str) and config.strip() else OWN
            asked = [_read(row, labelling) for row in tasks]
            if context and len(asked) == 1 and isinstance(asked[0], Task):
                return [suggest(self._service, asked[0], labelling, context)]
            return self._service.answer(asked, labelling)
        except FormatError as error:
            _LOG.warning("no task gets marks: %s", error)
            return [nothing(self._version()) for _ in tasks]
        except CaptionlintError as error:
            _LOG.warning("%d tasks get no answer now: %s", len(tasks), error)
        except Exception:
            _LOG.exception("%d tasks get no answer now", len(tasks))
        return [not_yet(UNKNOWN) for _ in tasks]

    def webhook(self, body: Any) -> Answer:
        """Takes an event down; what it means is worked out later."""
        action = body.get("action") if isinstance(body, Mapping) else None
        if not isinstance(body, Mapping) or not isinstance(action, str):
            return 400, {"error": "The body is to be an object with an action."}
        try:
            return 201, {"queued": self._inbox.take(action, body)}
        except Exception:
            _LOG.exception("an event cannot be kept")
            return 503, {"error": "The event cannot be kept: see the backend's log."}

    def _version(self) -> str:
        try:
            return self._service.marking(timeout=0).version
        except CaptionlintError:
            return UNKNOWN


def _read(row: Any, labelling: Labelling) -> Task | str:
    try:
        return task_of(row, labelling)
    except RowError as error:
        number = row.get("id") if isinstance(row, Mapping) else None
        return f"task {number!r:.40}: {error}"
