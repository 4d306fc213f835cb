"""The options that name a model, the same for every command that scores, and the model that they ask for."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from captionlint.core.clip.model_spec import ModelSpec
from captionlint.core.clip.presets import DEFAULT, LAYERS, PRESETS, TEMPLATE
from captionlint.core.errors import UsageError


class Aggregate(StrEnum):
    """How a word's tokens make its attribution."""

    mean = "mean"
    sum = "sum"
    min = "min"


class ImageDtype(StrEnum):
    """The number type of the image tower."""

    float32 = "float32"
    bfloat16 = "bfloat16"
    auto = "auto"


def _presets(incomplete: str) -> list[str]:
    """What Tab offers."""
    return [name for name in PRESETS if name.startswith(incomplete)]


ModelName = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME[:PRETRAINED]",
        autocompletion=_presets,
        help="A preset (see `captionlint models`) or a model's name.",
    ),
]
ModelConfig = Annotated[
    Path | None, typer.Option("--model-config", metavar="F.json", help="An open_clip model configuration.")
]
Checkpoint = Annotated[
    Path | None, typer.Option("--checkpoint", metavar="F.safetensors", help="The weights for --model-config.")
]
Layers = Annotated[int, typer.Option("--layers", min=1, metavar="K", help="How many of the last text blocks to read.")]
Template = Annotated[str, typer.Option("--template", metavar="T", help="What stands before each caption.")]
AggregateOption = Annotated[Aggregate, typer.Option("--aggregate", help="How a word's tokens make its attribution.")]
Device = Annotated[str, typer.Option("--device", metavar="D", help="auto, cpu, cuda, cuda:1, …")]
ImageDtypeOption = Annotated[ImageDtype, typer.Option("--image-dtype", help="The number type of the image tower.")]


def asked(
    *,
    model: str | None,
    model_config: Path | None,
    checkpoint: Path | None,
    layers: int = LAYERS,
    template: str = TEMPLATE,
    aggregate: Aggregate = Aggregate.mean,
    image_dtype: ImageDtype = ImageDtype.float32,
    default: str = DEFAULT,
) -> ModelSpec:
    """The model that the options ask for, checked as far as that goes before torch loads; `default` if they name none.

    Raises `UsageError` where the options do not go together, and what `ModelSpec.check` raises.
    """
    if (model_config is None) != (checkpoint is None):
        raise UsageError("--model-config and --checkpoint go together; give both or neither.")
    if model is not None and model_config is not None:
        raise UsageError("Give either --model, or --model-config with --checkpoint.")
    if model_config is not None and checkpoint is not None:
        spec = ModelSpec.of_files(
            model_config,
            checkpoint,
            template=template,
            layers=layers,
            aggregate=aggregate.value,
            image_dtype=image_dtype.value,
        )
    else:
        spec = ModelSpec.of_name(
            model or default,
            template=template,
            layers=layers,
            aggregate=aggregate.value,
            image_dtype=image_dtype.value,
        )
    spec.check()
    return spec
