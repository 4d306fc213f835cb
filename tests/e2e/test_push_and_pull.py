"""The route without a backend, on a Label Studio with its own settings: init, push, a person at the browser, pull.

The tests follow one another, as the work does.
"""

import json
import subprocess
import sys

import pytest
from programs import kill, until

from captionlint.core.errors import LabelStudioError
from captionlint.core.review import Span
from captionlint.db.operations import items, queue, reviews
from captionlint.db.operations.reviewed_items import stream
from captionlint.db.store import Store

PROJECT = "Captionlint"
COUNT = 48


@pytest.fixture(scope="module")
def label_studio(site):
    with site.running():
        yield site


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    """Drawn scenes, marked by the bundled model; some are to be reviewed without marks."""
    folder = tmp_path_factory.mktemp("scenes")
    line = [sys.executable, "-m", "captionlint.cli", "demo", "--out", folder, "--count", str(COUNT)]
    subprocess.run([str(part) for part in line], check=True, stdout=subprocess.DEVNULL, timeout=300)
    with Store.open(folder / "review.db") as store:
        queue.set_blind_share(store, share=0.1)
    return folder / "review.db"


@pytest.fixture(scope="module")
def evidence(db):
    """What the store knows of each item, by its id."""
    with Store.open(db) as store:
        return {found.source_id: found for found in stream(store)}


@pytest.fixture(scope="module")
def marked(evidence, label_studio):
    """Tasks whose caption has a mark, with the mark's place: one for each test that reviews."""

    def found():
        rows = label_studio.tasks(label_studio.project(PROJECT)["id"])
        return [
            row for row in rows if row["predictions"] and row["predictions"][0]["result"] and not row["annotations"]
        ]

    return lambda: found()[0]


def standing(db, uid):
    with Store.open(db) as store:
        return reviews.standing(store, item_id=items.find(store, source_id=uid))


def test_init_makes_one_project_however_often_it_runs(commands, label_studio, db):
    for _ in range(2):
        ran = commands.run("init", "--db", db)
        assert ran.code == 0, ran.err
    project = label_studio.project(PROJECT)
    assert project["sampling"] == "Uncertainty sampling"
    assert project["show_collab_predictions"]
    assert f"{label_studio.url}/projects/{project['id']}/data" in ran.out


def test_a_backend_on_this_machine_is_refused_with_the_way_out(commands):
    ran = commands.run("init", "--backend-url", "http://127.0.0.1:9")
    assert ran.code == 1
    assert "ML_BLOCK_LOCAL_IP=false and SSRF_PROTECTION_ENABLED=false" in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_push_that_was_killed_goes_on_and_doubles_nothing(commands, label_studio, db, evidence):
    project = label_studio.project(PROJECT)["id"]
    uploads = f"/api/projects/{project}/file-uploads"
    process = commands.start("push", "--db", db)
    try:
        until(lambda: len(label_studio.api.get(uploads, all="true")) > 5, of="uploads")
    finally:
        kill(process)
    assert commands.run("push", "--db", db).out == f"{COUNT} tasks made, 0 given new marks, 0 left as they were\n"
    again = commands.run("push", "--db", db)
    assert again.out == f"0 tasks made, 0 given new marks, {COUNT} left as they were\n"

    rows = label_studio.tasks(project)
    assert sorted(row["data"]["uid"] for row in rows) == sorted(evidence)
    blind = {uid for uid, found in evidence.items() if found.blind}
    assert 0 < len(blind) < COUNT
    assert {row["data"]["uid"] for row in rows if not row["predictions"]} == blind
    for row in rows:
        spans = {(s.start, s.end) for s in evidence[row["data"]["uid"]].marks}
        for prediction in row["predictions"]:
            assert {(r["value"]["start"], r["value"]["end"]) for r in prediction["result"]} == spans
    pictures = [row for row in label_studio.api.get(uploads, all="true") if row["file"].endswith(".png")]
    assert len(pictures) == len({row["file"].split("-", 1)[1] for row in pictures})


