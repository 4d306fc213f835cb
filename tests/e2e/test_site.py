"""The site of `make docs` in a browser, from a folder: nothing fails, and the search finds."""

import os
import subprocess
import sys

from doc_pages import ROOT


def test_the_site_works_from_a_folder(tmp_path, browser):
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", tmp_path]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, check=True, timeout=300)
    page = browser.new_page()
    wrong = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: request.url.startswith(("file:", "data:")) or wrong.append(request.url))
    page.goto((tmp_path / "decisions" / "index.html").as_uri())
    page.click(".md-search__input")
    page.keyboard.type("sprites")
    page.click(".md-search-result__link >> nth=0")
    page.wait_for_url("**/install.html*")
    page.locator("a.md-header__button.md-logo").click()
    page.wait_for_url("**/index.html")
    assert wrong == []
    page.close()
