"""The options that name a model, the same for every command that scores, and the scorer that they ask for."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.errors import UsageError
from core.presets import LAYERS, PRESETS, TEMPLATE

if TYPE_CHECKING:
    from core.scorer import Scorer


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


def settings(*, layers: int, template: str, aggregate: str, device: str, image_dtype: str) -> dict[str, Any]:
    """The settings as plain data, as `core.scorer.Scorer` takes them."""
    return {
        "layers": layers,
        "template": template,
        "aggregate": str(aggregate),
        "device": device,
        "image_dtype": str(image_dtype),
    }


def load_scorer(
    *,
    model: str | None,
    model_config: Path | None,
    checkpoint: Path | None,
    layers: int = LAYERS,
    template: str = TEMPLATE,
    aggregate: str = "mean",
    device: str = "auto",
    image_dtype: str = "float32",
) -> Scorer:
    """Imports torch and loads the model; raises `UsageError` where the options do not go together."""
    if (model_config is None) != (checkpoint is None):
        raise UsageError("--model-config and --checkpoint go together; give both or neither.")
    if model is not None and model_config is not None:
        raise UsageError("Give either --model, or --model-config with --checkpoint.")
    from core.scorer import Scorer

    given = settings(layers=layers, template=template, aggregate=aggregate, device=device, image_dtype=image_dtype)
    if model_config is not None and checkpoint is not None:
        return Scorer.from_files(model_config, checkpoint, **given)
    return Scorer.from_pretrained(model, **given) if model else Scorer.from_pretrained(**given)
