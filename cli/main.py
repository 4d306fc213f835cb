"""Puts the commands together. Each command is a file of its own with one function, registered here by name."""

from __future__ import annotations

import io
import logging
import sys
from typing import Annotated

import typer
from rich.console import Console

from captionlint.core import interrupts
from captionlint.core.errors import CaptionlintError

app = typer.Typer(
    name="captionlint",
    help="Find the words of a caption that its picture does not bear out.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"captionlint {version('captionlint')}")
        raise typer.Exit


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks and the libraries' log.")] = False,
    version: Annotated[  # noqa: ARG001 — answered by its callback
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Find the words of a caption that its picture does not bear out."""
    logging.basicConfig(level=logging.INFO if debug else logging.ERROR, format="%(levelname)s %(name)s: %(message)s")
    for handler in logging.getLogger().handlers:
        interrupts.silence(handler)


def run() -> None:
    """The entry point: runs the command and turns every error into one line and an exit code."""
    _speak_unicode()
    try:
        app()
    except KeyboardInterrupt:  # before a command begins; within one typer ends it alike
        sys.exit(interrupts.CODE)
    except Exception as error:
        if interrupts.was_stopped():  # what a library made of it
            sys.exit(interrupts.CODE)
        if "--debug" in sys.argv:
            raise
        Console(stderr=True, highlight=False, soft_wrap=True).print(
            f"captionlint: {_said(error)}", markup=False, style="red"
        )
        sys.exit(getattr(error, "exit_code", 1))


def _speak_unicode() -> None:
    """No character that a terminal or a pipe does not know ends a command; ASCII alone is nobody's wish."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        if sys.stdout.encoding.lower() in ("ascii", "us-ascii", "ansi_x3.4-1968"):
            sys.stdout.reconfigure(encoding="utf-8")
        elif not sys.stdout.encoding.lower().startswith("utf"):
            sys.stdout.reconfigure(errors="backslashreplace")


def _said(error: Exception) -> str:
    """One line. What the system refuses (a full disk, a folder without rights) is named with its file."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}."
    if not isinstance(error, CaptionlintError | OSError):
        first = (str(error).splitlines() or [""])[0]
        return f"unexpected {type(error).__name__}: {first} (captionlint --debug … shows where)"
    return " ".join(str(error).split("\n"))


def _register() -> None:
    """The commands in the order of ``--help``. Their modules load torch, the store and Qt only when they run."""
    from captionlint.cli.commands import (
        calibrate,
        demo,
        doctor,
        evaluate,
        export,
        import_,
        label_studio,
        merge,
        models,
        prelabel,
        review,
        score,
        settings,
        split,
        stats,
    )

    app.command()(score.score)
    app.command()(demo.demo)
    app.command("import")(import_.import_)
    app.command()(prelabel.prelabel)
    app.command()(review.review)
    app.command()(export.export)
    app.command()(stats.stats)
    app.command()(calibrate.calibrate)
    app.command()(settings.settings)
    app.command()(split.split)
    app.command()(merge.merge)
    app.command()(models.models)
    app.command()(evaluate.evaluate)
    app.command()(doctor.doctor)
    app.add_typer(label_studio.label_studio, name="label-studio")


_register()
