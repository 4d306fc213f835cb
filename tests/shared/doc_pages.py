"""The pages, and the fenced blocks in them."""

import re
import shlex
import textwrap
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "ml_backend/README.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
FENCE = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)


class Block(NamedTuple):
    """A fenced block: its language, and its text without the fence's indent."""

    language: str
    text: str


def blocks(page):
    """All fenced blocks of a page, in order."""
    return [Block(m[2], textwrap.dedent(m[3])) for m in FENCE.finditer(page.read_text(encoding="utf-8"))]


def command_lines(text):
    """The words of each command of a shell block, without comments and what follows a pipe or a redirection."""
    for line in text.replace("\\\n", " ").splitlines():
        words = shlex.split(re.sub(r"(^|\s)#.*", "", line))
        end = next((i for i, word in enumerate(words) if word in ("|", ">", ">>", "&&", "&")), len(words))
        if words:
            yield words[:end]


def name(page):
    """The page's path in the repository."""
    return page.relative_to(ROOT).as_posix()
