import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stores import FakeScorer, photo, row

from captionlint.core.errors import StoreError
from captionlint.core.formats.fields import is_blank
from captionlint.core.formats.reading import read
from captionlint.core.formats.records import SourceItem
from captionlint.core.formats.writing import FORMATS_OUT, open_writer
from captionlint.core.prediction import Prediction, WordScore
from captionlint.core.review import KINDS, Span
from captionlint.db.operations import export, items, predictions, queue, reviewed_items, reviews, scorers, undo
from captionlint.db.operations.calibration import BASE
from captionlint.db.operations.reviewed_items import stream
from captionlint.db.prelabel.local import prelabel
from captionlint.db.store import Store


@pytest.fixture
def full(store, tmp_path):
    a, b = photo(tmp_path, "photos/a.png"), photo(tmp_path, "photos/deep/b.png", (0, 0, 3))
    items.add(store, [row(a, "a xcat sleeps", id="1"), row(b, "a dog runs", id="2"), row(a, "cow", id="3")])
    prelabel(store, FakeScorer())
    return store


def test_only_reviewed_items_go_out_unless_asked_for(full, tmp_path):
    with pytest.raises(StoreError, match="--unreviewed"):
        list(export.items(full, root=tmp_path))
    reviews.accept(full, item_id=1, annotator="ana")
    reviews.reject(full, item_id=2, annotator="ana")
    (item,) = export.items(full, root=tmp_path)
    assert (item.id, item.image, item.tags, item.pre_tags) == ("1", "photos/a.png", (0, 1, 0), (0, 1, 0))
    assert item.annotators == ("ana",)
    assert item.scorer == {"model": "fake", "weights_sha": "0" * 64, "version": "fake-1", "eps": -0.01}
    everything = list(export.items(full, root=tmp_path, unreviewed=True))
    assert [(i.id, i.tags) for i in everything] == [("1", (0, 1, 0)), ("3", (-100,))]


def test_the_newest_decision_counts_and_all_annotators_are_named(full, tmp_path):
    reviews.accept(full, item_id=1, annotator="ana")
    reviews.correct(full, item_id=1, annotator="ben", spans=[])
    (item,) = export.items(full, root=tmp_path)
    assert (item.tags, item.pre_tags, item.annotators) == ((0, 0, 0), (0, 1, 0), ("ben", "ana"))


def test_captions_of_one_picture_come_together(full, tmp_path, monkeypatch):
    monkeypatch.setattr(reviewed_items, "_CHUNK", 1)
    assert [e.source_id for e in stream(full)] == ["1", "3", "2"]
    for item_id in (1, 2):
        reviews.correct(full, item_id=item_id, annotator="ana", spans=[Span(2, 5, replacement="cow")])
    reviews.accept(full, item_id=3, annotator="ana")
    with open_writer("negclip", tmp_path / "out.tsv") as writer:
        for item in export.items(full, root=tmp_path):
            writer.write(item)
    assert writer.written == 3  # the right caption "cow" has a wrong one of the same picture beside it


def exported(store, folder, name="words"):
    out = folder / f"out{FORMATS_OUT[name].suffix}"
    with open_writer(name, out) as writer:
        for item in export.items(store, root=folder):
            writer.write(item)
    return out


def test_an_export_that_is_read_again_changes_nothing(full, tmp_path):
    scorers.set_epsilon(full, epsilon=-0.5)
    reviews.accept(full, item_id=1, annotator="ana", seconds=3)
    out = exported(full, tmp_path)
    before = [items.get(full, item_id=i) for i in items.ids(full)]
    assert items.add(full, read(out)).unchanged == 1
    assert [items.get(full, item_id=i) for i in items.ids(full)] == before
    reviews.reject(full, item_id=1, annotator="ana")  # decided anew: the earlier answer is no news
    items.add(full, read(out))
    assert items.get(full, item_id=1).status == "rejected"
    assert undo.undo(full, annotator="ana").status == "accepted"


