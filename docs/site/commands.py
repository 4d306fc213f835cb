"""The command reference, made from the commands themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import typer.main

from cli.main import app


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
    usage = " ".join([name, *(["[OPTIONS]"] if options else []), *map(_name, arguments)])
    help_text = "\n\n".join(" ".join(part.split()) for part in (command.help or "").split("\n\n"))
    rows = [f"| `{_name(a)}` | | {_text(a.help or '')} |" for a in arguments]
    rows += [f"| {_option(o)} | {_default(o)} | {_text(_help(o))} |" for o in options]
    table = ["| | default | |", "|---|---|---|", *rows] if rows else []
    return [f"## {name}\n", f"{help_text}\n", f"```text\n{usage}\n```\n", *table, ""]


def _name(argument: Any) -> str:
    name = argument.metavar or argument.name.upper()
    return name if argument.required else f"[{name}]"


def _option(option: Any) -> str:
    names = [*option.opts, *option.secondary_opts]
    value = "" if option.is_flag else f" {option.metavar or _kind(option)}"
    return "<br>".join(f"`{n}{value}`" for n in names)


def _kind(option: Any) -> str:
    if isinstance(option.default, Enum):
        return "|".join(str(member.value) for member in type(option.default))
    if isinstance(option.default, Path):
        return "PATH"
    return "N" if isinstance(option.default, int) else "X"


def _default(option: Any) -> str:
    if option.required:
        return "required"
    written = re.search(r"\[default: ([^]]+)\]", option.help or "")
    if written:
        return written[1]
    value = option.default
    if value is None or value is False or value == []:
        return ""
    if value is True:
        return f"`{option.opts[0]}`"
    return f"`{value.value if isinstance(value, Enum) else value}`"


def _help(option: Any) -> str:
    text = re.sub(r"\s*\[default: [^]]+\]", "", option.help or "")
    variable = f" Or in the environment: `{option.envvar}`." if option.envvar else ""
    return text + variable


def _text(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
