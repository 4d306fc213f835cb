from dataclasses import replace
from datetime import UTC, datetime

import pytest
from stores import photo, row, rows

from captionlint.core.errors import FormatError
from captionlint.core.formats.records import BadRow, SourceScores
from captionlint.core.prediction import WordScore
from captionlint.core.review import Review, Span
from captionlint.db.operations import items, predictions, queue, queue_rows, reviews, scorers


def test_what_was_imported_is_there(store, tmp_path):
    added = items.add(store, rows(tmp_path, 5))
    assert (added.added, added.unchanged, added.bad_count) == (5, 0, 0)
    entry = queue.page(store, order="file")[2]
    item = items.get(store, item_id=entry.item_id)
    assert (item.source_id, item.caption) == ("item-2", "a red dog number 2 runs")
    assert item.image == str(tmp_path / "photo-1.png")
    assert len(item.image_sha256) == 64
    assert item.status == "pending"


def test_a_second_import_changes_nothing(store, tmp_path):
    items.add(store, rows(tmp_path, 5))
    again = items.add(store, rows(tmp_path, 7))
    assert (again.added, again.unchanged) == (2, 5)
    assert items.count(store) == 7


def test_rows_that_a_source_repeats_are_counted_as_such(store, tmp_path):
    a = photo(tmp_path)
    items.add(store, [row(a, "there", id="0")])
    given = [row(a, "there", id="0"), *(row(a, f"caption {n}") for n in range(1000)), row(a, "caption 1")]
    added = items.add(store, [*given, row(a, "caption 2")])
    assert (added.added, added.unchanged, added.repeated) == (1000, 3, 2)


def test_a_picture_that_is_to_blame_is_told_once(store, tmp_path):
    a, b = photo(tmp_path, "a.png"), photo(tmp_path, "b.png")
    items.add(store, [row(a, f"caption {n}", id=str(n)) for n in range(2000)])
    photo(tmp_path, "a.png", (0, 0, 9))
    given = [row(a, f"caption {n}", n, id=str(n)) for n in range(2000)]
    missing = [row(tmp_path / "missing.png", "x", 5000 + n) for n in range(3)]
    added = items.add(store, [*given, *missing, row(b, "fine")])
    assert (added.added, added.conflict_count, added.bad_count) == (1, 2000, 3)
    assert [(c.where, c.rows) for c in added.conflicts] == [("line 0", 2000)]
    assert [(c.where, c.rows) for c in added.bad] == [("line 5000", 3)]


def test_rows_without_an_id_are_known_by_picture_and_caption(store, tmp_path):
    a, b = photo(tmp_path, "a.png"), photo(tmp_path, "b.png", (1, 2, 3))
    given = [row(a, "one"), row(b, "one"), row(a, "one"), row(a, "two")]
    assert items.add(store, given).added == 3
    assert items.add(store, given).added == 0
    copy = photo(tmp_path, "copy-of-a.png")
    assert items.add(store, [row(copy, "one")]).unchanged == 1
    assert items.add(store, [row(a, "one", id="named")]).added == 1  # an id of its own is an item of its own


def test_the_same_id_with_other_content_names_both(store, tmp_path):
    a = photo(tmp_path)
    items.add(store, [row(a, "a cat", id="7")])
    result = items.add(store, [row(a, "a dog", 4, id="7"), row(a, "a bird", 5, id="8")])
    assert (result.added, result.conflict_count) == (1, 1)
    reason = result.conflicts[0].reason
    assert result.conflicts[0].where == "line 4"
    assert "a cat" in reason
    assert "a dog" in reason
    assert "--update" in reason


def test_update_takes_the_new_content_and_forgets_what_was_said_of_the_old(store, tmp_path):
    a = photo(tmp_path)
    scores = SourceScores("other", (WordScore("cat", 2, 5, -1.0),), 0.2)
    items.add(store, [row(a, "a cat", id="7", scores=(scores,))])
    (entry,) = queue.page(store)
    reviews.accept(store, item_id=entry.item_id, annotator="ana")
    assert items.add(store, [row(a, "a dog", id="7")], update=True).updated == 1
    item = items.get(store, item_id=entry.item_id)
    assert (item.caption, item.status, item.prediction, item.reviews) == ("a dog", "pending", None, ())
    assert [r.action for r in reviews.revisions(store, item_id=entry.item_id)] == ["accept", "update"]


def test_a_picture_that_changed_is_noticed(store, tmp_path):
    a = photo(tmp_path)
    items.add(store, [row(a, "a cat", id="7")])
    photo(tmp_path, colour=(0, 0, 9))
    assert "has changed" in items.add(store, [row(a, "a cat", id="7")]).conflicts[0].reason
    items.add(store, [row(a, "a cat", id="7")], update=True)
    assert items.add(store, [row(a, "a cat", id="7")]).unchanged == 1


