"""Whatever comes in: no exception, no 500, JSON out, and exactly one answer a task."""

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from label_studio_requests import Client, uri

from captionlint.ml_backend.http.app import Application
from captionlint.ml_backend.label_studio.label_config import own_config

TEXT = st.text(st.characters(), max_size=30)  # lone surrogates too, which JSON can carry
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
IMAGES = (
    st.sampled_from([uri(), "/data/upload/1/a.png", "/data/local-files/?d=../x", "s3://b/k", "file:///x", ""]) | TEXT
)
DATA = st.fixed_dictionaries({}, optional={"image": IMAGES | JSON, "caption": TEXT | JSON, "uid": JSON})
TASKS = st.lists(st.fixed_dictionaries({}, optional={"id": JSON, "data": DATA | JSON, "meta": JSON}) | JSON, max_size=4)
CONFIGS = st.sampled_from([own_config(), "<View/>", ""]) | JSON
REGIONS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "id": JSON,
            "from_name": st.sampled_from(["misalign", "kind", "correction", "verdict", "rewrite"]) | JSON,
            "type": st.sampled_from(["labels", "choices", "textarea"]) | JSON,
            "value": st.fixed_dictionaries(
                {}, optional={"start": st.integers(-2, 9) | JSON, "end": st.integers(-2, 9) | JSON, "text": JSON,
                              "labels": st.just(["Misaligned"]) | JSON, "choices": JSON},
            ) | JSON,
        },
    ) | JSON,
    max_size=3,
)  # fmt: skip
CONTEXTS = st.none() | st.fixed_dictionaries({"result": REGIONS}) | JSON
ANNOTATIONS = st.fixed_dictionaries(
    {}, optional={"id": JSON, "unique_id": JSON, "result": REGIONS | JSON, "was_cancelled": JSON, "completed_by": JSON,
                  "updated_at": st.just("2026-11-01T10:00:00Z") | JSON, "lead_time": JSON, "parent_prediction": JSON,
                  "task": JSON},
)  # fmt: skip
ACTIONS = st.sampled_from([
    "ANNOTATION_CREATED", "ANNOTATION_UPDATED", "ANNOTATIONS_CREATED", "ANNOTATIONS_DELETED", "ANNOTATION_DELETED",
    "START_TRAINING", "TASKS_CREATED",
])  # fmt: skip
EVENTS = st.fixed_dictionaries(
    {"action": ACTIONS | JSON},
    optional={
        "annotation": ANNOTATIONS | st.lists(ANNOTATIONS, max_size=2) | JSON, "annotations": JSON,
        "task": st.fixed_dictionaries({"id": JSON, "data": DATA}) | JSON,
        "project": st.fixed_dictionaries({"label_config": CONFIGS}) | JSON,
    },
)  # fmt: skip
many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def quiet(backend, client):
    """The client, the thread that applies events having ended."""
    backend.inbox.stop()
    return client


@many
@given(tasks=TASKS, config=CONFIGS, context=CONTEXTS, rest=st.dictionaries(TEXT, JSON, max_size=2))
@example([{"data": {"image": "/data/upload/1/a.png", "caption": "0"}}], own_config(), None, {})
def test_predict_has_one_answer_a_task(quiet, tasks, config, context, rest):
    body = {**rest, "tasks": tasks, "label_config": config, "params": {"context": context}}
    status, answer = quiet.post("/predict", body)
    assert status == 200
    assert len(answer["results"]) == len(tasks)
    for task, one in zip(tasks, answer["results"], strict=True):
        if "result" not in one:  # asked again later: only for a picture that is elsewhere and cannot be had now
            assert one["score"] is None
            assert task["data"]["image"] != uri()
        else:
            assert isinstance(one["result"], list)
        assert one["model_version"] == "fake-1;e-0.01;r1"
        assert one["score"] is None or 0 <= one["score"] <= 1


@many
@given(path=st.sampled_from(["/predict", "/setup", "/webhook", "/versions", "/train", "/health"]), body=JSON)
def test_any_json_on_any_route_is_answered(quiet, path, body):
    status, answer = quiet.post(path, body)
    assert status in (200, 201, 400, 405)
    assert isinstance(answer, dict)


@many
@given(path=st.sampled_from(["/predict", "/setup", "/webhook"]), data=st.binary(max_size=60))
def test_any_bytes_on_any_route_are_answered(quiet, path, data):
    assert quiet.ask("POST", path, data)[0] in (200, 201, 400)


@many
@given(body=st.fixed_dictionaries({}, optional={"schema": CONFIGS, "extra_params": JSON, "project": JSON}))
def test_setup_gives_the_version_or_says_why_not(quiet, body):
    status, answer = quiet.post("/setup", body)
    assert (status, set(answer)) in ((200, {"model_version"}), (400, {"error"}))


@many
@given(events=st.lists(EVENTS, max_size=3))
def test_any_event_is_taken_and_none_stops_those_behind_it(quiet, backend, events):
    for event in events:
        assert quiet.post("/webhook", event)[0] in (201, 400)
    backend.inbox.apply_all()
    assert backend.ledger.counts()["waiting"] == 0


@many
@given(method=TEXT, path=TEXT, headers=st.dictionaries(st.sampled_from(["HTTP_AUTHORIZATION", "CONTENT_LENGTH"]), TEXT))
def test_any_request_line_is_answered(backend, method, path, headers):
    app = Application(lambda: backend.handlers, backend.settings)
    status, answer = Client(app).ask(method, path, json.dumps({}).encode(), **headers)
    assert status < 500
    assert isinstance(answer, dict)
