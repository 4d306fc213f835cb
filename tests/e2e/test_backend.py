"""The route with a backend: Label Studio asks it for marks and tells it of reviews, and neither loses anything.

The tests follow one another, as the work does. The store begins empty: its items come from Label Studio's tasks.
"""

import hashlib
import json
from pathlib import Path

import pytest
import requests
from programs import Commands, free_port, kill, stop, until

from captionlint.core.demo.dataset import write_dataset
from captionlint.core.review import Span
from captionlint.db.operations import batch_lookup as answers
from captionlint.db.operations import ignored_words, items, reviews, scorers
from captionlint.db.store import Store
from captionlint.ml_backend.bridge.project import open_project
from captionlint.ml_backend.bridge.uploads import Uploads

PROJECT = "With a backend"
COUNT = 12
USER, SECRET = "ana", "s3cret-of-the-backend"


@pytest.fixture(scope="module")
def label_studio(site):
    """With its guard against addresses of this machine switched off, as our page says."""
    with site.running(ML_BLOCK_LOCAL_IP="false", SSRF_PROTECTION_ENABLED="false"):
        yield site


class Served:
    """Our backend; it can be killed and started again on the same store and port."""

    def __init__(self, folder, site):
        self.db = folder / "review.db"
        self.log = folder / "backend.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        environment = {"LABEL_STUDIO_URL": site.url, "LABEL_STUDIO_API_KEY": site.token}
        self.commands = Commands({**environment, "BASIC_AUTH_USER": USER, "BASIC_AUTH_PASS": SECRET})
        self.process = None

    def start(self):
        with self.log.open("a") as out:
            self.process = self.commands.start(
                "serve", "--db", self.db, "--port", self.port, "--model", "demo", stdout=out, stderr=out
            )
        until(self.answers, of=f"backend (its log: {self.log})")

    def answers(self):
        assert self.process.poll() is None, self.log.read_text()
        try:
            return requests.get(f"{self.url}/health", auth=(USER, SECRET), timeout=5).ok
        except requests.RequestException:
            return False

    def kill(self):
        kill(self.process)

    def reviews(self, caption):
        """Every revision of the item with this caption, once the store knows it."""
        with Store.open(self.db) as store:
            found = [i for i in items.ids(store) if items.get(store, item_id=i).caption == caption]
            return reviews.revisions(store, item_id=found[0]) if found else ()

    def version(self):
        return requests.get(f"{self.url}/versions", auth=(USER, SECRET), timeout=30).json()["versions"][0]


@pytest.fixture(scope="module")
def backend(tmp_path_factory, label_studio):
    served = Served(tmp_path_factory.mktemp("backend"), label_studio)
    served.start()
    yield served
    stop(served.process)


@pytest.fixture(scope="module")
def project(label_studio, backend, tmp_path_factory):
    """Made by init, with scenes that somebody uploaded: pictures and captions, and nothing of ours."""
    ran = backend.commands.run("init", "--project", PROJECT, "--backend-url", backend.url)
    assert ran.code == 0, ran.err
    folder = tmp_path_factory.mktemp("scenes")
    rows = [json.loads(line) for line in write_dataset(folder, count=COUNT, seed=7).read_text().splitlines()]
    api = label_studio.api
    there = open_project(api, PROJECT)
    pictures = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in (folder / "pictures").iterdir()}
    places = {pictures[sha256].name: place for sha256, place in Uploads(api, there).add(pictures).items()}
    tasks = [{"image": places[Path(row["image"]).name], "caption": row["caption"]} for row in rows]
    api.post(f"/api/projects/{there.id}/import", tasks)
    return there.id


def annotate(label_studio, task, **more):
    """What the browser sends for a caption that is right, without the browser."""
    verdict = {
        "id": "v", "from_name": "verdict", "to_name": "caption", "type": "choices",
        "value": {"choices": ["Caption correct"]},
    }  # fmt: skip
    given = {"result": [verdict], "lead_time": 2.5, **more}
    return label_studio.api.post(f"/api/tasks/{task['id']}/annotations/", given)


def untouched(label_studio, project):
    return [row for row in label_studio.tasks(project) if not row["annotations"]]


