"""What the doctor says of a project, by answers like those of a real Label Studio 1.23.2."""

from __future__ import annotations

import pytest
from small_server import PERSONAL, Server

from captionlint.core.errors import StoreError
from captionlint.ml_backend.bridge.doctor import examine
from captionlint.ml_backend.bridge.init import EVENTS, Backend
from captionlint.ml_backend.label_studio.client import LabelStudio
from captionlint.ml_backend.label_studio.label_config import own_config

VERSION = "demo@1;e-0.0037;r1"
BACKEND = "http://ml.example:9090"


@pytest.fixture
def state(server: Server):
    """A project on which everything is right; a test changes one thing of it."""
    project = {
        "id": 3, "title": "Captionlint", "label_config": own_config(), "model_version": VERSION,
        "sampling": "Uncertainty sampling", "show_collab_predictions": True,
    }  # fmt: skip
    backend = {
        "id": 1, "url": BACKEND, "state": "CO", "title": VERSION, "model_version": VERSION, "auth_method": "BASIC_AUTH",
        "error_message": None,
    }  # fmt: skip
    hook = {
        "id": 5, "project": 3, "url": f"{BACKEND}/webhook", "headers": {"Authorization": "Basic x"}, "is_active": True,
        "send_payload": True, "send_for_all_actions": False, "actions": list(EVENTS),
    }  # fmt: skip
    found = {
        "version": {"release": "1.23.2"},
        "project": project,
        "held": {"static": [{"model_version": VERSION, "count": 64}]},
        "backend": backend,
        "hooks": [hook],
    }
    server.answers |= {
        "/api/version": (200, {}, found["version"]),
        "/api/current-user/whoami": (200, {}, {"id": 1, "email": "ana@example.com"}),
        "/api/projects": (200, {}, {"results": [project], "next": None}),
        "/api/projects/3/model-versions": (200, {}, found["held"]),
        "/api/ml": (200, {}, [backend]),
        "/api/webhooks/": (200, {}, found["hooks"]),
    }
    return found


def wrong(server: Server, *, title: str = "Captionlint", key: str = PERSONAL, **options):
    label_studio = LabelStudio(server.url, key)
    found = list(examine(label_studio, title=title, api_key=key, **options))
    return [finding.text for finding in found if not finding.fine]


def test_nothing_is_wrong_and_nothing_is_changed(server, state):
    assert wrong(server, version=lambda: VERSION) == []
    assert {method for method, path, _, _ in server.came if "token" not in path} == {"GET"}


@pytest.mark.parametrize(
    ("part", "change", "wanted"),
    [
        ("project", {"sampling": "Sequential sampling"}, "least certain item first"),
        ("project", {"show_collab_predictions": False}, "shows annotators no predictions"),
        ("project", {"model_version": "old"}, "shows 'old' but has predictions of demo@1"),
        ("project", {"label_config": "<View/>"}, "no Image, or no Labels on a Text"),
        ("backend", {"title": "my backend"}, "the three must be one"),
        ("backend", {"state": "DI", "error_message": "Connection refused"}, r"does not reach .*Connection refused"),
        ("backend", {"state": "ER", "error_message": "401 Client Error"}, "asks for a password"),
        (
            "backend",
            {"state": "ER", "error_message": "URL resolves to a reserved network address (block: 10.0.0.0/8)"},
            "both ML_BLOCK_LOCAL_IP=false and SSRF_PROTECTION_ENABLED=false",
        ),
        ("hook", {"headers": {}}, "carries no password, reviews are lost"),
        ("hook", {"is_active": False}, "is switched off"),
        ("hook", {"actions": ["ANNOTATION_CREATED"]}, "does not send every review"),
        ("hook", {"send_payload": False}, "does not send every review"),
    ],
)
def test_each_thing_that_is_wrong_is_one_line_with_the_way_out(server, state, part, change, wanted):
    (state["hooks"][0] if part == "hook" else state[part]).update(change)
    first, *_ = wrong(server)
    assert "\n" not in first
    with pytest.raises(AssertionError, match=wanted):
        raise AssertionError(first)


def test_a_backend_whose_webhook_was_refused_is_found(server, state):
    """With only ML_BLOCK_LOCAL_IP=false Label Studio shows the backend as connected and made no webhook."""
    state["hooks"].clear()
    (found,) = wrong(server)
    assert "No webhook leads to http://ml.example:9090/webhook" in found
    assert "SSRF_PROTECTION_ENABLED=false" in found


def test_webhooks_of_removed_backends_and_doubles_are_found(server, state):
    state["hooks"] += [{**state["hooks"][0], "id": 6}, {**state["hooks"][0], "id": 7, "url": "http://old/webhook"}]
    double, stale = wrong(server)
    assert double.startswith("2 webhooks lead to")
    assert "http://old/webhook has no backend any more" in stale


def test_marks_that_the_project_does_not_show_are_found(server, state):
    (found,) = wrong(server, version=lambda: "demo@1;e-0.001;r1")
    assert "No task has the store's marks" in found

    def no_store() -> str:
        raise StoreError("x.db does not exist: make it.")

    assert wrong(server, version=no_store) == ["x.db does not exist: make it."]


def test_a_backend_that_is_not_connected_is_found(server, state):
    server.answers["/health"] = (401, {}, {"error": "who?"})
    found = wrong(server, backend=Backend(server.url, "ana", "wrong"))
    assert f"init --backend-url {server.url}" in found[0]
    assert "another name or password" in found[1]


def test_what_rests_on_something_wrong_is_not_looked_at(server, state):
    state["version"].clear()
    assert wrong(server) == [f"{server.url} answers, but not as Label Studio does: is the address right?"]
    state["version"]["release"] = "1.23.2"
    (found,) = wrong(server, title="Nope")
    assert "shows no project 'Nope'" in found
