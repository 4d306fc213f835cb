"""Writers: what they refuse, what they leave out, and that nothing half-written ever has a name."""

import errno
import io
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from captionlint.core.errors import FormatError, UsageError
from captionlint.core.formats.card import Tally, write_card
from captionlint.core.formats.corrections import with_replacements
from captionlint.core.formats.records import ExportItem
from captionlint.core.formats.round_trip.word_table import guarded
from captionlint.core.formats.writers import shards
from captionlint.core.formats.writing import FORMATS_OUT, open_writer, split_of
from captionlint.core.prediction import WordScore
from captionlint.core.review import Span
from tests.core.formats.made import made, png, rows_of, written

EVERY = sorted(FORMATS_OUT)


@pytest.fixture
def pair(tmp_path: Path) -> list[ExportItem]:
    (tmp_path / "a.png").write_bytes(png())
    path = tmp_path / "a.png"
    return [
        made("a red cat", corrected="a blue cat", image="a.png", image_path=path),
        made("a dog", corrected="a fox", image="b.png", image_path=path, id="2"),
    ]


def test_the_formats_are_those_of_the_design() -> None:
    assert set(FORMATS_OUT) == {
        "words", "words-parquet", "negclip", "dpo", "webdataset", "label-studio", "csv", "rlhf-v", "llava", "hat",
    }  # fmt: skip


def test_the_words_row_has_the_fields_of_its_schema(tmp_path: Path) -> None:
    item = made("a red cat", Span(2, 5, "attribute", "blue"), corrected="a blue cat")
    row = json.loads(written(tmp_path, "words", item).read_text())
    assert list(row) == [
        "id", "image", "image_sha256", "caption", "tokens", "starts", "ends", "tags", "types", "pre_scores",
        "pre_probs", "pre_tags", "edits", "corrected_caption", "blind", "annotators", "status", "reviewed_at", "split",
        "scorer", "reviews",
    ]  # fmt: skip
    assert row["tags"] == [0, 1, 0]
    assert row["types"] == [None, "attribute", None]
    assert row["edits"] == [{"start": 2, "end": 5, "replacement": "blue"}]
    assert row["reviewed_at"] == "2026-01-02T12:00:00+00:00"


@pytest.mark.parametrize("format", EVERY)
def test_nothing_is_left_behind_by_an_error(tmp_path: Path, format: str, pair: list[ExportItem]) -> None:
    def interrupted() -> None:
        with open_writer(format, tmp_path / "out") as writer:
            writer.write(pair[0])
            raise KeyboardInterrupt

    before = sorted(tmp_path.iterdir())
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert sorted(tmp_path.iterdir()) == before