def test_the_doctor_finds_nothing_wrong(commands, db):
    ran = commands.run("doctor", "--db", db)
    assert ran.code == 0, ran.out
    assert "personal access token" in ran.out
    assert "wrong" not in ran.out


def test_label_studio_serves_the_least_certain_item_first(label_studio):
    project = label_studio.project(PROJECT)
    rows = [row for row in label_studio.tasks(project["id"]) if row["predictions"]]
    lowest = min(rows, key=lambda row: row["predictions"][0]["score"])
    served = label_studio.api.get(f"/api/projects/{project['id']}/next")
    assert served["predictions"][0]["score"] == lowest["predictions"][0]["score"]


def test_the_list_shows_every_item(label_studio, annotator, evidence):
    annotator.open_list(label_studio.project(PROJECT)["id"])
    annotator.sees(next(iter(evidence.values())).caption)
    annotator.photograph("tasks")


def test_marks_are_seen_and_a_correction_comes_home(commands, label_studio, annotator, evidence, marked, db):
    task = marked()
    uid = task["data"]["uid"]
    (mark, *_) = evidence[uid].marks
    caption = evidence[uid].caption
    annotator.open(task["project"], task["id"])
    wanted = [caption[span.start : span.end] for span in evidence[uid].marks]
    assert annotator.marked(len(wanted)) == wanted
    assert annotator.picture_seen()
    annotator.choose(wanted[0])
    annotator.correct(kind="object", replacement="rocket")
    annotator.photograph("review")
    word = next(
        w
        for w in reversed(evidence[uid].words)
        if all(w.end <= s.start or s.end <= w.start for s in evidence[uid].marks)
    )
    annotator.draw(word.start, word.end)
    assert len(annotator.marked(len(wanted) + 1)) == len(wanted) + 1
    annotator.submit("Has misalignment")

    assert commands.run("pull", "--db", db).out == "1 reviews kept, 0 were here already, 0 taken back\n"
    assert commands.run("pull", "--db", db).out == "0 reviews kept, 1 were here already, 0 taken back\n"
    (kept,) = standing(db, uid)
    assert kept.review.status == "corrected"
    spans = {(span.start, span.end): span for span in kept.review.spans}
    assert spans[mark.start, mark.end] == Span(mark.start, mark.end, "object", "rocket", "changed")
    assert spans[word.start, word.end] == Span(word.start, word.end, "other", None, "manual")
    assert kept.review.seconds > 0


def test_a_mark_that_was_taken_away_comes_home_as_removed(commands, annotator, evidence, marked, db):
    task = marked()
    uid = task["data"]["uid"]
    annotator.open(task["project"], task["id"])
    words = annotator.marked(len(evidence[uid].marks))
    for left, word in enumerate(words, 1):
        annotator.remove(word)
        annotator.marked(len(words) - left)
    annotator.submit("Caption correct")
    assert commands.run("pull", "--db", db).out.startswith("1 reviews kept, 1 were here already")
    (kept,) = standing(db, uid)
    assert kept.review.status == "corrected"
    assert [(s.start, s.end) for s in kept.review.spans] == [(s.start, s.end) for s in evidence[uid].marks]
    assert all(span.removed and span.origin == "prediction" for span in kept.review.spans)


def test_marks_that_stand_are_accepted(commands, annotator, evidence, marked, db):
    task = marked()
    uid = task["data"]["uid"]
    annotator.open(task["project"], task["id"])
    annotator.marked(len(evidence[uid].marks))
    annotator.submit("Has misalignment")
    commands.run("pull", "--db", db)
    (kept,) = standing(db, uid)
    assert kept.review.status == "accepted"
    assert {span.origin for span in kept.review.spans} == {"prediction"}


def test_a_mark_that_was_only_given_a_kind_is_not_taken_away_as_untouched(commands, annotator, evidence, marked, db):
    task = marked()
    uid = task["data"]["uid"]
    annotator.open(task["project"], task["id"])
    first, *_ = annotator.marked(len(evidence[uid].marks))
    annotator.choose(first)
    annotator.sort("attribute")
    annotator.submit("Caption correct")
    assert commands.run("pull", "--db", db).out.startswith("1 reviews kept, ")
    (kept,) = standing(db, uid)
    assert kept.review.status == "skipped"  # one of the two is a slip
    (mark, *_) = evidence[uid].marks
    assert Span(mark.start, mark.end, "attribute", None, "prediction") in kept.review.spans


