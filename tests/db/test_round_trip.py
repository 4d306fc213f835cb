"""An export of reviews that is imported again says the same: into a new store, and into the one that it came from."""

import json
import random

import pytest
from stores import FakeScorer, rows

from captionlint.core.formats.reading import read
from captionlint.core.review import KINDS, Span
from captionlint.db.operations import export, items, predictions, queue, reviews, stats
from captionlint.db.prelabel.local import prelabel
from captionlint.db.store import Store

ITEMS = 120
ENDINGS = {"words": "jsonl", "words-parquet": "parquet", "csv": "csv", "webdataset": "shards"}
LEFT_OUT = {"webdataset": {"rejected", "marked, without a correction"}}
"""Why a format leaves items out; the other formats leave out rejected ones only."""


def decide(lots, store, item_id, annotator):
    """One random decision: marks kept, changed, removed and added, with or without kind and replacement."""
    item = items.get(store, item_id=item_id)
    how = lots.choice(["accept", "reject", "skip", *["correct"] * 5])
    seconds = lots.choice([None, round(lots.uniform(0.1, 90), 3)])
    if how != "correct":
        getattr(reviews, how)(store, item_id=item_id, annotator=annotator, seconds=seconds)
        return
    spans, last = [], 0
    for word in item.prediction.words:
        what = lots.choice(["nothing", "mark", "wider", "part"])
        start, end = word.start, word.end
        if what == "wider":
            end = min(end + lots.randrange(1, 4), len(item.caption))
        elif what == "part":
            end = lots.randrange(start + 1, end + 1)
        if what != "nothing" and start >= last:
            spans.append(Span(start, end, lots.choice(KINDS), lots.choice([None, "", "blue", "é 漢"])))
            last = end
    rewritten = lots.choice([None, None, "a wholly\nother caption"])
    reviews.correct(
        store, item_id=item_id, annotator=annotator, spans=spans, corrected_caption=rewritten, seconds=seconds
    )


@pytest.fixture(scope="module", params=[1, 2])
def reviewed(request, tmp_path_factory):
    """A store with random reviews by two annotators."""
    lots = random.Random(request.param)
    folder = tmp_path_factory.mktemp("round-trip")
    with Store.open(folder / "review.db") as store:
        items.add(store, rows(folder, ITEMS))
        prelabel(store, FakeScorer())
        ids = list(items.ids(store))
        for item_id in ids[: ITEMS - 10]:
            decide(lots, store, item_id, "ana")
        for item_id in lots.sample(ids, 30):
            decide(lots, store, item_id, "bo — é")
        yield store


def said(store):
    """Every review that stands by the item's id, with what its annotator was shown."""
    found = {}
    for item_id in items.ids(store):
        item = items.get(store, item_id=item_id)
        told = [(r.review, r.blind, r.scorer_version, r.epsilon) for r in item.reviews]
        found[item.source_id] = (item.status, told)
    return found


def exported(store, format):
    out = store.path.with_name(f"out.{ENDINGS[format]}")
    return out, export.write(store, format=format, out=out, unreviewed=True).left_out


@pytest.mark.parametrize("format", ENDINGS)
def test_reviews_are_the_same_in_a_new_store(reviewed, tmp_path, format):
    if format == "words-parquet":
        pytest.importorskip("pyarrow")
    before = said(reviewed)
    out, left_out = exported(reviewed, format)
    assert set(left_out) == LEFT_OUT.get(format, {"rejected"})
    images = None if format in ("words-parquet", "webdataset") else reviewed.path.parent
    with Store.open(tmp_path / "new.db") as store:
        added = items.add(store, read(out, images=images))
        assert (added.bad_count, added.conflict_count) == (0, 0)
        after = said(store)
        again = items.add(store, read(out, images=images))
        assert (again.added, again.updated) == (0, 0)
        assert said(store) == after
        assert set(stats.quality(store).marks) == {"kept", "changed", "removed", "added"}
    kept = {name: found for name, found in before.items() if name in after}
    assert after == kept
    assert len(after) == len(before) - sum(left_out.values()) > ITEMS / 2
    origins = {s.origin for _, told in kept.values() for review, *_ in told for s in review.spans}
    fates = {s.removed for _, told in kept.values() for review, *_ in told for s in review.spans}
    assert (origins, fates) == ({"prediction", "changed", "manual"}, {True, False})


