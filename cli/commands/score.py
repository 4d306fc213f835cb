"""``captionlint score IMAGE CAPTION``: one picture, one caption."""

from __future__ import annotations

import json
from math import isfinite
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from captionlint.cli.console import ERR, OUT, marked, number, printable
from captionlint.cli.options import model as options
from captionlint.core.clip.presets import LAYERS, TEMPLATE
from captionlint.core.errors import UsageError
from captionlint.core.prediction import Prediction


def score(
    image: Annotated[Path, typer.Argument(help="The picture's file.")],
    caption: Annotated[str, typer.Argument(help="What is said of it.")],
    model: options.ModelName = None,
    model_config: options.ModelConfig = None,
    checkpoint: options.Checkpoint = None,
    layers: options.Layers = LAYERS,
    template: options.Template = TEMPLATE,
    aggregate: options.AggregateOption = options.Aggregate.mean,
    device: options.Device = "auto",
    image_dtype: options.ImageDtypeOption = options.ImageDtype.float32,
    epsilon: Annotated[
        float | None,
        typer.Option("--epsilon", help="Flag words whose attribution is below this.  [default: the model's]"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Score every word of a caption against its picture."""
    spec = options.asked(
        model=model, model_config=model_config, checkpoint=checkpoint, layers=layers, template=template,
        aggregate=aggregate, image_dtype=image_dtype,
    )  # fmt: skip
    spec.check()  # before torch loads
    from captionlint.core.clip.scorer import Scorer

    scorer = Scorer.from_spec(spec, device=device)
    threshold = scorer.epsilon if epsilon is None else epsilon
    if not isfinite(threshold):
        raise UsageError("--epsilon is a number.")
    (prediction,) = scorer.score([image], [caption])
    if as_json:
        # ASCII, so that a caption with half a surrogate pair can still be printed.
        typer.echo(json.dumps(as_object(prediction, epsilon=threshold), ensure_ascii=True))
    else:
        _show(prediction, threshold)
    if scorer.details["model"] == "demo":
        _warn_of_unknown_words(prediction)


def as_object(prediction: Prediction, *, epsilon: float) -> dict[str, Any]:
    """The JSON form of a prediction, as the contract has it."""
    return {
        "scorer_version": prediction.scorer_version,
        "caption": prediction.caption,
        "cosine": prediction.cosine,
        "clip_score": prediction.clip_score,
        "f_clip_score": prediction.f_clip_score(epsilon),
        "epsilon": epsilon,
        "words": [
            {"text": w.text, "start": w.start, "end": w.end, "score": w.score, "flagged": w.flagged(epsilon)}
            | ({"reason": w.reason} if w.reason else {})
            for w in prediction.words
        ],
    }


def _show(prediction: Prediction, epsilon: float) -> None:
    OUT.print(marked(prediction.caption, prediction.words, epsilon=epsilon))
    OUT.print()
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("word", overflow="fold")
    table.add_column("attribution", justify="right")
    table.add_column("")
    for word in prediction.words:
        flagged = word.flagged(epsilon)
        note = "flagged" if flagged else word.reason or ""
        table.add_row(printable(word.text), number(word.score), note, style="bright_red" if flagged else "")
    OUT.print(table)
    OUT.print(
        f"\nCLIPScore {prediction.clip_score:.4f}   F-CLIPScore {number(prediction.f_clip_score(epsilon))}   "
        f"epsilon {epsilon:g}   {prediction.scorer_version}",
        style="dim",
        markup=False,
        soft_wrap=True,
    )


def _warn_of_unknown_words(prediction: Prediction) -> None:
    from captionlint.core.demo.vocabulary import known_words

    unknown = [printable(w.text) for w in prediction.words if w.text.lower() not in known_words()]
    if unknown:
        ERR.print(
            f"The bundled model knows only drawn scenes and never saw: {', '.join(dict.fromkeys(unknown[:8]))}. "
            "Their scores mean nothing; --model fast reads photographs.",
            style="yellow", markup=False, soft_wrap=True,
        )  # fmt: skip