def test_init_connects_the_backend_once_and_names_it_by_its_version(label_studio, backend, project):
    ran = backend.commands.run("init", "--project", PROJECT, "--backend-url", backend.url)
    assert ran.code == 0, ran.err
    (row,) = label_studio.api.get("/api/ml", project=project)
    version = backend.version()
    assert row["title"] == row["model_version"] == label_studio.project(PROJECT)["model_version"] == version
    (hook,) = label_studio.api.get("/api/webhooks/", project=project)
    assert hook["url"] == f"{backend.url}/webhook"
    assert hook["headers"]["Authorization"].startswith("Basic ")
    assert SECRET not in ran.out + ran.err


def test_predictions_retrieved_three_times_are_there_once(label_studio, backend, project):
    session = label_studio.session()
    selected = {"selectedItems": {"all": True, "excluded": []}, "project": project}
    for _ in range(3):
        answer = session.post(
            f"{label_studio.url}/api/dm/actions?id=retrieve_tasks_predictions&project={project}", json=selected
        )
        assert answer.ok, answer.text
        assert [len(row["predictions"]) for row in label_studio.tasks(project)] == [1] * COUNT
    found = [row["predictions"][0] for row in label_studio.tasks(project)]
    assert {prediction["model_version"] for prediction in found} == {backend.version()}
    assert sum(bool(prediction["result"]) for prediction in found) >= 3


def test_the_doctor_finds_nothing_wrong(backend, project):
    ran = backend.commands.run("doctor", "--project", PROJECT, "--backend-url", backend.url, "--db", backend.db)
    assert ran.code == 0, ran.out
    assert f"Backend {backend.url} is connected" in ran.out
    assert f"Reviews go to {backend.url}/webhook" in ran.out


def test_a_review_in_the_browser_arrives_by_webhook(label_studio, backend, project, annotator):
    task = next(row for row in label_studio.tasks(project) if row["predictions"][0]["result"])
    caption = task["data"]["caption"]
    marks = [(r["value"]["start"], r["value"]["end"]) for r in task["predictions"][0]["result"]]
    annotator.open(project, task["id"])
    assert annotator.marked(len(marks)) == [caption[start:end] for start, end in marks]
    assert annotator.picture_seen()
    annotator.choose(caption[slice(*marks[0])])
    annotator.correct(kind="attribute", replacement="purple")
    start = next(i for i in (caption.rindex(" ") + 1, 0) if all(i >= e or i < s for s, e in marks))
    end = len(caption) if start else caption.index(" ")
    annotator.draw(start, end)
    assert len(annotator.marked(len(marks) + 1)) == len(marks) + 1
    annotator.photograph("backend")
    annotator.submit("Has misalignment")

    (kept,) = until(lambda: backend.reviews(caption), of="review in the store")
    spans = {(span.start, span.end): span for span in kept.review.spans}
    assert spans[marks[0]] == Span(*marks[0], "attribute", "purple", "changed")
    assert spans[start, end] == Span(start, end, "other", None, "manual")
    assert kept.review.status == "corrected"


def test_pull_brings_the_same_and_nothing_twice(backend, project):
    ran = backend.commands.run("pull", "--project", PROJECT, "--db", backend.db)
    assert ran.out == "0 reviews kept, 1 were here already, 0 taken back\n"


def test_a_removed_mark_is_one_of_the_prediction_that_was_seen(label_studio, backend, project):
    task = next(row for row in untouched(label_studio, project) if row["predictions"][0]["result"])
    (prediction,) = task["predictions"]
    word = prediction["result"][0]["value"]["text"]
    with Store.open(backend.db) as store:
        ignored_words.ignore(store, word=word)  # from now on it would not be marked
    annotate(label_studio, task, parent_prediction=prediction["id"])
    (kept,) = until(lambda: backend.reviews(task["data"]["caption"]), of="review in the store")
    with Store.open(backend.db) as store:
        ignored_words.heed(store, word=word)
    removed = [(span.start, span.end) for span in kept.review.spans if span.removed]
    assert removed == [(one["value"]["start"], one["value"]["end"]) for one in prediction["result"]]


