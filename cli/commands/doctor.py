"""``captionlint doctor``: whether all is well here, as text that a bug report can carry; no secrets in it."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from captionlint.cli.commands import installation
from captionlint.cli.options.store import named
from captionlint.core.errors import first_line

_LITTLE = 2_000_000_000
"""Bytes free on a disk, below which the doctor speaks of it."""


def doctor(
    db: Annotated[
        str | None,
        typer.Option(
            "--db", metavar="FILE.db", callback=named, help="Also look over this store; nothing in it is changed."
        ),
    ] = None,
    test: Annotated[
        bool, typer.Option("--test/--no-test", help="Score drawn scenes and compare; without it torch is not loaded.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Say what is installed, where things lie, and whether the scorer and a store are sound."""
    problems: list[str] = []
    found = _installation(problems)
    if not as_json:
        _show(found)
    more: dict[str, dict[str, Any]] = {}
    if test:
        more["scorer"] = _self_test(problems)
    if db is not None:
        more["store"] = _store(db, problems)
    if as_json:
        typer.echo(json.dumps({**found, **more, "problems": problems}, ensure_ascii=False))
    else:
        _show(more)
        _conclude(problems)
    if problems:
        raise typer.Exit(1)


def _installation(problems: list[str]) -> dict[str, dict[str, Any]]:
    places = installation.places()
    free = {name: bytes_ for name, path in places.items() if (bytes_ := installation.free_bytes(path)) is not None}
    if changed := installation.changed_files():
        problems.append(f"{len(changed)} files are not as they were installed, first {changed[0]}: install anew.")
    least = min(free, key=lambda name: free[name], default=None)
    if least is not None and free[least] < _LITTLE:
        problems.append(f"Only {free[least] / 1e6:,.0f} MB are free where the {least} is ({_tilde(places[least])}).")
    return {
        "versions": installation.versions(),
        "places": {name: _tilde(path) for name, path in places.items()},
        "free_bytes": free,
        "models": {
            "demo": "bundled",
            **installation.kept_models(places["models"]),
            **{f"{name} (unfinished)": size for name, size in installation.unfinished_models(places["models"]).items()},
        },
        "environment": installation.environment(),
        "gpu": installation.driver(),
    }


def _self_test(problems: list[str]) -> dict[str, Any]:
    """Loads torch and scores; what goes wrong on the way is a problem, not the end."""
    begun = time.perf_counter()
    try:
        import torch

        from captionlint.core.clip.scorer import Scorer
        from captionlint.core.demo import self_test

        scorer = Scorer.from_pretrained("demo", device="cpu")
        loaded = time.perf_counter()
        result = self_test.run(scorer)
    except Exception as error:  # a broken installation of torch has many faces
        problems.append(f"The scorer does not run: {type(error).__name__}: {first_line(error)}.")
        return {"passed": False}
    scored = time.perf_counter()
    if not result.passed:
        problems.append(
            f"The scorer's numbers are off (cosines by {result.cosine_off:.1e}, words by {result.score_off:.1e}, "
            f"{result.other_marks} marked otherwise): scores of this machine are not to be trusted."
        )
    return {
        "torch": f"{torch.__version__}, {torch.get_num_threads()} threads, {torch.backends.cpu.get_cpu_capability()}",
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else "none seen",
        "seconds_to_load": round(loaded - begun, 1),
        "seconds_to_score": round(scored - loaded, 2),
        **asdict(result),
        "passed": result.passed,
    }


def _store(db: str, problems: list[str]) -> dict[str, Any]:
    from captionlint.db.engine.inspect import examine

    found = asdict(examine(db))
    problems += found.pop("problems")
    return {**found, "name": _tilde(found["name"])}


def _tilde(path: Path | str) -> str:
    return installation.without_home(str(path))


def _show(parts: dict[str, dict[str, Any]]) -> None:
    for title, part in parts.items():
        typer.echo(title.replace("_", " ") if part else f"{title}: nothing set")
        for name, value in part.items():
            shown = name if title == "environment" else name.replace("_", " ")
            typer.echo(f"  {shown}: {_spoken(title, name, value)}")


def _spoken(title: str, name: str, value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{n} {v}" for n, v in value.items()) or "–"
    if isinstance(value, list):
        return ", ".join(map(_tilde, value)) or "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and "off" in name:
        return f"{value:.1e}"
    if isinstance(value, int) and (title in ("free_bytes", "models") or name == "size"):
        return f"{value / 1e9:,.1f} GB" if value >= 10**9 else f"{value / 1e6:,.1f} MB"
    return str(value) if value not in ("", None) else "not installed" if title == "versions" else "–"


def _conclude(problems: list[str]) -> None:
    if not problems:
        typer.echo("\nAll is well.")
        return
    typer.echo(f"\n{'A problem' if len(problems) == 1 else 'Problems'}")
    for sentence in problems:
        typer.echo(f"  {_tilde(sentence)}")
