"""Events: kept at once without secrets, applied once, in order, over restarts."""

import json
import sqlite3
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from label_studio_requests import annotation, choice, mark, project, region, task, uri
from made_reviews import reviews as made_reviews

from captionlint.core.errors import StoreError
from captionlint.core.review import Span
from captionlint.db.operations import ignored_words, items, queue, reviews, scorers
from captionlint.ml_backend.event_log import Ledger
from captionlint.ml_backend.label_studio.annotations import review_uid
from captionlint.ml_backend.reviews import webhooks
from captionlint.ml_backend.reviews.sync import keep

CAPTION = "a xbrown xdog\r\non 😀 the sofa"
ROW = task(1, CAPTION)


def event(action, given, row=ROW, **more):
    return {"action": action, "annotation": given, "project": project(), "task": row, **more}


def created(number, *result, **more):
    return event("ANNOTATION_CREATED", annotation(number, *result, **more))


def deleted(*numbers):
    return {"action": "ANNOTATIONS_DELETED", "annotations": [{"id": n} for n in numbers], "project": project()}


@pytest.fixture
def apply(backend):
    """Sends events and applies them in this thread, the backend's own having ended."""
    backend.handlers.predict({"tasks": [ROW]})
    backend.inbox.stop()

    def call(*events):
        for one in events:
            assert backend.handlers.webhook(one) == (201, {"queued": True})
        backend.inbox.apply_all()
        return backend.ledger.counts()

    return call


def standing(backend, item_id=1):
    return [stored.review for stored in reviews.standing(backend.store, item_id=item_id)]


def test_an_annotation_becomes_a_review_with_the_origins_of_its_marks(apply, backend):
    result = (
        mark("w1", 2, 8, origin="prediction"),
        region("w1", "kind", "choices", 2, 8, ["attribute"], origin="manual"),
        region("w1", "correction", "textarea", 2, 8, ["black"], origin="manual"),
        mark("m", 21, 23, origin="manual"),
        choice("Has misalignment"),
    )
    assert apply(created(4, *result)) == {"waiting": 0, "done": 1, "aside": 0}
    (found,) = standing(backend)
    assert found.spans == (
        Span(2, 8, "attribute", "black", "prediction"),
        Span(9, 13, origin="prediction", removed=True),
        Span(20, 23, origin="manual"),
    )
    assert (found.status, found.annotator) == ("corrected", "1")


def test_removed_is_what_the_annotator_saw_even_if_marks_are_others_by_now(start, web):
    server = web()
    seen = {"id": 11, "result": [mark("w1", 2, 8), mark("w2", 9, 13)]}
    server.pages["/api/predictions/11/"] = (200, {}, json.dumps(seen).encode())
    backend = start(url=server.url, api_key="LEGACY")
    backend.handlers.predict({"tasks": [ROW]})
    ignored_words.ignore(backend.store, word="xdog")
    backend.inbox.stop()
    backend.handlers.webhook(created(1, mark("w1", 2, 8, origin="prediction")))
    backend.handlers.webhook(created(2, mark("w1", 2, 8, origin="prediction"), parent_prediction=12, second=1))
    backend.inbox.apply_all()
    by_number, by_now = [revision.review.spans for revision in reviews.revisions(backend.store, item_id=1)]
    assert Span(9, 13, origin="prediction", removed=True) in by_number
    assert [(span.start, span.removed) for span in by_now] == [(2, False)]  # that prediction is gone from the server


def test_a_prediction_of_somebody_else_sets_no_review_aside(start, web):
    server = web()
    strange = {**mark("w1", 2, 8), "from_name": "another"}
    server.pages["/api/predictions/11/"] = (200, {}, json.dumps({"id": 11, "result": [strange]}).encode())
    backend = start(url=server.url, api_key="LEGACY")
    backend.handlers.predict({"tasks": [ROW]})
    backend.inbox.stop()
    backend.handlers.webhook(created(1, mark("w1", 2, 8, origin="prediction")))
    backend.inbox.apply_all()
    assert backend.ledger.counts() == {"waiting": 0, "done": 1, "aside": 0}
    assert len(reviews.revisions(backend.store, item_id=1)) == 1


def test_the_same_event_twice_is_one_review(apply, backend):
    given = created(4, mark("w1", 2, 8, origin="prediction"))
    apply(given, given)
    apply(given)
    assert len(reviews.revisions(backend.store, item_id=1)) == 1


