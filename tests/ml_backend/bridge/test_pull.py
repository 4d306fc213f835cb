"""Annotations of a project become reviews in a real store, once each."""

from __future__ import annotations

import pytest
from small_server import PERSONAL
from stores import rows

from captionlint.core.review import Span
from captionlint.db.operations import items, reviews
from captionlint.db.store import Store
from captionlint.ml_backend.bridge.project import Project
from captionlint.ml_backend.bridge.pull import Pulled, pull
from captionlint.ml_backend.event_log import Ledger, beside
from captionlint.ml_backend.images.task_images import Picture, Pictures
from captionlint.ml_backend.label_studio.client import LabelStudio
from captionlint.ml_backend.label_studio.label_config import labelling_of, own_config
from captionlint.ml_backend.predict.task_items import Homes

CAPTION = "a x1 dog number 1 runs"


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "review.db") as opened:
        items.add(opened, rows(tmp_path, 4))
        yield opened


@pytest.fixture
def pulling(store, server):
    """Pulls; `server.answers` says what there is."""
    ledger = Ledger(beside(store, "label-studio.db"))
    homes = Homes(store, ledger, Pictures(beside(store, "pictures")))
    project = Project(3, "Captionlint", labelling_of(own_config()), "v1", {})
    yield lambda: pull(homes, store, ledger, LabelStudio(server.url, PERSONAL), project=project)
    ledger.close()


def region(name, start, end, origin):
    value = {"start": start, "end": end, "text": "…", "labels": ["Misaligned"]}
    return {
        "id": name, "from_name": "misalign", "to_name": "caption", "type": "labels", "value": value, "origin": origin,
    }  # fmt: skip


def annotation(number, *result, at="2026-11-01T10:00:00Z", parent=7):
    return {
        "id": number, "result": list(result), "completed_by": 1, "was_cancelled": False, "lead_time": 3.0,
        "created_at": at, "updated_at": at, "parent_prediction": parent,
    }  # fmt: skip


def tell(server, *annotations, uid="item-1", caption=CAPTION):
    task = {
        "id": 11,
        "data": {"image": "/data/upload/3/x.png", "caption": caption, "uid": uid},
        "annotations": list(annotations),
        "predictions": [{"id": 7, "result": [region("w1", 2, 4, None), region("w3", 5, 8, None)]}],
    }
    server.answers["/api/tasks"] = (200, {}, {"total": 1, "tasks": [task]})


def kept(store, uid="item-1"):
    return reviews.standing(store, item_id=items.find(store, source_id=uid))


def test_origins_are_kept_changed_manual_and_removed(store, server, pulling):
    tell(server, annotation(4, region("w1", 2, 4, "prediction-changed"), region("n", 9, 15, "manual")))
    assert pulling() == Pulled(kept=1)
    (found,) = kept(store)
    assert [(s.start, s.end, s.origin, s.removed) for s in found.review.spans] == [
        (2, 4, "changed", False),
        (5, 8, "prediction", True),
        (9, 15, "manual", False),
    ]
    assert found.review.annotator == "1"


def test_an_annotation_counts_again_only_when_it_was_changed(store, server, pulling):
    tell(server, annotation(4, region("w1", 2, 4, "prediction")))
    assert [pulling(), pulling()] == [Pulled(kept=1), Pulled(known=1)]
    tell(server, annotation(4, at="2026-11-01T10:05:00Z", parent=None))
    assert [pulling(), pulling()] == [Pulled(kept=1), Pulled(known=1)]
    (found,) = kept(store)
    assert found.review.spans == ()
    assert len(reviews.revisions(store, item_id=found.item_id)) == 2


def test_a_later_decision_here_stands(store, server, pulling):
    item_id = items.find(store, source_id="item-1")
    reviews.correct(store, item_id=item_id, annotator="1", spans=[Span(5, 8)])
    tell(server, annotation(4, at="2020-01-01T00:00:00Z"))
    assert pulling() == Pulled(known=1)
    (found,) = kept(store)
    assert [(span.start, span.end) for span in found.review.spans] == [(5, 8)]


