"""``captionlint evaluate BENCHMARK --data DIR``: published data sets, with or without a model."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer
from rich.table import Table

from captionlint.cli.console import ERR, OUT
from captionlint.cli.progress import bar
from captionlint.core.errors import FormatError, UsageError

if TYPE_CHECKING:
    from captionlint.core.benchmarks.cases import Case, Dataset
    from captionlint.core.benchmarks.with_model import Entailment
    from captionlint.core.benchmarks.without_model import NoModel
    from captionlint.core.clip.scorer import Scorer

_TITLES: Final = {
    "la": "LA", "ap": "AP", "ap_clip_score": "AP of CLIPScore", "word_ap": "AP of words", "precision": "precision",
    "recall": "recall", "f1": "F1", "pair_accuracy": "pairs", "pearson": "Pearson", "spearman": "Spearman",
    "nli": "NLI",
}  # fmt: skip

_VARIANTS: Final = (
    "la_released_substring", "ap_released_span", "ap_original_positive", "ap_foil_positive",
    "pair_accuracy_f_clip_score",
)  # fmt: skip
"""Shown by the names that they have in the JSON: the released code's own, and the other polarity."""


def evaluate(
    benchmark: str,
    folder: Path,
    *,
    load: Callable[[], Scorer] | None,
    out: Path | None,
    epsilon: float | None,
    nli: str | None,
    as_json: bool,
) -> None:
    """Reads the data set and prints its figures; without `load`, those that need no model."""
    from captionlint.core.benchmarks.catalogue import DATASETS
    from captionlint.core.benchmarks.without_model import without_model

    if not folder.is_dir():
        raise FormatError(f"The folder {folder} does not exist.")
    dataset = DATASETS[benchmark]
    entailment = None if nli is None else _entailment(nli)
    cases = dataset.read(folder)
    plain = without_model(dataset, cases, folder)
    if plain.pictures_missing:
        typer.echo(f"{plain.pictures_missing} of {plain.pictures} pictures are not in {folder}", err=True)
    found: dict[str, Any] | None = None
    if load is not None:
        found = _measure(dataset, cases, folder, scorer=load(), out=out, epsilon=epsilon, entailment=entailment)
    if as_json:
        typer.echo(json.dumps(plain.as_dict() | (found or {}), allow_nan=False))
    else:
        _show(dataset, plain, found)


def _measure(
    dataset: Dataset,
    cases: list[Case],
    folder: Path,
    *,
    scorer: Scorer,
    out: Path | None,
    epsilon: float | None,
    entailment: Entailment | None,
) -> dict[str, Any]:
    from captionlint.core.benchmarks.running import run
    from captionlint.core.benchmarks.with_model import figures

    target = out or folder / f"captionlint-{dataset.name}-{_plain(scorer.version)}.jsonl"
    with bar(f"scoring {dataset.name}") as move:
        outcomes = run(scorer, cases, pictures=folder, out=target, on_progress=lambda n: move(n, len(cases)))
    if not outcomes:
        raise FormatError(f"No picture of {dataset.name} is in {folder}: put them there, or use --no-model.")
    threshold = scorer.epsilon if epsilon is None else epsilon
    ERR.print(f"every word's score is in {target}", style="dim", markup=False, soft_wrap=True)
    kinds = sorted({o.case.kind for o in outcomes} - {""})
    by_kind = {k: figures(dataset, [o for o in outcomes if o.case.kind == k], epsilon=threshold) for k in kinds}
    return {
        **figures(dataset, outcomes, epsilon=threshold, entailment=entailment),
        "scored": len(outcomes),
        "epsilon": threshold,
        "scorer_version": scorer.version,
        "by_kind": by_kind,
    }


def _plain(version: str) -> str:
    return "".join(c if c.isalnum() or c in ".-" else "_" for c in version)


def _entailment(name: str) -> Entailment:
    """The function that ``MODULE:FUNCTION`` names."""
    import importlib

    module, _, function = name.partition(":")
    try:
        found: Entailment = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise UsageError(f"--nli is MODULE:FUNCTION that can be imported; '{name}' cannot ({error}).") from None
    return found


def _show(dataset: Dataset, plain: NoModel, found: dict[str, Any] | None) -> None:
    paper = dict.fromkeys(name for _, row in dataset.paper for name in row)
    columns = [n for n in _TITLES if (found or {}).get(n) is not None or n in paper or n in ("la", "ap")]
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(dataset.name, no_wrap=True)
    for name in columns:
        table.add_column(_TITLES[name], justify="right")
    if found:
        table.add_row(f"this run, {found['scored']} captions", *(_number(found.get(n)) for n in columns), style="bold")
    chance = plain.base_rate if dataset.positive == "foil" else 1 - plain.base_rate
    rows: list[tuple[str, dict[str, Any]]] = [
        ("chance", {"la": plain.random_la, "ap": chance}),
        ("ceiling", {"la": plain.la_ceiling}),
        ("blind baseline (no picture)", {"la": plain.blind_la, "word_ap": plain.blind_word_ap}),
        *((f"the paper's: {method}", row) for method, row in dataset.paper),
    ]
    for title, row in rows:
        table.add_row(title, *(_number(row.get(n)) for n in columns))
    OUT.print(table)
    variants = {n: found[n] for n in _VARIANTS if found.get(n) is not None} if found else {}
    if variants:
        told = ", ".join(f"{name} {_number(value)}" for name, value in variants.items())
        OUT.print(f"\nOther ways to count: {told}", style="dim", soft_wrap=True)
    if found and found["by_kind"]:
        _show_kinds(found["by_kind"])


def _show_kinds(by_kind: dict[str, dict[str, Any]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("", "LA", "pairs", "AP of words"):
        table.add_column(title, justify="right" if title else "left")
    for kind, row in by_kind.items():
        table.add_row(kind, *(_number(row.get(n)) for n in ("la", "pair_accuracy", "word_ap")))
    OUT.print()
    OUT.print(table)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
