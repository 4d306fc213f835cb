"""Items of a real store become tasks of a project, once each."""

from __future__ import annotations

import json

import pytest
from small_server import PERSONAL, Server
from stores import FakeScorer, rows

from captionlint.db.operations import items, predictions, scorers
from captionlint.db.store import Store
from captionlint.ml_backend.bridge.project import Project
from captionlint.ml_backend.bridge.push import Pushed, push
from captionlint.ml_backend.event_log import Ledger, beside
from captionlint.ml_backend.images.task_images import Pictures
from captionlint.ml_backend.label_studio.client import LabelStudio
from captionlint.ml_backend.label_studio.label_config import labelling_of, own_config
from captionlint.ml_backend.predict.task_items import Homes

IMAGE = "/data/upload/3/x.png"


@pytest.fixture
def store(tmp_path):
    """Three items with marks."""
    scorer = FakeScorer()
    with Store.open(tmp_path / "review.db") as opened:
        items.add(opened, rows(tmp_path, 3))
        scorers.enter(opened, version=scorer.version, details=scorer.details, epsilon=scorer.epsilon)
        said = [(n, scorer.result(items.get(opened, item_id=n).caption)) for n in (1, 2, 3)]
        predictions.record(opened, scorer_version=scorer.version, results=said)
        yield opened


def test_a_task_that_an_item_was_made_of_is_not_made_again(store, server: Server):
    """The backend was asked about two tasks of Label Studio's own: one item it had, one it made."""
    captions = [items.get(store, item_id=n).caption for n in (1, 2, 3)]
    tasks = [
        {"id": 11, "data": {"image": "-", "caption": captions[0], "uid": "item-0"}, "predictions_model_versions": ""},
        {"id": 12, "data": {"image": IMAGE, "caption": captions[1]}, "predictions_model_versions": "fake-1;e-0.01;r1"},
        {"id": 13, "data": {"image": IMAGE, "caption": captions[2]}, "predictions_model_versions": "old"},
        {"id": 14, "data": {"image": IMAGE, "caption": "another's"}, "predictions_model_versions": None},
        {"id": 15, "data": {"strange": 1}, "predictions_model_versions": None},
    ]
    server.answers["/api/tasks"] = (200, {}, {"total": 5, "tasks": tasks})
    server.answers["/api/projects/3/file-uploads"] = (200, {}, [])
    ledger = Ledger(beside(store, "label-studio.db"))
    ledger.remember_items({(IMAGE, captions[1]): 2, (IMAGE, captions[2]): 3})
    homes = Homes(store, ledger, Pictures(beside(store, "pictures")))
    project = Project(3, "Captionlint", labelling_of(own_config()), "fake-1;e-0.01;r1", {})
    try:
        done = push(homes, store, LabelStudio(server.url, PERSONAL), project)
    finally:
        ledger.close()
    assert done == Pushed(predictions=2, unchanged=1)
    ((_, path, _, body),) = [came for came in server.came if came[0] == "POST" and "token" not in came[1]]
    assert path == "/api/projects/3/import/predictions"
    assert [row["task"] for row in json.loads(body)] == [11, 13]
