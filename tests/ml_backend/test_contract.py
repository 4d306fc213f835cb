"""The requests that a real Label Studio 1.23.2 was seen to make: shapes, versions, one result a task."""

import threading

import pytest
from label_studio_requests import mark, task, uri
from stores import FakeScorer

from captionlint.core.errors import ModelError
from captionlint.db.operations import ignored_words, items, queue, scorers
from captionlint.db.store import Store
from captionlint.ml_backend.label_studio.label_config import own_config
from captionlint.ml_backend.predict import service
from captionlint.ml_backend.reviews.retraining import learn

VERSION = "fake-1;e-0.01;r1"


def predict(client, *tasks, context=None, config=None):
    body = {
        "tasks": list(tasks), "project": "1.1795423183", "label_config": config or own_config(),
        "params": {"login": None, "password": None, "context": context},
    }  # fmt: skip
    status, answer = client.post("/predict", body)
    assert status == 200
    assert len(answer["results"]) == len(tasks)
    return answer["results"]


def setup(extra=None):
    return {
        "project": "1.1795423183", "schema": own_config(), "hostname": "http://localhost:8089",
        "access_token": "LEGACY", "extra_params": extra,
    }  # fmt: skip


@pytest.mark.parametrize("extra", [None, "text", {"a": {"dict": 1}}, [1]])
def test_the_version_is_the_same_in_setup_versions_and_predictions(client, extra):
    (found,) = predict(client, task(1, "a xbrown dog"))
    assert client.post("/setup", setup(extra)) == (200, {"model_version": VERSION})
    assert client.get("/versions") == (200, {"versions": [VERSION]})
    assert found["model_version"] == VERSION


def test_health_says_that_it_is_up(client):
    assert client.get("/health")[0] == 200
    assert client.get("/")[0] == 200


def test_a_prediction_marks_the_doubtful_words(client):
    (found,) = predict(client, task(1, "a 😀 xbrown\r\ndog"))
    (region,) = found["result"]
    assert region["value"] == {"start": 4, "end": 10, "text": "xbrown", "labels": ["Misaligned"]}
    assert (region["from_name"], region["to_name"], region["type"]) == ("misalign", "caption", "labels")
    assert 0.5 < region["score"] <= 1
    assert region["meta"]["text"][0].startswith("attribution -0.")
    assert 0 <= found["score"] <= 1


def test_the_projects_own_names_are_used(client):
    config = own_config().replace("misalign", "wrong").replace("$caption", "$text").replace('"caption"', '"body"')
    row = task(1, "")
    row["data"] = {"image": uri(), "text": "a xbrown dog"}
    (found,) = predict(client, row, config=config)
    assert [(r["from_name"], r["to_name"]) for r in found["result"]] == [("wrong", "body")]


def test_tasks_that_cannot_be_scored_get_an_empty_result_with_the_reason_in_the_log(client, caplog):
    broken = task(2, "")
    nothing = task(3, "x")
    nothing["data"] = {"text": "another project"}
    gone = task(4, "a dog", image="/data/upload/1/gone.png")
    unscorable = task(5, "unscorable")
    found = predict(client, task(1, "xdog"), broken, nothing, gone, unscorable, task(6, "xcat"))
    assert "result" not in found[3]  # Label Studio is to ask again: the picture may be had some day
    assert [len(one.get("result", ())) for one in found] == [1, 0, 0, 0, 0, 1]
    assert all(one["model_version"] == VERSION for one in found)
    for reason in ("empty", "no 'image'", "LABEL_STUDIO_URL", "The caption has no words"):
        assert reason in caplog.text


def test_known_tasks_are_answered_from_the_store(start):
    scorer = FakeScorer()
    backend = start(scorer)
    body = {"tasks": [task(1, "xdog"), task(2, "xcat")], "label_config": None, "params": {"context": None}}
    first = backend.handlers.predict(body)
    assert backend.handlers.predict(body) == first
    assert sum(map(len, scorer.seen)) == 2
    assert items.count(backend.store) == 2