def test_a_review_that_was_taken_down_survives_the_backend(label_studio, backend, project):
    task = untouched(label_studio, project)[0]
    annotate(label_studio, task)  # returns when the backend has answered
    backend.kill()
    backend.start()
    (kept,) = until(lambda: backend.reviews(task["data"]["caption"]), of="review in the store")
    assert kept.review.status == "accepted"
    assert kept.review.seconds == 2.5


def test_pull_brings_what_was_said_while_the_backend_was_down(label_studio, backend, project):
    backend.kill()
    ran = backend.commands.run("doctor", "--project", PROJECT, "--backend-url", backend.url)
    assert ran.code == 1
    assert f"Label Studio does not reach backend {backend.url}" in ran.out
    task = untouched(label_studio, project)[0]
    annotate(label_studio, task)
    backend.start()
    ran = backend.commands.run("pull", "--project", PROJECT, "--db", backend.db)
    assert ran.out == "1 reviews kept, 3 were here already, 0 taken back\n"
    assert len(backend.reviews(task["data"]["caption"])) == 1


def test_after_the_restarts_no_prediction_is_there_twice(label_studio, backend, project):
    session = label_studio.session()
    selected = {"selectedItems": {"all": True, "excluded": []}, "project": project}
    session.post(f"{label_studio.url}/api/dm/actions?id=retrieve_tasks_predictions&project={project}", json=selected)
    assert [len(row["predictions"]) for row in label_studio.tasks(project)] == [1] * COUNT
    with Store.open(backend.db) as store:
        assert items.count(store) == COUNT
        version = scorers.current(store).version
        known = answers.known(store, item_ids=items.ids(store), scorer_version=version)
    assert sum(found.prediction is not None for found in known.values()) == COUNT


def test_a_deleted_annotation_is_taken_back(label_studio, backend, project):
    task = next(row for row in label_studio.tasks(project) if row["annotations"])
    label_studio.api.call("DELETE", f"/api/annotations/{task['annotations'][0]['id']}/")
    found = until(lambda: backend.reviews(task["data"]["caption"])[1:], of="revision that takes it back")
    assert [revision.review.status for revision in found] == ["pending"]


def test_a_webhook_without_the_password_is_found_and_mended(label_studio, backend, project):
    (hook,) = label_studio.api.get("/api/webhooks/", project=project)
    label_studio.api.patch(f"/api/webhooks/{hook['id']}/", {"headers": {}})
    given = ("--project", PROJECT, "--backend-url", backend.url)
    ran = backend.commands.run("doctor", *given)
    assert ran.code == 1
    assert "carries no password" in ran.out
    assert backend.commands.run("init", *given).code == 0
    assert backend.commands.run("doctor", *given).code == 0


def test_a_wrong_password_is_found(label_studio, backend, project):
    given = ("--project", PROJECT, "--backend-url", backend.url, "--backend-password", "wrong")
    ran = backend.commands.run("init", *given)
    assert ran.code == 1
    assert "asks for a password and this is not it" in ran.err
    assert "another name or password" in backend.commands.run("doctor", *given).out


def test_a_legacy_token_serves_as_well_where_it_is_switched_on(label_studio, backend, project):
    session = label_studio.session()
    answer = session.post(f"{label_studio.url}/api/jwt/settings", json={"legacy_api_tokens_enabled": True})
    assert answer.ok, answer.text
    token = session.get(f"{label_studio.url}/api/current-user/token").json()["token"]
    legacy = Commands({"LABEL_STUDIO_URL": label_studio.url, "LABEL_STUDIO_API_KEY": token})
    ran = legacy.run("doctor", "--project", PROJECT)
    assert ran.code == 0, ran.out
    assert "The legacy token is that of" in ran.out


def test_no_secret_stands_in_the_log_or_with_the_events(label_studio, backend, project):
    log = backend.log.read_text()
    assert label_studio.token not in log
    assert SECRET not in log
    kept = b"".join(path.read_bytes() for path in backend.db.parent.glob("review-label-studio.db*"))
    assert b"ANNOTATION_CREATED" in kept
    assert b"task_data_password" not in kept
