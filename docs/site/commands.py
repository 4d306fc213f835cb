"""The command reference, made from the commands themselves; `packaging/manual.py` makes the man page with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import typer.main

from captionlint.cli.main import app


def reference() -> str:
    """A section for each command, in the order of ``captionlint --help``: usage, help, arguments, options."""
    return "\n".join(part for name, command in every() for part in _section(name, command))


def every(group: Any = None, prefix: str = "captionlint") -> Iterator[tuple[str, Any]]:
    """Each command with its whole name; of a group its commands."""
    for name, command in (group or typer.main.get_command(app)).commands.items():
        full = f"{prefix} {name}"
        yield from every(command, full) if hasattr(command, "commands") else [(full, command)]


def _section(name: str, command: Any) -> list[str]:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
    usage = " ".join([name, *(["[OPTIONS]"] if options else []), *map(called, arguments)])
    help_text = "\n\n".join(" ".join(part.split()) for part in (command.help or "").split("\n\n"))
    rows = [f"| `{called(a)}` | | {_text(a.help or '')} |" for a in arguments]
    rows += [f"| {_option(o)} | {_cell(o)} | {_text(_help(o))} |" for o in options]
    table = ["| | default | |", "|---|---|---|", *rows] if rows else []
    return [f"## {name}\n", f"{help_text}\n", f"```text\n{usage}\n```\n", *table, ""]


def called(argument: Any) -> str:
    """What stands for an argument; in brackets if it may be left out."""
    name = argument.metavar or argument.name.upper()
    return name if argument.required else f"[{name}]"


def _option(option: Any) -> str:
    names = [*option.opts, *option.secondary_opts]
    value = f" {placeholder(option)}".rstrip()
    return "<br>".join(f"`{n}{value}`" for n in names)


def placeholder(option: Any) -> str:
    """What stands for an option's value: its own word, its choices or its sort; of a switch nothing."""
    if option.is_flag or option.metavar:
        return "" if option.is_flag else str(option.metavar)
    if isinstance(option.default, Enum):
        return "|".join(str(member.value) for member in type(option.default))
    if isinstance(option.default, Path):
        return "PATH"
    return "N" if isinstance(option.default, int) else "X"


def default(option: Any) -> str:
    """What counts where an option is not given, as its help says it; empty where nothing does."""
    written = re.search(r"\[default: ([^]]+)\]", option.help or "")
    if written:
        return written[1]
    value = option.default
    if value is None or value is False or value == []:
        return ""
    return option.opts[0] if value is True else str(value.value if isinstance(value, Enum) else value)


def _cell(option: Any) -> str:
    if option.required:
        return "required"
    value = default(option)
    return f"`{value}`" if value and "[default:" not in (option.help or "") else value


def _help(option: Any) -> str:
    text = re.sub(r"\s*\[default: [^]]+\]", "", option.help or "")
    variable = f" Or in the environment: `{option.envvar}`." if option.envvar else ""
    return text + variable


def _text(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