@pytest.mark.parametrize("name", ["words", "words-parquet", "label-studio", "csv"])
def test_another_store_learns_how_marks_were_made(full, tmp_path, name):
    scorers.set_epsilon(full, epsilon=-0.5)
    queue.set_blind_share(full, share=1)
    reviews.correct(full, item_id=1, annotator="ana", spans=[Span(7, 13)])
    queue.set_blind_share(full, share=0)
    out = exported(full, tmp_path, name)
    with Store.open(tmp_path / "other.db") as other:
        items.add(other, read(out))
        (review,) = items.get(other, item_id=1).reviews
        assert (review.blind, review.review.spans) == (True, (Span(7, 13),))
        scorer = scorers.current(other)
        assert (scorer.version, scorer.epsilon) == ("fake-1", -0.5)
        if name.startswith("words"):
            assert scorer.details == scorers.current(full).details


def test_calibrated_scores_go_out_as_probabilities(full, tmp_path):
    (word, *_) = items.get(full, item_id=1).prediction.words
    words = (WordScore(word.text, word.start, word.end, -0.75), WordScore("xcat", 2, 6, None))
    result = Prediction("fake-1;cal-1", "a xcat sleeps", 0.2, words)
    details = {"model": "fake", BASE: "fake-1"}
    predictions.record(full, scorer_version="fake-1;cal-1", results=[(1, result)], details=details, epsilon=-0.5)
    scorers.choose(full, version="fake-1;cal-1")
    reviews.accept(full, item_id=1, annotator="ana")
    (item,) = export.items(full, root=tmp_path)
    assert item.pre_probabilities == (0.75, None)
    assert item.scorer["calibrator"] == "cal-1"
    out = exported(full, tmp_path, "words")
    with Store.open(tmp_path / "other.db") as other:
        items.add(other, read(out))
        (back,) = export.items(other, root=tmp_path)
        assert back.pre_probabilities == (0.75, None)


def test_names_start_beside_the_output_or_at_the_common_folder(full, tmp_path):
    assert export.names_root(full, beside=tmp_path) == tmp_path
    assert export.names_root(full, beside=tmp_path / "elsewhere") == tmp_path / "photos"


def test_an_export_sees_one_state_of_the_store(store, tmp_path, monkeypatch):
    monkeypatch.setattr(reviewed_items, "_CHUNK", 1)
    items.add(store, [row(photo(tmp_path), f"caption {n}") for n in range(3)])
    seen = stream(store)
    first = next(seen)
    reviews.accept(store, item_id=3, annotator="ana")
    assert [first.status, *(e.status for e in seen)] == ["pending"] * 3


CAPTIONS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=40).filter(
    lambda text: not is_blank(text)
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(CAPTIONS, min_size=1, max_size=4, unique=True), st.data())
def test_offsets_survive_import_store_export_and_import(tmp_path_factory, captions, data):
    folder = tmp_path_factory.mktemp("offsets")
    picture = photo(folder)
    with Store.open(folder / "one.db") as store:
        items.add(store, [SourceItem(picture, caption, "row") for caption in captions])
        prelabel(store, FakeScorer())
        expected = {}
        for found in stream(store):
            words = found.words
            chosen = data.draw(st.lists(st.sampled_from(words), unique=True)) if words else []
            spans = [Span(w.start, w.end, data.draw(st.sampled_from(KINDS))) for w in chosen]
            reviews.correct(store, item_id=found.item_id, annotator="ana", spans=spans)
            expected[found.caption] = ({(w.start, w.end) for w in chosen}, [(w.start, w.end, w.text) for w in words])
        for name in ("words", "words-parquet"):
            out = folder / f"{name}{FORMATS_OUT[name].suffix}"
            with open_writer(name, out) as writer:
                for item in export.items(store, root=folder):
                    writer.write(item)
            assert _read_back(folder / f"{name}.db", out, folder) == expected


def _read_back(path, out, folder):
    with Store.open(path) as other:
        added = items.add(other, read(out, images=folder))
        assert added.bad == ()
        return {
            e.caption: (
                {(s.start, s.end) for s in e.reviews[-1].review.spans if not s.removed} if e.reviews else set(),
                [(w.start, w.end, w.text) for w in e.words],
            )
            for e in stream(other)
        }
