"""Writes the man page and the shells' completions from the command line's own help, as the site's reference does.

``python packaging/manual.py FOLDER [DATE]`` in an environment in which Captionlint is installed.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import typer.main
from typer._completion_shared import get_completion_script

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "docs" / "site"))

from commands import called, default, every, placeholder

from captionlint.cli.main import app

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
        f"captionlint, captionlint\\-desktop \\- {about[:1].lower()}{about[1:].rstrip('.')}",
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
    for name, sub in every(command):
        usage = " ".join(escaped(called(p)) for p in sub.params if is_argument(p))
        lines += [f".SS {escaped(name)} {usage}".rstrip(), escaped(sub.help or ""), *options(sub)]
    return "\n".join([*lines, _ENDING])


def options(command: Any) -> list[str]:
    """Each option and argument with its help and its default, in the order of ``--help``."""
    lines = []
    for parameter in command.params:
        about = getattr(parameter, "help", None) or ""
        if is_argument(parameter):
            names = f"\\fI{escaped(called(parameter))}\\fR"
        else:
            names = ", ".join(f"\\fB{escaped(name)}\\fR" for name in (*parameter.opts, *parameter.secondary_opts))
            names += f" \\fI{escaped(placeholder(parameter))}\\fR" if placeholder(parameter) else ""
            if "[default:" not in about and default(parameter):
                about += f" [default: {default(parameter)}]"
        lines += [".TP", names, escaped(about)]
    return lines


def is_argument(parameter: Any) -> bool:
    return parameter.param_type_name == "argument"


def escaped(text: str) -> str:
    """Text that roff prints as it is, on one line."""
    plain = re.sub(r"\s+", " ", text).strip().replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")
