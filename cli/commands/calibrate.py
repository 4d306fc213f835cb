"""``captionlint calibrate``: learns from the reviews, and marks by what was learned."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from captionlint.cli.options import model as options
from captionlint.cli.options.store import Db
from captionlint.cli.progress import bar
from captionlint.core.errors import UsageError

if TYPE_CHECKING:
    from captionlint.core.calibration.evaluation import Figures
    from captionlint.core.calibration.fitting import Calibration, Fitted, Goal
    from captionlint.core.calibration.head import HeadTrial
    from captionlint.core.clip.scorer import Scorer
    from captionlint.db.store import Store


def calibrate(
    db: Db,
    target_recall: Annotated[
        float | None,
        typer.Option(
            "--target-recall", min=0.0, max=1.0, metavar="R", help="Miss at most 1 − R of the wrong words on average."
        ),
    ] = None,
    beta: Annotated[
        float | None, typer.Option("--beta", min=0.01, metavar="B", help="Best F-beta.  [default: 2, for recall]")
    ] = None,
    cost: Annotated[
        str | None,
        typer.Option("--cost", metavar="REMOVE:ADD", help="Least work: seconds to remove a mark, and to add one."),
    ] = None,
    model: options.ModelName = None,
    model_config: options.ModelConfig = None,
    checkpoint: options.Checkpoint = None,
    device: options.Device = "auto",
    seed: Annotated[int, typer.Option("--seed", min=0, help="Which images fit and which judge.")] = 0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the figures, change nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Learn from the reviews how probable it is that a word is wrong, and mark by that from now on.

    Without a model the stored attributions suffice, and it takes seconds. With --model every caption is asked more
    (the cosine without a word, with another number, …), which marks better and scores all items again; from 500
    reviewed captions a head on the model's features is tried, and used if it is better on images it has not seen.
    """
    goal = _goal(target_recall, beta, cost)
    from captionlint.core.calibration.evaluation import judge
    from captionlint.db.operations import calibration as calibrating
    from captionlint.db.operations import scorers
    from captionlint.db.store import Store

    scorer = None
    if model is not None or model_config is not None:
        spec = options.asked(model=model, model_config=model_config, checkpoint=checkpoint)
        spec.check()  # before torch loads
        from captionlint.core.clip.scorer import Scorer

        scorer = Scorer.from_spec(spec, device=device)
    with Store.open(db, create=False) as store:
        if scorer is None:
            fitted = calibrating.learn(store, goal=goal, seed=seed)
        else:
            fitted = _with_signals(store, scorer, goal, seed)
        figures = judge(fitted)
        calibration, moved, is_shown = fitted.calibration, None, True
        if not dry_run:
            is_shown = scorers.current(store) is None or calibrating.is_shown(store, version=calibration.base)
            _adopt(store, calibration, scorer, show=None if is_shown else False)
            moved = calibrating.drift_of_pending(store) if is_shown else None
    if as_json:
        typer.echo(json.dumps(_as_object(fitted, figures, moved, adopted=not dry_run), allow_nan=False))
    else:
        _show(fitted, figures)
    if not is_shown:
        typer.echo(
            f"The marks of another model are shown, as before; "
            f"`captionlint settings --db {store.name} --scorer '{calibration.version}'` shows these.",
            err=True,
        )
    if figures.ap < figures.ap_attribution:
        back = "" if dry_run else f"; `captionlint settings --db {db} --scorer '{fitted.calibration.base}'` goes back"
        typer.echo(
            f"On these reviews the calibrated scores order words no better than the plain ones "
            f"({figures.ap:.3f} against {figures.ap_attribution:.3f}): review more before relying on them{back}.",
            err=True,
        )
    if moved is not None and abs(moved) > 3:
        typer.echo(
            f"Drift: unreviewed captions get {'more' if moved > 0 else 'fewer'} marks than the reviewed ones "
            f"({moved:+.1f} standard errors); review some of them, then calibrate again.",
            err=True,
        )


def _with_signals(store: Store, scorer: Scorer, goal: Goal, seed: int) -> Fitted:
    from captionlint.core.calibration import signals
    from captionlint.db.operations.calibration import learn_with_signals

    return learn_with_signals(
        store,
        base=scorer.version,
        names=signals.SIGNALS,
        ask=lambda pairs, parts: signals.stream(scorer, pairs, parts=parts),
        goal=goal,
        seed=seed,
    )