@pytest.mark.parametrize("format", ["words", "csv"])
def test_an_import_into_the_store_that_was_exported_changes_nothing(reviewed, format):
    before = said(reviewed)
    revisions = sum(len(reviews.revisions(reviewed, item_id=i)) for i in items.ids(reviewed))
    added = items.add(reviewed, read(exported(reviewed, format)[0], images=reviewed.path.parent))
    assert (added.added, added.updated, added.bad_count, added.conflict_count) == (0, 0, 0, 0)
    assert said(reviewed) == before
    assert sum(len(reviews.revisions(reviewed, item_id=i)) for i in items.ids(reviewed)) == revisions


def test_what_was_changed_in_the_file_counts_more_than_the_review_it_carries(reviewed, tmp_path):
    out, _ = exported(reviewed, "words")
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    row = next(line for line in lines if line["status"] == "corrected" and 0 in line["tags"])
    assert row["reviews"]
    word = row["tags"].index(0)
    row["tags"][word], row["types"][word] = 1, "count"
    (tmp_path / "edited.jsonl").write_text(json.dumps(row))
    (item,) = read(tmp_path / "edited.jsonl", images=reviewed.path.parent)
    (review,) = item.reviews
    assert Span(row["starts"][word], row["ends"][word], "count") in [
        Span(s.start, s.end, s.kind) for s in review.spans if not s.removed
    ]


def test_a_file_without_whole_reviews_is_read_as_before(reviewed, tmp_path):
    out, _ = exported(reviewed, "words")
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    for line in lines:
        del line["reviews"]
    (tmp_path / "old.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    with Store.open(tmp_path / "new.db") as store:
        added = items.add(store, read(tmp_path / "old.jsonl", images=reviewed.path.parent))
        assert (added.bad_count, added.conflict_count) == (0, 0)
        found = said(store)
    usable = [line for line in lines if line["status"] in ("accepted", "corrected")]
    assert usable
    for line in usable:
        ((review, blind, scorer, epsilon),) = found[line["id"]][1]
        assert (review.status, review.annotator) == (line["status"], line["annotators"][0])
        assert review.reviewed_at.isoformat() == line["reviewed_at"]
        assert (blind, scorer, epsilon) == (False, "fake-1", -0.01)


def test_a_review_by_the_marks_of_another_scorer_stays_one(tmp_path):
    """Reviewed by fake-1's marks; then fake-2 is shown, whose name the export puts beside each item."""
    with Store.open(tmp_path / "one.db") as store:
        items.add(store, rows(tmp_path, 4))
        prelabel(store, FakeScorer())
        for item_id in items.ids(store):
            reviews.accept(store, item_id=item_id, annotator="ana")
        prelabel(store, FakeScorer("fake-2"))
        before = said(store)
        out, _ = exported(store, "words")
        assert {json.loads(line)["scorer"]["version"] for line in out.read_text("utf-8").splitlines()} == {"fake-2"}
    with Store.open(tmp_path / "two.db") as store:
        items.add(store, rows(tmp_path, 4))
        prelabel(store, FakeScorer())
        items.add(store, read(out, images=tmp_path))
        assert {scorer for _, told in said(store).values() for _, _, scorer, _ in told} == {"fake-1"}
        assert said(store) == before


@pytest.mark.parametrize("format", ENDINGS)
def test_an_export_that_updates_its_own_store_changes_no_prediction_and_no_rank(tmp_path, format):
    with Store.open(tmp_path / "review.db") as store:
        items.add(store, rows(tmp_path, 12))
        prelabel(store, FakeScorer())
        before = [(predictions.get(store, item_id=i), queue.entries(store, item_ids=(i,))) for i in items.ids(store)]
        added = items.add(store, read(exported(store, format)[0], images=tmp_path), update=True)
        after = [(predictions.get(store, item_id=i), queue.entries(store, item_ids=(i,))) for i in items.ids(store)]
    assert (added.added, len(before)) == (0, 12)
    assert after == before
    assert before[0][0].cosine == 0.25
