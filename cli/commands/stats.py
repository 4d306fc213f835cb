"""``captionlint stats``: figures about a store."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.cells import cell_len

from captionlint.cli.console import alike, printable
from captionlint.cli.options.store import Db
from captionlint.core.errors import StoreError

if TYPE_CHECKING:
    from captionlint.db.operations.stats import Hits
    from captionlint.db.store import Store


def stats(
    db: Db,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Show how far the work is, how good the marks were, and how well annotators agree."""
    from captionlint.db.store import Store

    with Store.open(db, create=False, to_read=True) as store:
        figures = collect(store)
    if as_json:
        typer.echo(json.dumps(figures, ensure_ascii=False))
    else:
        _show(figures)


def collect(store: Store) -> dict[str, Any]:
    """All figures as plain data, ready for JSON."""
    from captionlint.db.operations import stats as ask

    counts, quality = ask.counts(store), ask.quality(store)
    return {
        "items": counts.items,
        "predicted": counts.predicted,
        "failed": counts.failed,
        "failure_reasons": counts.reasons,
        "reviewed": counts.reviewed,
        **{str(status): number for status, number in counts.by_status.items()},
        "scorer_version": counts.scorer_version,
        "model": _model(store),
        "epsilon": counts.epsilon,
        "words": _hits(quality.words),
        "spans": _hits(quality.spans),
        "blind_words": _hits(quality.blind),
        "kinds": {kind: {"n": h.right + h.missed, "recall": h.recall} for kind, h in quality.kinds.items()},
        "marks": _shares(quality.marks),
        "other_marks": quality.other_marks,
        "annotators": {name: _pace(seconds) for name, seconds in sorted(quality.seconds.items())},
        "seconds_per_item": _pace([s for times in quality.seconds.values() for s in times]),
        "agreement": _agreement(store),
    }


def _model(store: Store) -> str | None:
    """The shown scorer's model in a few words; None for another detector's scores."""
    from captionlint.db.operations import scorers

    shown = scorers.current(store)
    return None if shown is None or shown.spec is None else shown.spec.label


def _agreement(store: Store) -> list[dict[str, Any]] | None:
    from captionlint.db.operations import stats as ask

    try:
        pairs = ask.agreement(store)
    except StoreError as error:  # scikit-learn is an extra; the other figures do without
        typer.echo(str(error), err=True)
        return None
    return [{"annotators": list(p.annotators), "items": p.items, "words": p.words, "kappa": p.kappa} for p in pairs]


def _hits(hits: Hits) -> dict[str, Any]:
    return {
        "precision": hits.precision,
        "recall": hits.recall,
        "f1": hits.f1,
        "right": hits.right,
        "wrong": hits.wrong,
        "missed": hits.missed,
    }


def _shares(marks: dict[str, int]) -> dict[str, Any]:
    """What became of marks. The rates are of the marks shown; `added` is of the marks that stood in the end."""
    names = ("kept", "changed", "removed", "added")
    found = {name: marks.get(name, 0) for name in names}
    shown = found["kept"] + found["changed"] + found["removed"]
    stood = found["kept"] + found["changed"] + found["added"]
    rates = {f"{n}_rate": found[n] / whole if (whole := stood if n == "added" else shown) else None for n in names}
    return {**found, **rates}


def _pace(seconds: list[float]) -> dict[str, Any]:
    from captionlint.db.operations.stats import typical_seconds

    middle, mean = typical_seconds(seconds)
    return {"reviews": len(seconds), "median": middle, "mean": mean}


def _show(figures: dict[str, Any]) -> None:
    lines = [(printable(name), printable(value)) for name, value in _lines(figures)]
    width = max(cell_len(name) for name, _ in lines)
    for name, value in lines:
        typer.echo(f"{name}{' ' * (width - cell_len(name))}  {value}")


def _lines(figures: dict[str, Any]) -> list[tuple[str, str]]:
    names = ("items", "predicted", "failed", "reviewed", "pending", "accepted", "corrected", "rejected", "skipped")
    lines = [(name, str(figures[name])) for name in names]
    lines += [("failed because", alike(why, n)) for why, n in figures["failure_reasons"].items()]
    lines += _of_scorer(figures) if figures["scorer_version"] else []
    if figures["seconds_per_item"]["reviews"]:
        lines.append(("seconds an item (median)", _number(figures["seconds_per_item"]["median"])))
    for pair in figures["agreement"] or []:
        names_of_pair = " and ".join(pair["annotators"])
        lines.append((f"kappa of {names_of_pair}", f"{_number(pair['kappa'])} on {pair['items']} items"))
    return lines


def _of_scorer(figures: dict[str, Any]) -> list[tuple[str, str]]:
    """What is true of one scorer only, and its name before."""
    lines = [("scorer", figures["scorer_version"])]
    lines += [("model", figures["model"])] if figures["model"] else []
    lines.append(("epsilon", f"{figures['epsilon']:.4g}"))
    for name in ("words", "spans", "blind_words"):
        hits = figures[name]
        if hits["f1"] is not None:
            lines += [(f"{name} {part}", _number(hits[part])) for part in ("precision", "recall", "f1")]
    lines += [(f"recall of {kind}", f"{_number(v['recall'])} of {v['n']}") for kind, v in figures["kinds"].items()]
    marks = figures["marks"]
    lines += [
        (f"marks {n}", f"{marks[n]} ({_number(marks[f'{n}_rate'])})") for n in ("kept", "changed", "removed", "added")
    ]
    if figures["other_marks"]:
        lines.append(("not among these marks", f"{figures['other_marks']} items reviewed with another scorer's"))
    return lines


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