def test_whatever_changes_in_the_store_is_in_the_next_answer(backend, client):
    def asked():
        (found,) = predict(client, task(1, "an xbrown xdog"))
        return [region["value"]["text"] for region in found["result"]], found["model_version"]

    first = asked()
    assert first == (["xbrown", "xdog"], VERSION)
    assert asked() == asked() == first
    with Store.open(backend.store.path) as other:  # as another program has it
        ignored_words.ignore(other, word="xbrown")
        marked, version = asked()
        assert marked == ["xdog"]
        assert version != VERSION
        ignored_words.heed(other, word="xbrown")
        assert asked() == first
        queue.set_blind_share(other, share=1.0)
        assert asked() == ([], VERSION)


def test_a_backend_of_another_model_answers_by_it_and_leaves_the_stores_shown_one(start, caplog):
    start(FakeScorer("first")).service.marking(timeout=60)
    backend = start(FakeScorer("second"))
    (answer,) = backend.handlers.predict({"tasks": [task(1, "a xbrown dog")]})[1]["results"]
    assert answer["model_version"].startswith("second;")
    assert len(answer["result"]) == 1
    assert scorers.current(backend.store).version == "first"
    shows = f"captionlint settings --db {backend.store.name} --scorer 'second'"
    assert shows in caplog.text
    assert shows in learn(backend.store, backend.service.marking(timeout=60))
    assert scorers.current(backend.store).version == "first"


