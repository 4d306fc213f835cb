"""How the backend is set up: by the environment, under the names that Label Studio's own examples use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from captionlint.core.clip.model_spec import ModelSpec
from captionlint.core.clip.presets import DEFAULT
from captionlint.core.errors import UsageError


@dataclass(frozen=True, slots=True)
class Settings:
    """What a backend is started with.

    Attributes:
        db: the store, made if it is not there; what Label Studio sends lies in a file beside it.
        url, api_key: Label Studio's address and a token, for the pictures that only it has.
        local_root: Label Studio's folder of local files, where this machine has it too.
        allowed: hosts and networks that pictures may come from although their addresses are private.
        user, password: what callers must show; both or neither.
    """

    db: str = "review.db"
    model: str | None = None
    model_config: str | None = None
    checkpoint: str | None = None
    device: str = "auto"
    url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    local_root: Path | None = None
    allowed: tuple[str, ...] = ()
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def spec(self) -> ModelSpec:
        """The model that was asked for.

        Raises:
            UsageError: there is none of that name, or not both of configuration and checkpoint are given.
        """
        if self.model_config is None and self.checkpoint is None:
            return ModelSpec.of_name(self.model or DEFAULT)
        if self.model_config is None or self.checkpoint is None or self.model is not None:
            raise UsageError(
                "Give either CAPTIONLINT_MODEL, or CAPTIONLINT_MODEL_CONFIG together with CAPTIONLINT_CHECKPOINT."
            )
        return ModelSpec.of_files(self.model_config, self.checkpoint)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Reads the variables that ``ml_backend/README.md`` lists; an empty one counts as none."""

        def value(*names: str) -> str | None:
            return next((found for name in names if (found := environment.get(name, "").strip())), None)

        folder, root = value("MODEL_DIR"), value("LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT", "LOCAL_FILES_DOCUMENT_ROOT")
        return cls(
            db=value("CAPTIONLINT_DB") or str(Path(folder or ".") / "review.db"),
            model=value("CAPTIONLINT_MODEL"),
            model_config=value("CAPTIONLINT_MODEL_CONFIG"),
            checkpoint=value("CAPTIONLINT_CHECKPOINT"),
            device=value("CAPTIONLINT_DEVICE") or "auto",
            url=value("LABEL_STUDIO_URL", "LABEL_STUDIO_HOST"),
            api_key=value("LABEL_STUDIO_API_KEY", "LABEL_STUDIO_ACCESS_TOKEN"),
            local_root=Path(root) if root else None,
            allowed=tuple(part for part in (value("CAPTIONLINT_ALLOW_HOSTS") or "").replace(",", " ").split()),
            user=value("BASIC_AUTH_USER"),
            password=value("BASIC_AUTH_PASS"),
        )
