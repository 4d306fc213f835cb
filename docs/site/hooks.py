"""What MkDocs calls while it builds the site: the pages that are made, and what is set in the written ones."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import commands
import formulas
import repository
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

OPTION = re.compile(r"<code>(-{1,2}[^<\s]+)</code>")
COMMANDS = re.compile(r"^<!-- commands -->$", re.MULTILINE)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds a page for each file of the repository that a page links to."""
    written = {file.src_uri: file.content_string for file in files.documentation_pages()}
    for uri, content in repository.linked(written).items():
        files.append(File.generated(config, uri, content=content))
    return files


def on_page_markdown(markdown: str, page: Page, **_others: Any) -> str:
    """Sets formulas, the source of functions, the commands, and links to files of the repository."""
    if COMMANDS.search(markdown):
        markdown = COMMANDS.sub(lambda _: commands.reference(), markdown)
    markdown = repository.relinked(markdown, page.file.src_uri)
    return formulas.as_mathml(repository.with_sources(markdown))


def on_page_content(html: str, **_others: Any) -> str:
    """Keeps a line from ending between an option's hyphens and its name."""
    return OPTION.sub(r'<code class="option">\1</code>', html)


@event_priority(-100)  # after the search has written its index
def on_post_build(config: MkDocsConfig) -> None:
    """Lets pages that are opened from a folder search, too: a browser loads a script from there, but no JSON."""
    index = Path(config.site_dir) / "search" / "search_index.json"
    index.with_suffix(".js").write_text(f"var __index = {index.read_text(encoding='utf-8')}", encoding="utf-8")
