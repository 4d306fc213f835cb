"""``label-studio init`` where it must refuse before it changes anything; the rest needs a real Label Studio."""

from __future__ import annotations

import pytest
from small_server import Server

from captionlint.core.errors import LabelStudioError
from captionlint.ml_backend.bridge.init import Backend, init
from captionlint.ml_backend.label_studio.client import LabelStudio


@pytest.mark.parametrize(
    "url", ["http://captionlint:9090", "http://ml_backend.internal:9090", "localhost:9090", "http://[::1"]
)
def test_a_host_that_label_studio_takes_no_webhook_to_is_refused_first(server: Server, url: str) -> None:
    with pytest.raises(LabelStudioError, match=r"takes no webhook to the host .*captionlint\.internal"):
        list(init(LabelStudio(server.url, "abc"), title="Captionlint", backend=Backend(url)))
    assert server.came == []