def test_one_that_is_gone_is_taken_back_and_one_of_another_project_is_not(store, server, pulling):
    bens = annotation(4) | {"completed_by": 2}
    tell(server, bens, annotation(5, at="2026-11-01T11:00:00Z"))
    assert pulling().kept == 2
    tell(server, bens)
    server.answers["/api/annotations/5/"] = (200, {}, {"id": 5})
    assert pulling().taken_back == 0
    server.answers["/api/annotations/5/"] = (404, {}, {"detail": "Not found."})
    assert pulling().taken_back == 1
    assert pulling().taken_back == 0
    assert [stored.review.annotator for stored in kept(store)] == ["2"]


def test_what_was_said_of_a_task_that_was_cleared_away_stays(store, server, pulling):
    tell(server, annotation(4))
    pulling()
    server.answers["/api/tasks"] = (200, {}, {"total": 0, "tasks": []})
    server.answers["/api/annotations/4/"] = (404, {}, {"detail": "Not found."})
    assert pulling() == Pulled()
    assert len(kept(store)) == 1


def test_what_somebody_says_in_another_annotation_stands_again(store, server, pulling):
    older, newer = annotation(4, region("w1", 2, 4, "prediction")), annotation(5, at="2026-11-01T11:00:00Z")
    tell(server, older, newer)
    pulling()
    tell(server, older)
    server.answers["/api/annotations/5/"] = (404, {}, {"detail": "Not found."})
    assert [pulling(), pulling()] == [Pulled(known=1, taken_back=1), Pulled(known=1)]
    (found,) = kept(store)
    assert (found.review.status, found.review.spans[0].removed) == ("corrected", False)
    tell(server)
    server.answers["/api/annotations/4/"] = (404, {}, {"detail": "Not found."})
    assert pulling() == Pulled(taken_back=1)
    assert kept(store) == ()


def test_what_was_read_before_it_was_changed_does_not_hide_the_change_from_its_deletion(store, server, pulling):
    """As a webhook's process brings the change while this one has the old state in its hands."""
    tell(server, annotation(4, region("w1", 2, 4, "prediction"), at="2026-11-01T11:00:00Z"))
    pulling()
    tell(server, annotation(4))
    assert pulling() == Pulled(known=1)
    tell(server)
    server.answers["/api/annotations/4/"] = (404, {}, {"detail": "Not found."})
    assert pulling() == Pulled(taken_back=1)
    assert kept(store) == ()


def test_another_configurations_annotation_is_a_problem_and_the_rest_goes_on(store, server, pulling):
    strange = {"id": "z", "from_name": "bbox", "to_name": "image", "type": "rectanglelabels", "value": {"x": 1}}
    tell(server, annotation(4, strange), annotation(5, at="2026-11-01T11:00:00Z", parent=None))
    found = pulling()
    assert found.kept == 1
    (problem,) = found.problems
    assert problem.startswith("annotation 4 of task 11: ")
    assert "'bbox'" in problem


def test_a_task_that_is_no_item_becomes_one(store, server, pulling):
    tell(server, annotation(4, parent=None), uid=None, caption="a task of Label Studio's own")
    assert pulling() == Pulled(kept=1)
    assert items.count(store) == 5


def test_a_picture_that_goes_away_meanwhile_is_a_problem_of_its_task_alone(store, server, pulling, monkeypatch):
    gone = Picture(store.path.with_name("gone.png"), "0" * 64)
    monkeypatch.setattr(Pictures, "find", lambda *_, **__: gone)
    tell(server, annotation(4, parent=None), uid=None, caption="a task of Label Studio's own")
    found = pulling()
    assert (found.kept, items.count(store)) == (0, 4)
    (problem,) = found.problems
    assert "cannot keep" in problem