def test_an_update_replaces_and_one_that_comes_late_does_not(apply, backend):
    first, second = annotation(4, choice("Cannot judge")), annotation(4, choice("Caption correct"), second=9)
    apply(event("ANNOTATION_UPDATED", second), event("ANNOTATION_CREATED", first))
    assert [review.status for review in standing(backend)] == ["corrected"]  # both marks were taken away
    apply(event("ANNOTATION_UPDATED", annotation(4, choice("Cannot judge"), second=12)))
    assert [review.status for review in standing(backend)] == ["rejected"]


def test_what_was_deleted_stays_so(apply, backend):
    given = created(4, choice("Cannot judge"))
    apply(given, deleted(4), given, event("ANNOTATION_UPDATED", annotation(4, choice("Cannot judge"), second=30)))
    assert standing(backend) == []
    assert items.get(backend.store, item_id=1).status == "pending"
    apply(deleted(77), created(77, choice("Cannot judge")))  # the deletion overtook the rest
    assert standing(backend) == []


def test_deleting_an_older_annotation_leaves_the_newer_one(apply, backend):
    apply(created(4, choice("Cannot judge")), created(5, mark("w1", 2, 8, origin="prediction"), second=9), deleted(4))
    assert [review.status for review in standing(backend)] == ["corrected"]


def test_of_two_annotations_of_one_person_the_other_stands_when_the_newer_is_deleted(apply, backend):
    """And is taken back itself when it is deleted, also after a pull has seen it once more."""
    older, newer = annotation(4, choice("Cannot judge")), annotation(5, choice("Caption correct"), second=9)
    ben = annotation(6, mark("w1", 2, 8, origin="prediction"), second=5) | {"completed_by": 2}
    apply(*(event("ANNOTATION_CREATED", given) for given in (older, ben, newer)), deleted(5))
    assert [(r.annotator, r.status) for r in standing(backend)] == [("2", "corrected"), ("1", "rejected")]
    (_, again) = standing(backend)
    assert not keep(backend.store, backend.ledger, older, item_id=1, review=again, blind=False)
    apply(deleted(4))
    assert [(r.annotator, r.status) for r in standing(backend)] == [("2", "corrected")]
    assert items.get(backend.store, item_id=1).status == "corrected"


def test_a_deletion_that_was_cut_off_goes_on(apply, backend):
    apply(created(4, choice("Cannot judge")), created(5, choice("Caption correct"), second=9))
    before = backend.ledger.annotation(4), backend.ledger.annotation(5)
    apply(deleted(5))
    for number, kept in zip((4, 5), before, strict=True):  # as if the process had died before it noted anything
        backend.ledger.remember_annotation(number, kept)
    apply(deleted(5), deleted(4))
    assert standing(backend) == []


def test_accepting_all_sends_lists(apply, backend):
    other = task(2, "a xred cat")
    backend.handlers.predict({"tasks": [other]})
    given = [annotation(4, mark("w1", 2, 8), mark("w2", 9, 13)), annotation(5, mark("w1", 2, 6), task=2)]
    apply({"action": "ANNOTATIONS_CREATED", "annotation": given, "task": [ROW, other], "project": project()})
    assert [standing(backend, n)[0].status for n in (1, 2)] == ["accepted", "accepted"]
    assert [len(standing(backend, n)[0].spans) for n in (1, 2)] == [2, 1]


def test_predictions_made_annotations_are_accepted_marks_though_the_marks_of_now_are_others(apply, backend):
    """The prediction that was copied had marked "a", which no scorer here does."""
    backend.handlers.predict({"tasks": [ROW]})
    given = [annotation(4, mark("w7", 0, 1), lead_time=None)]
    apply({"action": "ANNOTATIONS_CREATED", "annotation": given, "task": [ROW], "project": project()})
    (review,) = standing(backend)
    assert [(span.start, span.end, span.origin, span.removed) for span in review.spans] == [(0, 1, "prediction", False)]
    assert review.status == "accepted"


def test_one_of_many_that_cannot_be_used_takes_nothing_from_the_others(apply, backend):
    other = task(2, "a xred cat")
    backend.handlers.predict({"tasks": [other]})
    strange = [annotation(4, mark("w1", 2, 900)), annotation(5, choice("Cannot judge"), task=77)]
    given = [*strange, annotation(6, mark("w1", 2, 6), task=2)]
    counts = apply({"action": "ANNOTATIONS_CREATED", "annotation": given, "task": [ROW, other], "project": project()})
    assert counts == {"waiting": 0, "done": 0, "aside": 1}
    assert standing(backend, 1) == []  # of no task that came along, and so of none at all
    assert [review.status for review in standing(backend, 2)] == ["accepted"]


