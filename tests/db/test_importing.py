"""Importing into a store that is not there yet: it is made for a row that can be used."""

import json

import pytest
from stores import photo

from captionlint.core.errors import FormatError
from captionlint.db.operations import items
from captionlint.db.operations.importing import import_captions
from captionlint.db.store import Store

BAD = 1500


@pytest.fixture
def source(tmp_path):
    """A function: a file of 1,500 rows that cannot be used, half of them for a missing image, and then others."""

    def write(*more):
        lines = [{"image": "gone.png", "caption": "a dog"} if n % 2 else {"image": f"{n}.png"} for n in range(BAD)]
        path = tmp_path / "captions.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in [*lines, *more]), encoding="utf-8")
        return path

    return write


def test_importing_only_rows_that_cannot_be_used_makes_no_store(tmp_path, source):
    seen = []
    added = import_captions(tmp_path / "new.db", source(), on_progress=seen.append)
    assert (added.added, added.bad_count, len(added.bad)) == (0, BAD, 100)
    assert [one.seen for one in seen] == [1000, BAD]
    assert [path.name for path in tmp_path.iterdir()] == ["captions.jsonl"]


def test_importing_counts_the_rows_before_the_first_that_can_be_used(tmp_path, source):
    photo(tmp_path, "a.png")
    good = {"image": "a.png", "caption": "a dog"}
    seen = []
    added = import_captions(
        tmp_path / "new.db", source(good, {"image": "gone.png", "caption": "a cat"}), on_progress=seen.append
    )
    assert (added.added, added.bad_count, added.seen) == (1, BAD + 1, BAD + 2)
    assert [bad.rows for bad in added.bad if bad.picture] == [BAD // 2 + 1], "one problem for the missing image"
    assert [one.seen for one in seen] == [1000, BAD, BAD + 2]
    with Store.open(tmp_path / "new.db") as store:
        assert len(list(items.ids(store))) == 1


def test_importing_strictly_makes_no_store_for_a_first_row_that_cannot_be_used(tmp_path, source):
    with pytest.raises(FormatError, match="caption"):
        import_captions(tmp_path / "new.db", source(), strict=True)
    assert not (tmp_path / "new.db").exists()
