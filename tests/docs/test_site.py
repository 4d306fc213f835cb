"""`make docs` builds without a warning, and what it builds fetches nothing."""

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from doc_pages import PAGES, ROOT

pytest.importorskip("mkdocs", reason="the extra `docs` is not installed")
FETCHING = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src", "object": "data"}
SOURCE = re.compile(r"^<!-- source: (\S+) (\S+) -->$", re.MULTILINE)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    out = tmp_path_factory.mktemp("site")
    nowhere = {name: "http://127.0.0.1:9" for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")}
    environment = {**os.environ, **nowhere, "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", out]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return out


class Fetched(HTMLParser):
    """What a browser would load for a page, without what the reader may click on."""

    def __init__(self):
        super().__init__()
        self.addresses = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in FETCHING:
            self.addresses.append(given.get(FETCHING[tag]))
        elif tag == "link" and given.get("rel") != "canonical":
            self.addresses.append(given.get("href"))
        self.addresses += re.findall(r"url\(([^)]*)\)", given.get("style") or "")
        # Two parts of the theme that would ask elsewhere: a repository's stars, and diagrams.
        assert given.get("data-md-component") != "source"
        assert "mermaid" not in (given.get("class") or "")


def fetched(page):
    parser = Fetched()
    parser.feed(page.read_text(encoding="utf-8"))
    return [address for address in parser.addresses if address]


def test_no_page_fetches_anything_from_elsewhere(site):
    pages = list(site.rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        for address in fetched(page):
            assert not re.match(r"(https?:)?//", address), f"{page.name}: {address}"


def test_what_a_page_fetches_is_there(site):
    for page in site.rglob("*.html"):
        if page.name != "404.html":  # its addresses start from a server's root
            for address in fetched(page):
                assert (page.parent / re.sub(r"[?#].*", "", address)).exists(), f"{page.name}: {address}"


def test_every_link_of_a_folder_leads_to_a_file(site):
    for page in site.rglob("*.html"):
        if page.name != "404.html":
            for address in re.findall(r'<a [^>]*href="([^"#?]+)', page.read_text(encoding="utf-8")):
                if not re.match(r"\w+:", address):
                    assert (page.parent / unquote(address)).is_file(), f"{page.name}: {address}"


def test_a_page_of_a_folder_can_search(site):
    """`tests/e2e/test_site.py` does."""
    index = (site / "search" / "search_index.js").read_text(encoding="utf-8")
    assert json.loads(index.removeprefix("var __index = "))["docs"]
    assert "site/search.js" in fetched(site / "install.html")


def test_no_style_sheet_fetches_anything_from_elsewhere(site):
    for sheet in site.rglob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        found = re.findall(r"""(?:url\(|@import)\s*["']?(?:https?:)?//[^"')]+""", text)
        assert not found, f"{sheet.name}: {found}"


def test_commands_functions_and_formulas_stand_in_the_pages(site):
    commands = (site / "commands.html").read_text(encoding="utf-8")
    assert "captionlint label-studio push" in commands
    assert "--target-recall R" in commands
    assert "captionlint score" not in (site / "repository/docs/site/hooks.py.html").read_text(encoding="utf-8")
    python = (site / "python.html").read_text(encoding="utf-8")
    assert 'id="captionlint.core.clip.scorer.Scorer.try_score"' in python
    assert 'id="captionlint.db.operations.items.add"' in python
    method = (site / "method.html").read_text(encoding="utf-8")
    assert method.count("<math") > 20
    assert "```" not in method
    assert "signed_evidence" in method
    assert (site / "repository" / "core" / "clip" / "attribution.py.html").is_file()


def test_the_method_page_shows_functions_that_there_are():
    named = [pair for page in PAGES for pair in SOURCE.findall(page.read_text(encoding="utf-8"))]
    assert len(named) > 5
    for path, function in named:
        assert re.search(rf"^ *(def|class) {function}\b", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
