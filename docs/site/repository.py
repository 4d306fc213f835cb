"""Files of the repository that pages link to: each gets a page of its own, so that the site is whole without a server.

A page's links are written as they work in the repository, from the page's own place.
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
PREFIX = "repository/"
ALWAYS = ("CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")
"""Files that stand in the navigation, whoever links to them."""
LINK = re.compile(r"(?P<text>!?\[(?:[^\[\]]|\[[^\]]*\])*\])\((?P<target>[^)#\s]+)(?P<anchor>#[^)\s]*)?\)")
FENCE = re.compile(r"^( *)(```+).*?^\1\2$", re.DOTALL | re.MULTILINE)
SOURCE = re.compile(r"^<!-- source: (?P<path>\S+) (?P<name>\S+) -->$", re.MULTILINE)
LANGUAGES = {".py": "python", ".sh": "sh", ".toml": "toml", ".xml": "xml", ".yml": "yaml", ".yaml": "yaml"}


def linked(pages: Mapping[str, str]) -> dict[str, str]:
    """Contents by URI of a page for each file that `pages`, or pages made here, link to."""
    made = {PREFIX + path: _page_of(path) for path in ALWAYS if (ROOT / path).is_file()}
    waiting = [*pages.items(), *made.items()]
    while waiting:
        uri, markdown = waiting.pop()
        for match in LINK.finditer(_without_code(markdown)):
            path = _path(match["target"], uri)
            target = path and _uri(path)
            if path and target and target.startswith(PREFIX) and target not in made:
                made[target] = _page_of(path)
                waiting.append((target, made[target]))
    return made


def relinked(markdown: str, uri: str) -> str:
    """The page with its links led to the pages made here; a link to a folder without a page becomes plain text."""

    def new(match: re.Match[str]) -> str:
        path = _path(match["target"], uri)
        if path is None:
            return match[0]
        target = _uri(path)
        if target is None:
            return match["text"][1:-1]
        return f"{match['text']}({posixpath.relpath(target, posixpath.dirname(uri))}{match['anchor'] or ''})"

    parts, end = [], 0
    for code in FENCE.finditer(markdown):
        parts += [LINK.sub(new, markdown[end : code.start()]), code[0]]
        end = code.end()
    return "".join([*parts, LINK.sub(new, markdown[end:])])


def with_sources(markdown: str) -> str:
    """The page with the source of a function or class for each ``<!-- source: FILE NAME -->``."""
    return SOURCE.sub(lambda m: _folded(m["path"], m["name"]), markdown)


def source_of(path: str, name: str) -> str:
    """The text of one function or class of a file; KeyError if it is not there."""
    text = (ROOT / path).read_text(encoding="utf-8")
    nodes = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.ClassDef) and n.name == name]
    if not nodes:
        raise KeyError(f"{path} has no {name}")
    lines = text.splitlines()[nodes[0].lineno - 1 : nodes[0].end_lineno]
    indent = nodes[0].col_offset
    return "\n".join(line[indent:] for line in lines)


def _folded(path: str, name: str) -> str:
    code = "\n".join("    " + line if line else "" for line in source_of(path, name).splitlines())
    return f'??? quote "{path}: {name}"\n\n    ```python\n{code}\n    ```\n'


def _path(target: str, uri: str) -> str | None:
    """The file in the repository that a link of page `uri` means; None for a link to elsewhere."""
    if ":" in target:
        return None
    here = uri.removeprefix(PREFIX) if uri.startswith(PREFIX) else f"docs/{uri}"
    path = posixpath.normpath(posixpath.join(posixpath.dirname(here), target))
    if not (ROOT / path).exists():
        return None  # MkDocs will say so
    if (ROOT / path / "README.md").is_file():
        return f"{path}/README.md"
    return path


def _uri(path: str) -> str | None:
    """Where the site has a file of the repository; None for a folder."""
    if (ROOT / path).is_dir():
        return None
    if path.startswith("docs/") and not path.endswith(".py"):
        return path.removeprefix("docs/")
    return PREFIX + (path if path.endswith(".md") else f"{path}.md")


def _page_of(path: str) -> str:
    text = (ROOT / path).read_text(encoding="utf-8")
    if path.endswith(".md"):
        return text
    language = LANGUAGES.get(Path(path).suffix, "text")
    hidden = "---\nsearch:\n  exclude: true\n---\n\n"  # the index would be code for the most part
    return f"{hidden}# {path}\n\n`````{language}\n{text}\n`````\n"


def _without_code(markdown: str) -> str:
    return FENCE.sub("", markdown)