def test_the_item_of_a_task_that_was_never_predicted_is_made(apply, backend):
    strange = {**task(9, "a dog"), "data": {"image": "/data/upload/1/a.png", "caption": "a dog"}}
    apply(event("ANNOTATION_CREATED", annotation(8, choice("Caption correct"), task=9), strange))
    item_id = queue.item_ids(backend.store)[-1]
    assert items.get(backend.store, item_id=item_id).image == "label-studio://unknown/data/upload/1/a.png"
    assert standing(backend, item_id)[0].status == "accepted"


def test_what_belongs_to_another_configuration_is_set_aside_and_the_rest_goes_on(apply, backend):
    box = {"id": "b", "from_name": "box", "to_name": "image", "type": "rectanglelabels", "value": {"x": 1}}
    counts = apply(created(4, box), created(5, mark("w", 2, 900)), created(6, choice("Cannot judge")))
    assert counts == {"waiting": 0, "done": 1, "aside": 2}
    assert standing(backend)[0].status == "rejected"


def test_a_store_that_was_made_anew_beside_old_events_gets_its_own_items(start, tmp_path):
    first = start()
    first.handlers.predict({"tasks": [task(7, "a xred cat"), ROW]})
    first.close()
    (tmp_path / "review.db").unlink()
    backend = start()
    backend.inbox.stop()
    backend.handlers.webhook(created(4, choice("Cannot judge")))
    backend.inbox.apply_all()
    (region,) = backend.handlers.predict({"tasks": [task(7, "a xred cat")]})[1]["results"][0]["result"]
    assert region["value"]["text"] == "xred"
    assert items.get(backend.store, item_id=1).caption == CAPTION
    assert [review.status for review in standing(backend)] == ["rejected"]
    assert backend.ledger.counts() == {"waiting": 0, "done": 1, "aside": 0}


def test_what_cannot_be_opened_is_not_called_damaged(tmp_path):
    (tmp_path / "damaged.db").write_bytes(b"no database" * 100)
    for path, said in (("damaged.db", "is damaged"), ("no/folder.db", "cannot be opened")):
        with pytest.raises(StoreError, match=said):
            Ledger(tmp_path / path)


def test_events_of_no_concern_are_not_kept(backend):
    for action in ("TASKS_CREATED", "PROJECT_UPDATED", "LABEL_LINK_CREATED"):
        assert backend.handlers.webhook({"action": action, "project": project()}) == (201, {"queued": False})
    assert sum(backend.ledger.counts().values()) == 0


def test_secrets_never_reach_the_disk_nor_the_log(apply, backend, caplog, tmp_path):
    caplog.set_level("DEBUG")
    apply(created(4, {"strange": True}), created(5, choice("Cannot judge")), deleted(5))
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for secret in ("PROJECT-TOKEN", "PASSWORD", "LOGIN", "a@b.co"):
        assert secret.encode() not in written
        assert secret not in caplog.text


def test_what_waits_survives_a_restart_and_is_applied_once(start):
    first = start()
    first.handlers.predict({"tasks": [ROW]})
    first.inbox.stop()  # as if it had died here
    assert first.handlers.webhook(created(4, choice("Cannot judge")))[0] == 201
    second = start()
    second.inbox.stop()
    second.inbox.apply_all()
    assert [review.status for review in standing(second)] == ["rejected"]
    assert second.ledger.counts() == {"waiting": 0, "done": 1, "aside": 0}


def test_a_crash_between_store_and_ledger_makes_no_second_review(apply, backend):
    apply(created(4, choice("Cannot judge")))
    assert backend.handlers.webhook(created(4, choice("Cannot judge")))[0] == 201
    with sqlite3.connect(backend.ledger.path) as connection:  # the event is there again, its annotation forgotten
        connection.execute("DELETE FROM annotation")
    backend.inbox.apply_all()
    assert len(reviews.revisions(backend.store, item_id=1)) == 1


def test_one_process_applies_at_a_time(tmp_path):
    from captionlint.ml_backend.reviews.file_lock import Turn

    one, other = Turn(tmp_path / "x.lock"), Turn(tmp_path / "x.lock")
    assert (one.mine(), other.mine(), one.mine()) == (True, False, True)
    one.end()
    assert other.mine()
    other.end()


