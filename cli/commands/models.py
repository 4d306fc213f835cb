"""``captionlint models``: what --model takes."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from captionlint.cli.console import OUT
from captionlint.core.clip.presets import DEFAULT, PRESETS


def models(
    every: Annotated[bool, typer.Option("--all", help="List every model and weights of open_clip too.")] = False,
) -> None:
    """List the models that can be used."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("--model", "stands for", "download", "good for"):
        table.add_column(title, justify="right" if title == "download" else "left")
    for preset in PRESETS.values():
        stands_for = f"{preset.model}:{preset.pretrained}" if preset.pretrained else "bundled"
        size = f"{preset.megabytes:,} MB" if preset.pretrained else "none"
        name = f"{preset.name} (default)" if preset.name == DEFAULT else preset.name
        table.add_row(name, stands_for, size, preset.good_for)
    OUT.print(table)
    if not every:
        OUT.print("\nAny other model of open_clip goes by NAME:PRETRAINED; --all lists them.", style="dim")
        return
    from captionlint.core.clip.published import known, why_refused

    OUT.print()
    for model, weights in known():
        why = why_refused(model, weights)
        typer.echo(f"{model}:{weights}" + (f"  (refused: {why})" if why else ""))
