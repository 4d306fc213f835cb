"""The README speaks of every command, and of none that does not exist."""

import re
from pathlib import Path

import pytest
import typer.main

from cli.main import app

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMANDS = typer.main.get_command(app)


def commands(group=COMMANDS, prefix=()):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*prefix, name))
        else:
            yield (*prefix, name), command


@pytest.mark.parametrize(("path", "command"), [pytest.param(*c, id=" ".join(c[0])) for c in commands()])
def test_every_command_has_help_and_a_place_in_the_docs(path, command):
    assert command.help
    assert all(getattr(option, "help", "x") for option in command.params)
    said = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert f"captionlint {' '.join(path)}" in said


def test_every_command_line_in_the_docs_can_be_parsed():
    known = {path: {o for p in command.params for o in p.opts} for path, command in commands()}
    lines = [
        (page, line)
        for page in PAGES
        for block in re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
        for line in block.splitlines()
        if line.startswith("captionlint ")
    ]
    assert lines
    for page, line in lines:
        words = re.sub(r"#.*| >.*", "", line).split()[1:]
        path = next((p for p in known if tuple(words[: len(p)]) == p), None)
        assert path, f"{page.name}: {line}"
        options = {w for w in words if w.startswith("--")}
        assert options <= known[path] | {"--help", "--version"}, f"{page.name}: {line}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target