KILLED = """
import os, signal, sys
from pathlib import Path
from captionlint.core.formats.writing import open_writer

with open_writer(sys.argv[1], Path(sys.argv[2])):
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("format", ["words", "webdataset"])
def test_what_a_killed_export_left_goes_with_the_next_one(tmp_path: Path, format: str, pair: list[ExportItem]) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    out = folder / "out [1].x"
    for _ in range(3):
        killed = subprocess.run([sys.executable, "-c", KILLED, format, out], check=False, timeout=300)
        assert killed.returncode == -signal.SIGKILL
        assert len(list(folder.iterdir())) == 1
    other = folder / ".out [1].x.notmine.part"
    other.touch()
    with open_writer(format, out) as running:
        with open_writer(format, out):
            pass
        for item in pair:
            running.write(item)
    assert sorted(folder.iterdir()) == sorted([out, other])
    assert running.written == 2


@pytest.mark.parametrize("format", EVERY)
def test_an_earlier_export_is_replaced_only_when_the_new_one_is_complete(
    tmp_path: Path, format: str, pair: list[ExportItem]
) -> None:
    out = written(tmp_path, format, *pair)
    first = out.read_bytes() if out.is_file() else (out / "00000.tar").read_bytes()
    with pytest.raises(RuntimeError), open_writer(format, out):
        raise RuntimeError
    assert (out.read_bytes() if out.is_file() else (out / "00000.tar").read_bytes()) == first
    written(tmp_path, format, *[replace(item, image=f"new/{item.image}") for item in pair])
    assert (out.read_bytes() if out.is_file() else (out / "00000.tar").read_bytes()) != first


def test_a_full_disk_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pair: list[ExportItem]) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("captionlint.core.formats.files.atomic.os.fsync", full)
    with pytest.raises(FormatError, match="out-words cannot be written: No space left on device"):
        written(tmp_path, "words", *pair)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png"]


def test_places_that_cannot_be_written_to(tmp_path: Path, pair: list[ExportItem]) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        written(tmp_path / "nowhere", "words", *pair)
    with pytest.raises(UsageError, match="is a folder"), open_writer("words", tmp_path):
        pass
    with pytest.raises(UsageError, match="holds other things"), open_writer("webdataset", tmp_path):
        pass


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="is a device or a pipe"), open_writer("words", tmp_path / "pipe"):
        pass


def test_a_database_is_not_replaced(tmp_path: Path, pair: list[ExportItem]) -> None:
    database = tmp_path / "bookmarks"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE bookmarks (id)")
    before = database.read_bytes()
    with pytest.raises(UsageError, match="is a database"), open_writer("words", database) as writer:
        writer.write(pair[0])
    assert database.read_bytes() == before


def test_an_export_to_a_link_goes_where_it_leads(tmp_path: Path, pair: list[ExportItem]) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "latest").symlink_to(tmp_path / "kept" / "first.jsonl")
    for item in pair:
        with open_writer("words", tmp_path / "latest") as writer:
            writer.write(item)
    assert (tmp_path / "latest").is_symlink()
    assert len((tmp_path / "kept" / "first.jsonl").read_text(encoding="utf-8").splitlines()) == 1
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["first.jsonl"]


def test_line_formats_go_to_a_stream_and_others_do_not(pair: list[ExportItem]) -> None:
    for format, known in FORMATS_OUT.items():
        stream = io.StringIO()
        if known.is_lines:
            with open_writer(format, stream) as writer:
                for item in pair:
                    writer.write(item)
            assert len(stream.getvalue().splitlines()) >= 2
        else:
            with pytest.raises(UsageError, match="needs a file or folder"):
                open_writer(format, stream)


def test_unknown_formats_and_options(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no output format 'excel'; there are words, "):
        open_writer("excel", tmp_path / "out")
    with pytest.raises(UsageError, match="no option 'colour'"):
        open_writer("words", tmp_path / "out", colour="red")
    with pytest.raises(UsageError, match="not open"):
        open_writer("words", tmp_path / "out").write(made("a cat"))


@pytest.mark.parametrize("format", EVERY)
def test_an_ending_of_another_kind_of_file_is_refused(tmp_path: Path, format: str) -> None:
    right = FORMATS_OUT[format].suffix
    for ending in {one.suffix for one in FORMATS_OUT.values()} | {".ndjson", ".xlsx", ".JSONL", ".gz", ".tar"}:
        out = tmp_path / f"labels{ending}"
        if ending.lower() in ("", right) or (right, ending) == (".jsonl", ".ndjson"):
            open_writer(format, out)
            continue
        with pytest.raises(UsageError) as refused:
            open_writer(format, out)
        assert f"ends in {ending.lower()}, and the format {format} writes" in str(refused.value)
        assert (f"a file that ends in {right}" if right else "a folder") in str(refused.value)
    for harmless in ("labels", "labels.v2", "labels.2024-05-01", "labels.txt", "labels.bak"):
        open_writer(format, tmp_path / harmless)
    assert list(tmp_path.iterdir()) == []


def test_the_refusal_names_the_formats_of_that_ending(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="name one, or take the format words-parquet or rlhf-v"):
        open_writer("words", tmp_path / "out.parquet")


def test_words_and_marks_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    wrong = [
        replace(made("a cat"), words=(WordScore("cat", 1, 4, None),), tags=(0,), pre_tags=(0,)),
        replace(made("a cat"), tags=(0,)),
        made("a cat", Span(2, 9)),
    ]
    for item in wrong:
        with pytest.raises(FormatError, match="The item 1 has"):
            written(tmp_path, "words", item)


def test_unreviewed_items_are_refused_unless_asked_for(tmp_path: Path) -> None:
    item = replace(made("a cat"), review=None, annotators=(), tags=(-100, -100))
    with pytest.raises(UsageError, match="is not reviewed"):
        written(tmp_path, "words", item)
    out = tmp_path / "out.jsonl"
    with open_writer("words", out, unreviewed=True) as writer:
        writer.write(item)
    row = json.loads(out.read_text())
    assert (row["status"], row["tags"], row["reviewed_at"]) == ("pending", [-100, -100], None)
    assert rows_of(out)[0].reviews == ()


def test_what_a_format_has_no_row_for_is_counted(tmp_path: Path) -> None:
    marked = made("a red cat", Span(2, 5))
    items = [
        made("a cat"),
        marked,
        replace(marked, review=replace(marked.review, status="rejected")),
        made("a cat", corrected="a dog"),
    ]
    counts = {}
    for format in ("words", "dpo", "llava"):
        with open_writer(format, tmp_path / "out") as writer:
            for item in items:
                writer.write(item)
        counts[format] = (writer.written, writer.left_out)
    assert counts["words"] == (3, Counter({"rejected": 1}))
    assert counts["dpo"] == (1, Counter({"rejected": 1, "no corrected caption": 2}))
    assert counts["llava"] == (2, Counter({"rejected": 1, "marked, without a correction": 1}))


def test_replacements_stand_in_for_a_corrected_caption(tmp_path: Path) -> None:
    spans = (Span(2, 5, "attribute", "blue"), Span(6, 11, "attribute", ""), Span(0, 1, "other", "x", removed=True))
    row = json.loads(written(tmp_path, "dpo", made("a red small cat", *spans)).read_text())
    assert row["chosen"][0]["content"][0]["text"] == "a blue cat"
    assert with_replacements("red cat", [Span(0, 3, replacement="")]) == "cat"
    assert with_replacements("cat red", [Span(4, 7, replacement="")]) == "cat "


def test_negclip_needs_two_images(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="at least two images"):
        written(tmp_path, "negclip", made("a cat", corrected="a dog"))
    assert list(tmp_path.iterdir()) == []
    many = [made(f"cat {n}", corrected=f"dog {n}", id=str(n)) for n in range(150)]
    rows = written(tmp_path, "negclip", *many, made("a", corrected="b", image="other.png", id="x")).read_text()
    assert [line.rsplit("\t", 1)[1] for line in rows.splitlines()[1:3]] == ["[150]", "[150]"]
    with open_writer("negclip", tmp_path / "none") as writer:
        writer.write(made("a cat"))
    assert (writer.written, writer.left_out.total()) == (0, 1)


def test_shards_stay_under_their_limits(tmp_path: Path, pair: list[ExportItem]) -> None:
    sink = shards.ShardSink(tmp_path, max_samples=2)
    for number in range(5):
        sink.put(replace(pair[0], id=str(number)))
    sink.finish()
    assert json.loads((tmp_path / "sizes.json").read_text()) == {"00000.tar": 2, "00001.tar": 2, "00002.tar": 1}
    (tmp_path / "small").mkdir()
    sink = shards.ShardSink(tmp_path / "small", max_bytes=10)
    for item in pair:
        sink.put(item)
    sink.finish()
    assert json.loads((tmp_path / "small" / "sizes.json").read_text()) == {"00000.tar": 1, "00001.tar": 1}


def test_parquet_without_pyarrow_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pair: list[ExportItem]
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"\[parquet\]"):
        written(tmp_path, "words-parquet", *pair)
    (tmp_path / "x.parquet").write_bytes(b"PAR1")
    with pytest.raises(UsageError, match=r"\[parquet\]"):
        rows_of(tmp_path / "x.parquet")


def test_splits_go_by_image_and_never_move() -> None:
    hashes = [f"{number:064x}" for number in range(4000)]
    splits = Counter(map(split_of, hashes))
    assert abs(splits["train"] / 4000 - 0.8) < 0.03
    assert abs(splits["dev"] / 4000 - 0.1) < 0.02
    assert [split_of(one) for one in hashes[:8]] == [split_of(one.upper()) for one in hashes[:8]]
    # written down: an export of another year must agree
    assert [split_of(one) for one in hashes[:4]] == ["dev", "test", "test", "train"]


def test_the_card_says_what_is_inside(tmp_path: Path, pair: list[ExportItem]) -> None:
    with open_writer("words", tmp_path / "out") as writer:
        for item in [*pair, made("a red | cat", Span(2, 5, "attribute"), blind=True)]:
            writer.write(item)
    card = tmp_path / "dataset_card.md"
    write_card(
        tmp_path / "out",
        writer.tally,
        format="words",
        root=tmp_path.parent / "photos",
        left_out=writer.left_out,
        kappa=0.8125,
        double_reviewed=12,
        licence="cc-by-4.0",
    )
    text = card.read_text()
    assert text.startswith('---\nlicense: "cc-by-4.0"\n')
    for fact in (
        "| File | out |",
        "| Image names start from | ../photos |",
        "| Items | 3 (",
        "| Hallucinated words, of those reviewed | 1 of 8 (12.5 %) |",
        "| Items with a corrected caption | 2 of 3 (66.7 %) |",
        "| Marks by kind | attribute 1 |",
        "| Agreement | Cohen's kappa 0.812 over the words of 12 items",
        "| Scorer version | demo-1 3 |",
        "| Status | corrected 3 |",
        "| Annotators | ana 3 |",
    ):
        assert fact in text
    write_card(tmp_path / "out", Tally(), format="words", root=tmp_path)
    assert 'license: "unknown"' in card.read_text()
    write_card(tmp_path / "other.jsonl", Tally(), format="dpo", root=tmp_path)  # leaves the first one's card alone
    assert "| File | out |" in card.read_text()
    assert "| Image names start from | . |" in (tmp_path / "other.jsonl.dataset_card.md").read_text()


def test_the_docs_say_how_to_take_the_apostrophe_away() -> None:
    page = (Path(__file__).parents[3] / "docs" / "formats.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    for text in ("=1+1", "'=1", "''@x", "plain", "'quoted'", "-", "＝", "\tx", ""):
        found = {"cell": guarded(text)}
        exec(code, found)
        assert found["text"] == text


def test_parquet_holds_few_images_at_once(tmp_path: Path) -> None:
    import pyarrow.parquet

    path = tmp_path / "big.png"
    path.write_bytes(png() + bytes(1 << 20))
    with open_writer("words-parquet", tmp_path / "many.parquet") as writer:
        for number in range(50):
            writer.write(made("a dog", corrected="a fox", image_path=path, id=str(number)))
    with pyarrow.parquet.ParquetFile(tmp_path / "many.parquet") as file:
        groups = [file.metadata.row_group(number) for number in range(file.num_row_groups)]
    assert sum(group.num_rows for group in groups) == 50
    assert max(group.num_rows for group in groups) <= 17  # one more than fit into 16 MiB
