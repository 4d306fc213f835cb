"""A real Label Studio, a real Chromium, our commands as processes: only for `make test-e2e`, which takes minutes."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

if "CAPTIONLINT_E2E" not in os.environ:  # `make test` has neither Label Studio nor a browser
    collect_ignore_glob = ["test_*.py"]
else:
    from programs import Commands
    from real_browser import Annotator, chromium
    from real_label_studio import Site

    @pytest.fixture(scope="session")
    def site(tmp_path_factory):
        """One Label Studio and its data for all tests; each module runs it as it needs it."""
        return Site(tmp_path_factory.mktemp("label-studio"))

    @pytest.fixture(scope="session")
    def browser():
        with chromium() as running:
            yield running

    @pytest.fixture(scope="module")
    def annotator(label_studio, browser):
        """Somebody at the browser, logged in."""
        page = browser.new_page(viewport={"width": 1440, "height": 720})
        yield Annotator(page, label_studio)
        page.close()

    @pytest.fixture(scope="module")
    def commands(label_studio):
        """Our command line, with Label Studio's address and token in the environment."""
        return Commands({"LABEL_STUDIO_URL": label_studio.url, "LABEL_STUDIO_API_KEY": label_studio.token})