def test_what_another_process_took_down_is_applied_by_the_one_whose_turn_it_is(start, monkeypatch):
    monkeypatch.setattr(webhooks, "_PATIENCE", 0.01)
    first = start()
    first.handlers.predict({"tasks": [ROW]})
    applied, apply = threading.Event(), first.inbox._apply
    first.inbox._apply = lambda event: (list(apply(event)), applied.set())[:0]
    assert first.handlers.webhook(deleted(99))[0] == 201
    assert applied.wait(60)  # now the turn is the first one's
    applied.clear()
    second = start()
    assert second.handlers.webhook(created(4, choice("Cannot judge")))[0] == 201
    assert applied.wait(60)
    assert [review.status for review in standing(first)] == ["rejected"]


def test_a_review_that_was_pulled_before_its_webhook_came_is_one(apply, backend):
    given = annotation(4, choice("Cannot judge"))
    from captionlint.ml_backend.label_studio.annotations import review_of

    reviews.adopt(backend.store, item_id=1, review=review_of(given, CAPTION), uid=review_uid(given))
    apply(event("ANNOTATION_CREATED", given))
    assert len(reviews.revisions(backend.store, item_id=1)) == 1


def test_start_training_without_reviews_changes_nothing(apply, backend, caplog):
    before = backend.handlers.setup({})
    caplog.set_level("INFO")
    assert apply({"action": "START_TRAINING", "project": project()})["done"] == 1
    assert backend.handlers.setup({}) == before
    assert "review" in caplog.text.lower()


def test_start_training_learns_and_changes_the_version_once(start, tmp_path):
    from stores import photo

    from captionlint.core.formats.records import SourceItem

    backend = start()
    found = made_reviews(120)
    for number, one in enumerate(found):
        picture = photo(tmp_path, f"{number // 2}.png", colour=(number // 2, 7, 9))
        items.add(backend.store, [SourceItem(picture, one.prediction.caption, "x", id=str(number))])
    from dataclasses import replace

    from captionlint.db.operations import predictions

    ids = queue.item_ids(backend.store, order="file")
    backend.service.marking(timeout=60)
    said = [(i, replace(one.prediction, scorer_version="fake-1")) for i, one in zip(ids, found, strict=True)]
    predictions.record(backend.store, scorer_version="fake-1", results=said)
    scorers.choose(backend.store, version="fake-1")
    for item_id, one in zip(ids, found, strict=True):
        words = zip(one.prediction.words, one.wrong, strict=True)
        spans = [Span(w.start, w.end) for w, wrong in words if wrong]
        reviews.correct(backend.store, item_id=item_id, annotator="ana", spans=spans)
    backend.inbox.stop()
    versions = [backend.handlers.versions()[1]["versions"][0]]
    for _ in range(2):
        backend.handlers.webhook({"action": "START_TRAINING", "project": project()})
        backend.inbox.apply_all()
        versions += backend.handlers.versions()[1]["versions"]
    assert versions[0] == "fake-1;e-0.01;r1"
    assert versions[1] == versions[2] != versions[0]
    assert versions[1].startswith("fake-1;cal-")
    pushed = task(1, found[0].prediction.caption, uid="0")
    (answer,) = backend.handlers.predict({"tasks": [pushed]})[1]["results"]
    assert answer["model_version"] == versions[1]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["created", "updated", "deleted"]), st.integers(1, 2), st.integers(0, 5)), max_size=8
    )
)
def test_any_order_of_events_leaves_what_the_last_ones_say(apply, backend, history):
    base = 1000 + apply()["done"] * 10  # other annotations each time
    apply(*[
        deleted(base + n)
        if what == "deleted"
        else event(f"ANNOTATION_{what.upper()}", annotation(base + n, choice("Cannot judge"), second=at, user=base + n))
        for what, n, at in history
    ])  # fmt: skip
    alive = {n for _, n, _ in history} - {n for what, n, _ in history if what == "deleted"}
    names = {review.annotator for review in standing(backend)}
    assert {str(base + n) for n in alive} <= names
    assert not {str(base + n) for n in (1, 2) if n not in alive} & names


def test_the_picture_of_a_data_address_is_kept_beside_the_store(apply, backend, tmp_path):
    assert items.get(backend.store, item_id=1).image.startswith(str(tmp_path / "review-pictures"))
    assert uri() not in items.get(backend.store, item_id=1).image
