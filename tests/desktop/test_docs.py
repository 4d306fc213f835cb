"""Every key is in the documentation, as it is in the window."""

from pathlib import Path

import pytest

from captionlint.desktop.keymap import COMMANDS, shown

PAGE = (Path(__file__).parents[2] / "docs" / "reviewing.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.name)
def test_every_action_and_its_keys_are_documented(command):
    keys = ", ".join(f"`{shown(key)}`" for key in command.keys)
    assert f"| {command.title} | {keys} |" in PAGE
