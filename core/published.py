"""Which of open_clip's published weights the method cannot be applied to, told by their names alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def why_refused(model: str, tag: str) -> str | None:
    """Why loading would refuse published weights, in a few words; None where nothing is known against them."""
    from open_clip import get_model_config
    from open_clip.pretrained import get_pretrained_cfg

    config: dict[str, Any] = get_model_config(model) or {}
    weights: dict[str, Any] = get_pretrained_cfg(model, tag) or {}
    encoder = foreign_encoder(config)
    if encoder:
        return f"reads text with the Hugging Face encoder {encoder}"
    twin = better_twin(model, config, weights)
    return f"other activation: take {twin}:{tag}" if twin else None


def usable_tags(model: str) -> list[str]:
    """The published weights of an architecture that loading does not refuse by their name."""
    from open_clip import list_pretrained_tags_by_model

    return [tag for tag in list_pretrained_tags_by_model(model) if why_refused(model, tag) is None]


def foreign_encoder(config: Mapping[str, Any]) -> str | None:
    """The encoder of a text tower that is not open_clip's own."""
    found = config.get("text_cfg", {}).get("hf_model_name")
    return str(found) if found else None


def better_twin(model: str, config: Mapping[str, Any], weights: Mapping[str, Any]) -> str | None:
    """The architecture that has the activation which the weights were trained with, if it is not this one."""
    needed, built = bool(weights.get("quick_gelu")), bool(config.get("quick_gelu"))
    base = model.removesuffix("-quickgelu")
    return None if needed == built else f"{base}-quickgelu" if needed else base
