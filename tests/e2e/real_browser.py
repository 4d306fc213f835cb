"""Chromium on Label Studio's pages, and what an annotator does there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright
from programs import BUILD
from real_label_studio import EMAIL, PASSWORD, Site

_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
_CAPTION = ".lsf-htx-richtext"
_PLACE = """([selector, start, end]) => {
    const walker = document.createTreeWalker(document.querySelector(selector), NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    let seen = 0;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const from = start - seen, to = end - seen;
        if (from >= 0 && from < node.data.length) range.setStart(node, from);
        if (to > 0 && to <= node.data.length) range.setEnd(node, to);
        seen += node.data.length;
    }
    const box = range.getBoundingClientRect();
    return [box.left, box.top + box.height / 2, box.right];
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's own, headless."""
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        assert Path(path).exists(), f"{path} is not there: apt-get install chromium, or set CHROMIUM."
        browser = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        yield browser
        browser.close()


class Annotator:
    """Somebody who reviews captions in the browser."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page = page
        self._site = site
        page.set_default_timeout(60_000)
        page.goto(f"{site.url}/user/login/")
        page.fill("input[name=email]", EMAIL)
        page.fill("input[name=password]", PASSWORD)
        page.click("button[type=submit]")
        page.wait_for_url(lambda url: "/login" not in url)

    def open(self, project: int, task: int) -> None:
        """One task, as from the list."""
        self.page.goto(f"{self._site.url}/projects/{project}/data?task={task}")
        expect(self.page.locator(_CAPTION)).to_be_visible(timeout=60_000)

    def open_list(self, project: int) -> None:
        """The Data Manager."""
        self.page.goto(f"{self._site.url}/projects/{project}/data")

    def sees(self, text: str) -> None:
        """Waits until a text is on the screen."""
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=60_000)

    def marked(self, count: int) -> list[str]:
        """The words that are marked on the caption, once there are this many: each seen in colour."""
        marks = self.page.locator(f"{_CAPTION} .htx-highlight")
        expect(marks).to_have_count(count)
        for mark in marks.all():
            expect(mark).to_be_visible()
            expect(mark).to_have_css("background-color", "rgba(215, 38, 61, 0.3)")  # its colour fades in
        return [text.strip() for text in marks.all_inner_texts()]

    def choose(self, word: str) -> None:
        """Clicks on a marked word."""
        self.page.locator(f"{_CAPTION} .htx-highlight", has_text=word).click()
        expect(self.page.get_by_placeholder("what is right instead")).to_be_visible()

    def sort(self, kind: str) -> None:
        """Says of the chosen word what it is."""
        self.page.locator(".lsf-choice__item", has_text=kind).first.click()
        expect(self.page.locator(".lsf-choice__item", has_text=kind).get_by_role("checkbox").first).to_be_checked()

    def correct(self, *, kind: str, replacement: str) -> None:
        """Says of the chosen word what it is and what would be right."""
        self.sort(kind)
        field = self.page.get_by_placeholder("what is right instead")
        field.fill(replacement)
        field.press("Enter")
        expect(self.page.get_by_text(replacement, exact=True).first).to_be_visible()

    def draw(self, start: int, end: int) -> None:
        """Marks a stretch by hand: key 1 for the label, then the mouse over the words."""
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("1")
        left, middle, right = self.page.evaluate(_PLACE, [_CAPTION, start, end])
        self.page.mouse.move(left + 2, middle)
        self.page.mouse.down()
        self.page.mouse.move(right - 2, middle, steps=5)
        self.page.mouse.up()

    def remove(self, word: str) -> None:
        """Takes a mark away."""
        self.choose(word)
        self.page.keyboard.press("Backspace")

    def submit(self, verdict: str) -> dict[str, Any]:
        """Says what the caption is, and sends it off; returns what Label Studio kept."""
        self.page.get_by_text(verdict).click()
        with self.page.expect_response(lambda r: "/annotations" in r.url and r.request.method == "POST") as sent:
            self.page.get_by_role("button", name="Submit current annotation").click()
        assert sent.value.status == 201, sent.value.text()
        return dict(sent.value.json())

    def picture_seen(self) -> bool:
        """Whether the task's picture has come."""
        picture = self.page.locator("img[alt=image]").first
        expect(picture).to_be_visible()
        return bool(picture.evaluate("e => e.complete && e.naturalWidth > 0"))

    def photograph(self, name: str) -> None:
        """Keeps what is on the screen."""
        folder = Path(os.environ.get("CAPTIONLINT_SCREENSHOTS") or BUILD / "e2e")
        folder.mkdir(parents=True, exist_ok=True)
        self.page.mouse.move(0, 0)
        self.page.screenshot(path=folder / f"label-studio-{name}.png", animations="disabled")
