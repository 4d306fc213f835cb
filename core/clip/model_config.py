"""open_clip model configurations, read without open_clip: importing that loads torch, which takes seconds."""

from __future__ import annotations

import json
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from captionlint.core.errors import ModelError
from captionlint.core.regular_files import kind_of, open_regular

Config = dict[str, Any]
_PARTS: Final = frozenset({"embed_dim", "vision_cfg", "text_cfg"})
_TEXT_BLOCKS: Final = 12
"""Text blocks of a configuration that does not say how many: open_clip's default."""


def names() -> list[str]:
    """The architectures that open_clip knows."""
    loaded: Any = sys.modules.get("open_clip")
    if hasattr(loaded, "list_models"):  # the program may have added some
        return list(loaded.list_models())
    return list(_published())


def published(name: str) -> Config | None:
    """An architecture's configuration, None if there is none of that name. Not to be changed."""
    loaded: Any = sys.modules.get("open_clip")
    if hasattr(loaded, "get_model_config"):
        found: Config | None = loaded.get_model_config(name)
        return found
    return _published().get(name)


def read_file(path: Path) -> tuple[Config, Config]:
    """The model and the image transform (``preprocess_cfg``) of a configuration file.

    Raises:
        ModelError: the file is missing, is not JSON, or is not a model configuration; the message names it.
    """
    try:
        with open_regular(path) as file:
            content = json.loads(file.read().decode("utf-8"))
    except FileNotFoundError:
        raise ModelError(f"The model configuration {path} does not exist.") from None
    except OSError as error:
        raise ModelError(f"The model configuration {path} cannot be read: {error.strerror or error}.") from None
    except (ValueError, RecursionError) as error:
        raise ModelError(f"The model configuration {path} is not readable JSON ({error}).") from None
    config = content.get("model_cfg", content) if isinstance(content, dict) else None
    if not isinstance(config, dict) or not config.keys() >= _PARTS:
        raise ModelError(f"{path} is not an open_clip model configuration (embed_dim, vision_cfg, text_cfg).")
    preprocess = content.get("preprocess_cfg") or {}
    if not all(isinstance(part, dict) for part in (config["text_cfg"], config["vision_cfg"], preprocess)):
        raise ModelError(f"{path} is not an open_clip model configuration: its parts are not all objects.")
    return config, preprocess


def require_checkpoint(path: Path) -> None:
    """Raises `ModelError` where a checkpoint is missing, or is no regular file."""
    if not path.exists():
        raise ModelError(f"The checkpoint {path} does not exist.")
    if not path.is_file():
        raise ModelError(f"The checkpoint {path} is {kind_of(path.stat().st_mode)}, not a file.")


def text_blocks(config: Config) -> int | None:
    """How many blocks the text tower has, None where the configuration does not tell."""
    found = config["text_cfg"].get("layers", _TEXT_BLOCKS)
    return found if isinstance(found, int) and foreign_encoder(config) is None else None


def foreign_encoder(config: Config) -> str | None:
    """The encoder of a text tower that is not open_clip's own."""
    found = config.get("text_cfg", {}).get("hf_model_name")
    return str(found) if found else None


def package_folder() -> Path:
    """Where open_clip is installed.

    Raises:
        ModelError: it is not installed.
    """
    found = find_spec("open_clip")
    if found is None or found.origin is None:
        raise ModelError("The package open_clip_torch is not installed: run `pip install open_clip_torch`.")
    return Path(found.origin).parent


@cache
def _published() -> dict[str, Config]:
    read = ((path.stem, json.loads(path.read_text(encoding="utf-8"))) for path in _files())
    return {name: config for name, config in read if config.keys() >= _PARTS}


def _files() -> list[Path]:
    return sorted((package_folder() / "model_configs").glob("*.json"))