def test_a_deleted_annotation_is_taken_back(commands, label_studio, db):
    rows = [row for row in label_studio.tasks(label_studio.project(PROJECT)["id"]) if row["annotations"]]
    label_studio.api.call("DELETE", f"/api/annotations/{rows[0]['annotations'][0]['id']}/")
    assert commands.run("pull", "--db", db).out == "0 reviews kept, 3 were here already, 1 taken back\n"
    assert commands.run("pull", "--db", db).out == "0 reviews kept, 3 were here already, 0 taken back\n"
    assert standing(db, rows[0]["data"]["uid"]) == ()
    with Store.open(db) as store:
        assert items.get(store, item_id=items.find(store, source_id=rows[0]["data"]["uid"])).status == "pending"


def test_what_was_decided_is_not_pushed_again(commands, db):
    assert commands.run("push", "--db", db).out == f"0 tasks made, 0 given new marks, {COUNT - 2} left as they were\n"


def test_new_marks_go_to_the_same_tasks(commands, label_studio, db):
    from captionlint.db.operations import scorers

    with Store.open(db) as store:
        scorers.set_epsilon(store, epsilon=-0.002)
    ran = commands.run("doctor", "--db", db)
    assert ran.code == 1
    assert "No task has the store's marks" in ran.out
    ran = commands.run("push", "--db", db)
    assert ran.out.startswith("0 tasks made, ")
    rows = label_studio.tasks(label_studio.project(PROJECT)["id"])
    assert len(rows) == COUNT
    assert max(len(row["predictions"]) for row in rows) == 2
    assert "e-0.002;" in label_studio.project(PROJECT)["model_version"]
    assert commands.run("doctor", "--db", db).code == 0


def test_reviews_come_home_the_same_from_a_project_that_an_export_was_imported_into(commands, label_studio, db):
    def said():
        with Store.open(db) as store:
            found = [reviews.standing(store, item_id=item_id) for item_id in items.ids(store)]
        return [(one.item_id, one.review.status, one.review.spans) for stands in found for one in stands]

    before = said()
    assert {"accepted", "corrected"} <= {status for _, status, _ in before}
    out = db.with_name("tasks.json")
    line = [sys.executable, "-m", "captionlint.cli", "export", "--db", db, "--format", "label-studio", out]
    subprocess.run([str(part) for part in line], check=True, stdout=subprocess.DEVNULL, timeout=300)
    assert commands.run("init", "--project", "Imported").code == 0
    imported = label_studio.project("Imported")["id"]
    label_studio.api.post(f"/api/projects/{imported}/import", json.loads(out.read_text()))
    assert commands.run("pull", "--project", "Imported", "--db", db).out.startswith("2 reviews kept, ")
    assert said() == before
    for row in label_studio.tasks(imported):  # to clear up is not to take back
        label_studio.api.call("DELETE", f"/api/tasks/{row['id']}/")
    ran = commands.run("pull", "--project", "Imported", "--db", db)
    assert ran.out == "0 reviews kept, 0 were here already, 0 taken back\n"
    assert said() == before


def test_a_wrong_token_is_one_clear_line(commands, label_studio, monkeypatch):
    monkeypatch.setitem(commands.environment, "LABEL_STUDIO_API_KEY", "0123456789abcdef")
    ran = commands.run("pull", "--db", "nowhere.db")
    assert (ran.code, len(ran.err.splitlines())) == (1, 1)
    ran = commands.run("doctor")
    assert ran.code == 1
    assert "legacy tokens switched off" in ran.out or "does not accept the token" in ran.out
    with pytest.raises(LabelStudioError):
        type(label_studio.api)(label_studio.url, "0123456789abcdef").get("/api/projects")