def test_the_same_task_asked_at_once_by_many_is_one_item(start):
    scorer = FakeScorer()
    backend = start(scorer)
    body = {"tasks": [task(1, "xdog"), task(1, "xdog")]}
    found = []
    threads = [threading.Thread(target=lambda: found.append(backend.handlers.predict(body))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 8
    assert all(one == found[0] for one in found)
    scored = scorers.counts(backend.store, version=scorers.current(backend.store).version)
    assert (items.count(backend.store), scored.predictions) == (1, 1)


def test_a_pushed_task_is_its_item_and_needs_no_picture_from_label_studio(backend, tmp_path):
    from stores import photo

    from captionlint.core.formats.records import SourceItem

    items.add(backend.store, [SourceItem(photo(tmp_path), "a xbrown dog", "1", id="mine")])
    pushed = task(1, "a xbrown dog", image="/data/upload/1/never-there.png", uid="mine")
    (found,) = backend.handlers.predict({"tasks": [pushed]})[1]["results"]
    assert len(found["result"]) == 1
    assert items.count(backend.store) == 1


def test_an_id_that_belongs_to_other_content_does_not_stand_in_the_way(backend):
    rows = [task(1, "xdog", uid="same"), task(2, "xcat", uid="same")]
    found = backend.handlers.predict({"tasks": rows})[1]["results"]
    again = backend.handlers.predict({"tasks": rows})[1]["results"]
    assert found == again
    assert [one["result"][0]["value"]["text"] for one in found] == ["xdog", "xcat"]
    assert items.count(backend.store) == 2


def test_another_epsilon_is_another_version(backend):
    row = {"tasks": [task(1, "a xbrown dog")]}
    before = backend.handlers.predict(row)[1]
    scorers.set_epsilon(backend.store, epsilon=-2.0)
    after = backend.handlers.predict(row)[1]
    assert (len(before["results"][0]["result"]), len(after["results"][0]["result"])) == (1, 0)
    assert backend.handlers.setup(setup())[1]["model_version"] == after["model_version"] != before["model_version"]


def test_after_a_restart_the_version_is_known_before_the_model_is_loaded(start):
    first = start()
    before = first.handlers.predict({"tasks": [task(1, "xdog")]})
    first.inbox.stop()
    held = threading.Event()

    def load():
        held.wait(60)
        return FakeScorer()

    second = start(load=load)
    second.service.deadline = 0.2
    assert second.handlers.setup(setup())[1] == {"model_version": VERSION}
    assert second.handlers.predict({"tasks": [task(1, "xdog")]}) == before
    (late,) = second.handlers.predict({"tasks": [task(2, "xcat")]})[1]["results"]
    assert "result" not in late  # Label Studio leaves it out and asks again
    held.set()
    second.service.deadline = 60
    assert len(second.handlers.predict({"tasks": [task(2, "xcat")]})[1]["results"][0]["result"]) == 1


def test_a_model_that_cannot_be_loaded_is_named(start):
    def load():
        raise ModelError("The weights are damaged.")

    backend = start(load=load)
    status, answer = backend.handlers.setup(setup())
    assert status == 503
    assert "weights are damaged" in answer["error"]
    (found,) = backend.handlers.predict({"tasks": [task(1, "xdog")]})[1]["results"]
    assert "result" not in found


def test_a_project_that_cannot_be_marked_is_told_at_setup(client):
    status, answer = client.post("/setup", {**setup(), "schema": "<View/>"})
    assert status == 400
    assert "no Labels on a Text" in answer["error"]


def test_while_annotating_the_edited_caption_is_scored(client):
    correction = {
        "id": "w1", "from_name": "correction", "to_name": "caption", "type": "textarea",
        "value": {"start": 2, "end": 8, "text": ["xblack"]},
    }  # fmt: skip
    row = task(1, "a xbrown xdog runs")
    good = {**correction, "value": {**correction["value"], "text": ["black"]}}
    found = {
        name: [r["value"]["text"] for r in predict(client, row, context={"result": regions})[0]["result"]]
        for name, regions in {
            "nothing": [], "bad": [mark("w1", 2, 8), correction], "good": [mark("w1", 2, 8), good],
            "selected": [mark("m", 9, 13)],
            "rewrite": [{"id": "r", "from_name": "rewrite", "to_name": "caption", "type": "textarea",
                         "value": {"text": ["a xbrown cat runs"]}}],
        }.items()
    }  # fmt: skip
    assert found == {
        "nothing": ["xbrown", "xdog"], "bad": ["xbrown", "xdog"], "good": ["xdog"], "selected": ["xdog"],
        "rewrite": ["xbrown"],
    }  # fmt: skip


def test_an_edited_caption_that_is_not_scored_in_time_is_answered_with_all_marks(start):
    scorer, held = FakeScorer(), threading.Event()
    backend = start(scorer)
    ask = {"tasks": [task(1, "xdog")]}
    before = backend.handlers.predict(ask)[1]["results"]
    stream = scorer.stream
    scorer.stream = lambda *given, **more: (held.wait(60), stream(*given, **more))[1]
    backend.service.deadline = 0.1
    rewrite = {"id": "r", "from_name": "rewrite", "to_name": "caption", "type": "textarea", "value": {"text": ["xcat"]}}
    try:
        assert backend.handlers.predict({**ask, "params": {"context": {"result": [rewrite]}}})[1]["results"] == before
    finally:
        held.set()


def test_when_all_places_to_wait_are_taken_the_next_ones_are_told_to_come_again(start):
    held = threading.Event()

    def load():
        held.wait(60)
        return FakeScorer()

    backend = start(load=load)
    for _ in range(service.WAITING):
        backend.service._places.acquire()
    (late,) = backend.handlers.predict({"tasks": [task(1, "xdog")]})[1]["results"]
    assert "result" not in late
    held.set()
    backend.service._places.release()
    assert len(backend.handlers.predict({"tasks": [task(1, "xdog")]})[1]["results"][0]["result"]) == 1


def test_what_is_not_understood_while_annotating_is_answered_with_all_marks(client):
    (found,) = predict(client, task(1, "xdog"), context={"result": [{"strange": 1}]})
    assert len(found["result"]) == 1
