"""The class that label-studio-ml is given. It runs unchanged on 1.0.9 and on the 2.x interface.

The former makes it with (label_config, train_output), the latter with (project_id, label_config); so it has no
constructor of its own and holds nothing: model, store and threads are `ml_backend.backend`'s, one for the process.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from label_studio_ml.model import LabelStudioMLBase

from captionlint.ml_backend.backend import running


class CaptionlintBackend(LabelStudioMLBase):  # type: ignore[misc]  # label-studio-ml has no types
    """Marks the words of captions that their pictures do not bear out."""

    def setup(self) -> None:
        """Called by 2.x when it makes the class."""
        if hasattr(self, "set"):
            status, answer = running().handlers.versions()
            if status == 200:
                self.set("model_version", answer["versions"][0])

    def predict(self, tasks: Sequence[Any], context: Any = None, **kwargs: Any) -> list[dict[str, Any]]:
        """One prediction a task; plain dicts are taken by both interfaces."""
        config = kwargs.get("project_config") or getattr(self, "label_config", None)
        return running().handlers.predictions(tasks, config=config, context=context)

    def fit(self, *args: Any, **kwargs: Any) -> None:
        """Takes an event: ``fit(event, data)`` by 2.x, ``fit((), event=…, data=…)`` by 1.0.9.

        Returns nothing: to 1.0.9 a result would be a new version.
        """
        event = kwargs.get("event") or next((arg for arg in args if isinstance(arg, str)), "")
        data = kwargs.get("data") or next((arg for arg in args if isinstance(arg, dict)), {})
        running().handlers.webhook({**data, "action": event})
