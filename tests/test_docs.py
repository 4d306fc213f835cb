"""The README speaks of every command, and of none that does not exist."""

import re
from pathlib import Path

import pytest
import typer.main

from captionlint.cli.main import app

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


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target
