"""``captionlint evaluate BENCHMARK``: how well a model finds wrong words."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from captionlint.cli.console import OUT
from captionlint.cli.options import model as options
from captionlint.cli.progress import bar
from captionlint.core.clip.presets import DEFAULT, DEMO, LAYERS, TEMPLATE
from captionlint.core.clip.published import nearest
from captionlint.core.errors import UnprobeableError, UsageError

if TYPE_CHECKING:
    from captionlint.core.benchmarks.heat import HeatReport
    from captionlint.core.benchmarks.scenes import SceneReport
    from captionlint.core.clip.scorer import Scorer


def evaluate(
    benchmark: Annotated[
        str,
        typer.Argument(
            help="scenes (drawn, with one swapped word), foil, nocaps-foil, hat, seetrue-feedback, rich-hf, valse, "
            "sugarcrepe or finematch."
        ),
    ],
    data: Annotated[
        Path | None, typer.Option("--data", metavar="DIR", help="The folder with the published files and pictures.")
    ] = None,
    no_model: Annotated[
        bool, typer.Option("--no-model", help="Only what needs neither weights nor pictures: chance, ceiling.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="F.jsonl", help="Every word's score; a run goes on from it.  [default: in DIR]"),
    ] = None,
    epsilon: Annotated[
        float | None,
        typer.Option("--epsilon", help="Flag words whose attribution is below this.  [default: the model's]"),
    ] = None,
    nli: Annotated[
        str | None,
        typer.Option(
            "--nli", metavar="MODULE:FUNCTION", help="Entailment: from (premise, hypothesis) pairs to chances."
        ),
    ] = None,
    model: options.ModelName = None,
    model_config: options.ModelConfig = None,
    checkpoint: options.Checkpoint = None,
    layers: options.Layers = LAYERS,
    template: options.Template = TEMPLATE,
    aggregate: options.AggregateOption = options.Aggregate.mean,
    device: options.Device = "auto",
    image_dtype: options.ImageDtypeOption = options.ImageDtype.float32,
    count: Annotated[int, typer.Option("--count", min=1, help="Scenes to draw.")] = 2000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Which scenes; the same seed draws the same ones.")] = 0,
    occlusion: Annotated[
        int, typer.Option("--occlusion", min=0, metavar="N", help="Of up to 400 scenes for heat maps, cover these too.")
    ] = 40,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure how well a model finds wrong words. For scenes the default model is the bundled one."""
    _check(benchmark, data, no_model=no_model)

    def load(default: str = DEFAULT) -> Scorer:
        spec = options.asked(
            model=model, model_config=model_config, checkpoint=checkpoint, layers=layers, template=template,
            aggregate=aggregate, image_dtype=image_dtype, default=default,
        )  # fmt: skip
        spec.check()  # before torch loads
        from captionlint.core.clip.scorer import Scorer

        return Scorer.from_spec(spec, device=device)

    if data is not None:
        from captionlint.cli.commands import evaluate_data

        evaluate_data.evaluate(
            benchmark, data, load=None if no_model else load, out=out, epsilon=epsilon, nli=nli, as_json=as_json
        )
        return
    scorer = load(DEMO)
    report = _scenes(scorer, count=count, seed=seed)
    heat = _heat(scorer, count=min(count, 400), seed=seed, occlusion=occlusion)
    if as_json:
        found = report.as_dict() | {"heat": asdict(heat) if heat else None}
        typer.echo(json.dumps(found, allow_nan=False, default=float))
    else:
        _show(report)
        _show_heat(heat)


def _check(benchmark: str, data: Path | None, *, no_model: bool) -> None:
    from captionlint.core.benchmarks.catalogue import DATASETS

    names = ("scenes", *DATASETS)
    if benchmark not in names:
        raise UsageError(
            f"There is no benchmark '{benchmark}'{nearest(benchmark, names)}; there are: {', '.join(names)}."
        )
    if benchmark == "scenes" and (data is not None or no_model):
        raise UsageError("scenes are drawn, not read: --data and --no-model are for the other benchmarks.")
    if benchmark != "scenes" and data is None:
        raise UsageError(f"{benchmark} needs --data DIR, the folder with {DATASETS[benchmark].files}.")


def _scenes(scorer: Scorer, *, count: int, seed: int) -> SceneReport:
    from captionlint.core.benchmarks import scenes

    with bar("scoring scenes") as move:
        return scenes.evaluate(scorer, count=count, seed=seed, on_progress=lambda done: move(done, count))


def _heat(scorer: Scorer, *, count: int, seed: int, occlusion: int) -> HeatReport | None:
    """None for an image tower that shows no heat maps."""
    from captionlint.core.benchmarks import heat
    from captionlint.core.clip.heatmap import HeatMaps

    try:
        maps = HeatMaps(scorer)
    except UnprobeableError:
        return None
    with bar("drawing heat maps") as move:
        return heat.evaluate(
            maps, count=count, seed=seed, occlusion=occlusion, on_progress=lambda done: move(done, count)
        )


def _show_heat(heat: HeatReport | None) -> None:
    if heat is None:
        OUT.print("\nHeat maps: not for this image tower.")
        return
    by_occlusion = ""
    if heat.occlusion_hit is not None:
        by_occlusion = (
            f"\nBy occlusion, the first {heat.occlusion_scenes} scenes: "
            f"{heat.occlusion_hit:.3f} and {heat.occlusion_other:.3f}."
        )
    OUT.print(
        f"\nHeat maps, {heat.scenes:,} scenes with two objects: the highest point lies on the named object "
        f"{heat.hit:.3f}, on the other {heat.other:.3f} (chance {heat.chance:.3f})." + by_occlusion,
        soft_wrap=True,
    )


def _show(report: SceneReport) -> None:
    OUT.print(
        f"{report.count:,} drawn scenes, seed {report.seed}, {report.scorer_version}",
        markup=False,
        soft_wrap=True,
    )
    OUT.print("Synthetic: these figures say nothing about photographs.\n", style="dim")
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("swapped word", "scenes", "LA", "same word", "pairs"):
        table.add_column(title, justify="left" if title == "swapped word" else "right")
    for kind, row in report.by_kind.items():
        table.add_row(kind, f"{row.n:,}", *(f"{v:.3f}" for v in (row.la, row.same_word_auc, row.pair_accuracy)))
    table.add_row("all", f"{report.count:,}", f"{report.la:.3f}", "", f"{report.pair_accuracy:.3f}", style="bold")
    OUT.print(table)
    OUT.print(
        f"\nAP over the words of swapped captions {report.ap:.3f}, "
        f"with as many right captions added {report.ap_mixed:.3f}."
        f"\nBest F1 on these scenes at epsilon {report.best_epsilon:.2e}: "
        f"precision {report.best_precision:.3f}, recall {report.best_recall:.3f}."
    )
    OUT.print(
        f"\nLA: the swapped word is the lowest (chance {report.random_la:.3f}). Same word: chance that a word scores\n"
        "lower where it is wrong than the same word where it is right (chance .500). LA alone deceives: a kind can\n"
        "reach 1.000 by being negative in every caption. Pairs: the right caption has the higher cosine (chance .500).",
        style="dim",
    )
