"""Writes the man page and the shells' completions from the command line's own help.

``python packaging/manual.py FOLDER [DATE]`` in an environment in which Captionlint is installed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from enum import Enum
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import typer.main
from typer._completion_shared import get_completion_script

from cli.main import app

SHELLS: Final = {"bash": "captionlint.bash", "zsh": "_captionlint", "fish": "captionlint.fish"}
_ENDING: Final = """\
.SH EXIT STATUS
.TP
.B 0
Done.
.TP
.B 1
Failed; one line on the standard error says why.
.TP
.B 2
The command line makes no sense.
.SH FILES
.TP
.I ~/.config/Captionlint/Captionlint.conf
The window's settings.
.TP
.I ~/.local/state/captionlint
The window's log, and drafts of reviews that were not decided yet.
.TP
.I ~/.cache/huggingface/hub
Models that were downloaded.
.PP
.B captionlint doctor
says where these are for you.
"""


def main(folder: Path, date: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "captionlint.1").write_text(man_page(date), encoding="utf-8")
    for shell, name in SHELLS.items():
        script = get_completion_script(prog_name="captionlint", complete_var="_CAPTIONLINT_COMPLETE", shell=shell)
        (folder / name).write_text(script.strip() + "\n", encoding="utf-8")


def man_page(date: str) -> str:
    """The whole page in roff."""
    command: Any = typer.main.get_command(app)
    about = escaped(command.help or "")
    lines = [
        f'.TH CAPTIONLINT 1 "{date}" "Captionlint {version("captionlint")}" "User Commands"',
        ".SH NAME",
        f"captionlint \\- {about[:1].lower()}{about[1:].rstrip('.')}",
        ".SH SYNOPSIS",
        ".B captionlint",
        "[\\fIOPTIONS\\fR] \\fICOMMAND\\fR [\\fIARGUMENTS\\fR]",
        ".PP",
        ".B captionlint\\-desktop",
        "[\\fIFILE.db\\fR]",
        ".SH OPTIONS",
        *options(command),
        ".SH COMMANDS",
    ]
    for words, sub in commands(command, ()):
        usage = " ".join(escaped(placeholder(p)) for p in sub.params if is_argument(p))
        lines += [
            f".SS captionlint {escaped(' '.join(words))} {usage}".rstrip(),
            escaped(sub.help or ""),
            *options(sub),
        ]
    return "\n".join([*lines, _ENDING])


def commands(group: Any, prefix: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*prefix, name))
        else:
            yield (*prefix, name), command


def options(command: Any) -> list[str]:
    """Each option and argument with its help, in the order of ``--help``."""
    lines = []
    for parameter in command.params:
        if is_argument(parameter):
            names = f"\\fI{escaped(placeholder(parameter))}\\fR"
        else:
            names = ", ".join(f"\\fB{escaped(name)}\\fR" for name in (*parameter.opts, *parameter.secondary_opts))
            if not parameter.is_flag:
                names += f" \\fI{escaped(placeholder(parameter))}\\fR"
        lines += [".TP", names, escaped(getattr(parameter, "help", None) or "")]
    return lines


def placeholder(parameter: Any) -> str:
    """What stands for a value: its own word, its choices, or its name."""
    if parameter.metavar:
        return str(parameter.metavar)
    if isinstance(parameter.default, Enum):
        return "|".join(str(choice.value) for choice in type(parameter.default))
    return str(parameter.name).upper()


def is_argument(parameter: Any) -> bool:
    return parameter.param_type_name == "argument"


def escaped(text: str) -> str:
    """Text that roff prints as it is, on one line."""
    plain = re.sub(r"\s+", " ", text).strip().replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")