def test_a_picture_that_changed_makes_no_doubles_of_rows_without_an_id(store, tmp_path):
    a = photo(tmp_path)
    items.add(store, [row(a, "a cat"), row(a, "a dog")])
    photo(tmp_path, colour=(0, 0, 9))
    changed = items.add(store, [row(a, "a cat"), row(a, "a dog")], update=True)
    assert (changed.added, changed.unchanged, changed.updated) == (0, 0, 2)
    assert items.count(store) == 2
    old = photo(tmp_path, "old.png")  # what the first one showed before
    for _ in range(2):
        items.add(store, [row(old, "a cat"), row(a, "a dog")])
    assert items.count(store) == 3
    assert queue.page(store, order="file")[2].image == str(old)


def test_an_id_that_an_export_gave_is_not_given_twice(store, tmp_path):
    a = photo(tmp_path)
    items.add(store, [row(a, "a cat")])
    (entry,) = queue.page(store)
    items.add(store, [row(a, "a dog", id=entry.source_id)], update=True)
    assert items.add(store, [row(a, "a cat"), row(a, "a dog")]).added == 1
    assert {e.caption for e in queue.page(store)} == {"a cat", "a dog"}


def test_pictures_that_moved_are_followed(store, tmp_path):
    a = photo(tmp_path, "old/a.png")
    items.add(store, [row(a, "a cat", id="7")])
    (tmp_path / "old").rename(tmp_path / "new")
    items.add(store, [row(tmp_path / "new/a.png", "a cat", id="7")])
    assert items.get(store, item_id=1).image == str(tmp_path / "new/a.png")


def test_bad_rows_are_told_and_the_rest_goes_on(store, tmp_path):
    a = photo(tmp_path)
    given = [
        BadRow("line 1", "no caption"),
        row(a, "fine", 2),
        row(tmp_path / "missing.png", "no picture", 3),
        row(a, "nul \0 inside", 4),
        row(a, "half \ud800 of a pair", 5),
        row(a, "\u200b \t", 6),
        row(a, "fine too", 7),
    ]
    added = items.add(store, given)
    assert (added.added, added.bad_count) == (2, 5)
    assert [bad.where for bad in added.bad] == ["line 1", "line 3", "line 4", "line 5", "line 6"]


@pytest.mark.parametrize("bad", [BadRow("line 2", "no caption"), row("nowhere.png", "x", 2), row("a", "\0", 2)])
def test_strict_stops_at_the_first_bad_row_and_keeps_what_came_before(store, tmp_path, bad):
    a = photo(tmp_path)
    with pytest.raises(FormatError, match="line 2"):
        items.add(store, [row(a, "fine", 1), bad, row(a, "never read", 3)], strict=True)
    assert items.count(store) == 1


def test_a_strict_import_stops_at_the_first_contradiction(store, tmp_path):
    a = photo(tmp_path)
    items.add(store, [row(a, "a cat", id="7")])
    given = [row(a, "before", 1), row(a, "a dog", 2, id="7"), row(a, "after", 3), BadRow("line 4", "no caption")]
    with pytest.raises(FormatError, match="line 2: id '7'"):
        items.add(store, given, strict=True)
    assert [e.caption for e in queue.page(store, order="file")] == ["a cat", "before"]


def test_web_addresses_are_kept_as_they_are(store):
    items.add(store, [row("https://example.org/a.jpg", "one"), row("https://example.org/a.jpg", "one")])
    (entry,) = queue.page(store)
    assert entry.image == "https://example.org/a.jpg"


def test_scores_and_reviews_that_come_along_are_kept_once(store, tmp_path):
    a = photo(tmp_path)
    scores = SourceScores("other-detector", (WordScore("a", 0, 1, 0.5), WordScore("cat", 2, 5, -0.5)), None)
    review = Review("corrected", (Span(2, 5, "object", "dog"),), "a dog", "ana", datetime(2026, 1, 2, tzinfo=UTC), 3.5)
    given = row(a, "a cat", id="7", scores=(scores,), reviews=(review,))
    items.add(store, [replace(given, scores=(), reviews=())])
    for _ in range(2):
        items.add(store, [given])
    item = items.get(store, item_id=1)
    assert scorers.current(store).version == "other-detector"
    assert [(w.text, w.score) for w in item.prediction.words] == [("a", 0.5), ("cat", -0.5)]
    assert item.marks == (Span(2, 5, origin="prediction"),)
    assert [r.review for r in item.reviews] == [review]
    assert item.status == "corrected"
    assert len(reviews.revisions(store, item_id=1)) == 1


def test_attributions_come_back_bit_by_bit(store, tmp_path):
    a = photo(tmp_path)
    words = (WordScore("né", 0, 2, -1.2345678901234567e-5), WordScore("😀", 3, 4, None, "not known"))
    items.add(store, [row(a, "né 😀", scores=(SourceScores("s", words, 0.1),))])
    assert predictions.get(store, item_id=1).words == words
    assert queue_rows.distribution(store).words.tolist() == [-1.2345678901234567e-5]