def _adopt(store: Store, calibration: Calibration, scorer: Scorer | None, *, show: bool | None) -> None:
    try:
        with bar("marking" if scorer is None else "scoring") as move:
            if scorer is None:
                from captionlint.db.operations.calibration import adopt

                adopt(store, calibration=calibration, on_progress=move)
            else:
                from captionlint.core.calibration.calibrated_scorer import CalibratedScorer  # which loads torch
                from captionlint.db.prelabel.local import prelabel

                calibrated = CalibratedScorer(scorer, calibration)
                prelabel(store, calibrated, show=show, on_progress=lambda p: move(p.done, p.total))
    except KeyboardInterrupt:
        typer.echo("stopped, what was done is kept; run the command again to go on", err=True)
        raise typer.Exit(1) from None


def _goal(target_recall: float | None, beta: float | None, cost: str | None) -> Goal:
    from captionlint.core.calibration.fitting import Goal

    if sum(option is not None for option in (target_recall, beta, cost)) > 1:
        raise UsageError("Give one of --target-recall, --beta and --cost.")
    if target_recall is not None:
        if not 0 < target_recall < 1:
            raise UsageError("--target-recall lies between 0 and 1, say 0.8; 1 would mean marking every word.")
        return Goal.risk(1 - target_recall)
    if cost is not None:
        remove, add = _seconds(cost)
        return Goal.cost(remove=remove, add=add)
    return Goal() if beta is None else Goal(beta=beta)


def _seconds(cost: str) -> tuple[float, float]:
    try:
        remove, add = (float(part) for part in cost.split(":"))
    except ValueError:
        raise UsageError(f"--cost is REMOVE:ADD, two numbers such as 1:4, not '{cost}'.") from None
    if not (remove > 0 and add > 0):
        raise UsageError("Both costs of --cost are above 0.")
    return remove, add


def _as_object(fitted: Fitted, figures: Figures, moved: float | None, *, adopted: bool) -> dict[str, Any]:
    return {
        "scorer_version": fitted.calibration.version,
        "base": fitted.calibration.base,
        "epsilon": -fitted.calibration.cut,
        "adopted": adopted,
        "goal": fitted.calibration.as_dict()["goal"],
        "figures": figures.as_dict(),
        "cut_from_blind_reviews": fitted.cut_from_blind_reviews,
        "head": None if fitted.trial is None else fitted.trial.as_dict(),
        "drift": moved,
    }


def _show(fitted: Fitted, figures: Figures) -> None:
    from rich.table import Table

    from captionlint.cli.console import OUT

    low, high = figures.ap_interval
    OUT.print(
        f"{figures.captions} reviewed captions of {figures.images} images, {figures.wrong} of {figures.words} words "
        "wrong; every figure is of images that the model has not seen.\n"
    )
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("marks by", "AP of words"):
        table.add_column(title, justify="left" if title == "marks by" else "right")
    table.add_row("chance", f"{figures.base_rate:.3f}")
    table.add_row("blind baseline: the words without the picture", f"{figures.ap_blind:.3f}")
    table.add_row("attribution alone", f"{figures.ap_attribution:.3f}")
    table.add_row("calibrated", f"{figures.ap:.3f}  ({low:.3f}–{high:.3f})", style="bold")
    OUT.print(table)
    OUT.print(
        f"\nMarked above probability {figures.cut:.3f}: precision {_number(figures.precision)}, "
        f"recall {_number(figures.recall)}, {figures.flag_rate:.1%} of words marked."
        f"\nCalibration error {figures.ece:.3f}, Brier score {figures.brier:.4f}."
    )
    if fitted.trial is not None:
        OUT.print(_head(fitted.trial), soft_wrap=True)
    OUT.print(_promise(fitted, figures), style="dim", soft_wrap=True)


def _head(trial: HeadTrial) -> str:
    low, high = trial.gain
    said = "It is used." if trial.used else "It is not better for sure, so it is not used."
    return (
        f"A head learned on the model's features: AP of words {trial.ap:.3f} with it, {trial.ap_without:.3f} without "
        f"(difference {low:+.3f} to {high:+.3f}), on images that neither has seen. {said}"
    )


def _promise(fitted: Fitted, figures: Figures) -> str:
    goal = fitted.calibration.goal
    swayed = "" if fitted.cut_from_blind_reviews else " Marks were shown during most of these reviews and may have "
    swayed += "" if fitted.cut_from_blind_reviews else "swayed them; blind items judge without that."
    if goal.kind == "risk":
        return (
            f"Promise (conformal risk control): of the wrong words of an image, a share of at most {goal.alpha:g} is "
            f"missed on average over images like these, as their reviewers would judge; here {_number(figures.missed)}."
            + swayed
        )
    if goal.kind == "cost":
        return f"The cut makes the least work at {goal.remove:g} to remove a mark and {goal.add:g} to add one." + swayed
    return f"The cut has the highest F{goal.beta:g}. --target-recall sets one with a promise instead." + swayed


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
