"""``captionlint demo``: the whole job once, on the bundled model and drawn scenes, without a network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from captionlint.cli.console import OUT, marked, number
from captionlint.cli.progress import bar
from captionlint.core.prediction import DEFAULT_EPSILON, Prediction

if TYPE_CHECKING:
    from captionlint.db.store import Store

_SHOWN = 24
_NOTE = (
    "Synthetic: drawn scenes and a small model that was trained on such scenes. Nothing here says how well a model "
    "does on photographs."
)


@dataclass(frozen=True, slots=True)
class Marked:
    """An item of the demo: its prediction, and the word that is known to be wrong, if one is."""

    name: str
    picture: Path
    prediction: Prediction
    wrong: dict[str, Any] | None


def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder for the pictures, the store and the report.")] = Path(
        "captionlint-demo"
    ),
    count: Annotated[int, typer.Option("--count", min=2, help="How many scenes.")] = 64,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Which scenes.")] = 7,
) -> None:
    """Mark the wrong words of drawn scenes: reads a data set, fills a store, shows a table, writes a report."""
    from captionlint.core.palette import reach
    from captionlint.db.operations import scorers
    from captionlint.db.prelabel.demo import STORE, make
    from captionlint.db.store import Store

    path = out / STORE
    with bar("scoring") as move:
        source = make(out, count=count, seed=seed, on_progress=lambda p: move(p.done, p.total))
    with Store.open(path) as store:
        current = scorers.current(store)
        found = _collect(store, source)
    epsilon = current.epsilon if current else DEFAULT_EPSILON
    found.sort(key=lambda m: m.prediction.f_clip_score(epsilon))
    _show(found, epsilon)
    report = out / "report.html"
    scale = reach(w.score for m in found for w in m.prediction.words if w.score is not None)
    _write(report, found, epsilon=epsilon, scale=scale)
    OUT.print(f"\nStore:  {path}\nReport: {report.resolve().as_uri()}", markup=False, soft_wrap=True)


def _collect(store: Store, source: Path) -> list[Marked]:
    """This run's items with their predictions and the truth."""
    from captionlint.db.operations import items

    found = []
    rows = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        item_id = items.find(store, source_id=row["id"])
        item = items.get(store, item_id=item_id) if item_id is not None else None
        if item is not None and item.prediction is not None:
            found.append(Marked(row["id"], Path(item.image), item.prediction, row["wrong"]))
    return found


def _show(found: Sequence[Marked], epsilon: float) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim", title_justify="left")
    table.add_column("F-CLIPScore", justify="right")
    table.add_column("caption", ratio=1)
    table.add_column("truth", style="dim")
    for item in found[:_SHOWN]:
        prediction = item.prediction
        truth = f"{item.wrong['text']} → {item.wrong['right']}" if item.wrong else "right"
        score = number(prediction.f_clip_score(epsilon))
        table.add_row(score, marked(prediction.caption, prediction.words, epsilon=epsilon), truth)
    OUT.print(table)
    if len(found) > _SHOWN:
        OUT.print(f"… and {len(found) - _SHOWN} less suspicious ones, all in the report.", style="dim")
    OUT.print(f"\n{_tally(found, epsilon)}")
    OUT.print(_NOTE, style="dim")


def _tally(found: Sequence[Marked], epsilon: float) -> str:
    wrong = [m for m in found if m.wrong]
    caught = sum(_hit(m, epsilon) for m in wrong)
    marks = sum(w.flagged(epsilon) for m in found for w in m.prediction.words)
    beside = marks - caught
    return (
        f"{len(found)} captions, {len(wrong)} of them with a wrong word: {caught} of those words are marked, "
        f"and {beside} {'mark stands on a right word' if beside == 1 else 'marks stand on right words'}."
    )


def _hit(item: Marked, epsilon: float) -> bool:
    return any(w.flagged(epsilon) and item.wrong and w.start == item.wrong["start"] for w in item.prediction.words)


def _write(path: Path, found: Sequence[Marked], *, epsilon: float, scale: float) -> None:
    from captionlint.cli.report.html import ReportRow, write_report

    rows = (ReportRow(m.name, m.picture, m.prediction) for m in found)
    facts = {
        "items": str(len(found)),
        "flagged words": str(sum(w.flagged(epsilon) for m in found for w in m.prediction.words)),
        "scorer": found[0].prediction.scorer_version if found else "",
    }
    write_report(
        path, rows, title="Captionlint: drawn scenes", facts=facts, epsilon=epsilon, scale=scale,
        note=f"{_tally(found, epsilon)} {_NOTE}",
    )  # fmt: skip
