"""Every writer and back, over arbitrary captions."""

import ast
import csv
import json
import tarfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captionlint.core.formats.corrections import best_caption, corrected_caption, kept_spans
from captionlint.core.formats.records import ExportItem, SourceItem
from captionlint.core.formats.round_trip.word_table import COLUMNS, FIRST_ROW, guarded, unguarded
from captionlint.core.review import Span
from tests.core.formats.made import items, made, png, quick, rows_of, texts, written


def assert_same(back: SourceItem, item: ExportItem) -> None:
    assert back.caption == item.caption
    assert back.id == item.id
    assert back.reviews == (item.review,)
    for words in back.scores:
        assert words.scorer == "demo-1"
        assert words.words == item.words
    if any(word.score is not None for word in item.words):
        assert len(back.scores) == 1


@pytest.mark.parametrize("format", ["words", "words-parquet", "csv", "label-studio"])
@quick
@given(item=items())
def test_reviews_and_scores_come_back(tmp_path: Path, format: str, item: ExportItem) -> None:
    if format == "words-parquet":
        pytest.importorskip("pyarrow")
    (back,) = rows_of(written(tmp_path, format, item))
    assert_same(back, item)
    assert back.image == str(tmp_path / item.image)


@quick
@given(item=items())
def test_reviews_come_back_from_a_label_studio_that_took_the_file_in(tmp_path: Path, item: ExportItem) -> None:
    """As 1.23.2 does: predictions by number, annotations that began from none, results and meta as they were."""
    out = written(tmp_path, "label-studio", item)
    (task,) = json.loads(out.read_text("utf-8"))
    task["predictions"] = [11]
    for annotation in task["annotations"]:
        annotation |= {"parent_prediction": None, "prediction": {}}
    out.write_text(json.dumps([task]))
    assert_same(rows_of(out)[0], item)


@quick
@given(item=items())
def test_shards_come_back_with_the_caption_to_train_on(tmp_path: Path, item: ExportItem) -> None:
    (tmp_path / "a.png").write_bytes(png())
    out = written(tmp_path, "webdataset", replace(item, image_path=tmp_path / "a.png"))
    trainable = corrected_caption(item) is not None or not kept_spans(item)
    assert [path.name for path in sorted(out.iterdir())] == (["00000.tar"] if trainable else []) + ["sizes.json"]
    if not trainable:
        return
    (back,) = rows_of(out, images=tmp_path)
    assert_same(back, item)
    assert Path(back.image).read_bytes() == png()
    with tarfile.open(out / "00000.tar") as shard:
        assert {name.count(".") for name in shard.getnames()} == {1}
        text = next(member for member in shard if member.name.endswith(".txt"))
        assert shard.extractfile(text).read().decode() == best_caption(item)


@quick
@given(item=items())
def test_pairs_keep_both_captions(tmp_path: Path, item: ExportItem) -> None:
    lines = written(tmp_path, "dpo", item).read_text("utf-8").split("\n")[:-1]
    corrected = corrected_caption(item)
    assert len(lines) == (corrected is not None)
    for row in map(json.loads, lines):
        assert row["rejected"][0]["content"][0]["text"] == item.caption
        assert row["chosen"][0]["content"][0]["text"] == corrected


@quick
@given(item=items())
def test_conversations_and_groundings_are_lists(tmp_path: Path, item: ExportItem) -> None:
    for row in json.loads(written(tmp_path, "llava", item).read_text("utf-8")):
        assert row["conversations"][1]["value"] == best_caption(item)
    (row,) = json.loads(written(tmp_path, "hat", item).read_text("utf-8"))
    assert [word for word, _ in row["grounding"]] == item.caption.split()
    assert row["contains_hallucination"] == any(wrong for _, wrong in row["grounding"])


@quick
@given(captions=st.lists(st.tuples(texts, texts), min_size=2, max_size=6))
def test_negclip_is_read_back_by_its_column_rules(tmp_path: Path, captions: list[tuple[str, str]]) -> None:
    pairs = [(wrong, right) for wrong, right in captions if wrong != right]
    out = [made(wrong, corrected=right, image=f"{n}.png", id=str(n)) for n, (wrong, right) in enumerate(pairs)]
    if len(out) < 2:
        return
    with written(tmp_path, "negclip", *out).open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file, delimiter="\t")
    assert header == ["filepath", "title", "neg_caption", "neg_image"]
    for number, (row, (wrong, right)) in enumerate(zip(rows, pairs, strict=True)):
        others = ast.literal_eval(row[3])
        assert row[:2] == [f"{number}.png", right]
        assert ast.literal_eval(row[2]) == [wrong]
        assert 1 <= len(others) <= 3
        assert all(0 <= other < len(rows) and other != number for other in others)


@quick
@given(text=st.text(st.sampled_from("'=+-@\t\r\n＝a")))
def test_a_guarded_cell_never_runs_and_comes_back(text: str) -> None:
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))
    assert unguarded(guarded(text)) == text


@quick
@given(item=items(), format=st.sampled_from(["words", "csv", "label-studio"]))
def test_every_span_written_is_what_the_caption_reads(tmp_path: Path, item: ExportItem, format: str) -> None:
    out = written(tmp_path, format, item)
    if format == "words":
        row = json.loads(out.read_text("utf-8"))
        spans = zip(row["tokens"], row["starts"], row["ends"], strict=True)
    elif format == "csv":
        with out.open(encoding="utf-8", newline="") as file:
            spans = [(unguarded(r["text"]), int(r["start"]), int(r["end"])) for r in csv.DictReader(file) if r["start"]]
    else:
        (task,) = json.loads(out.read_text("utf-8"))
        results = task["predictions"][0]["result"] + task["annotations"][0]["result"]
        regions = [entry["value"] for entry in results if entry["type"] == "labels"]
        spans = [(value["text"], value["start"], value["end"]) for value in regions]
    assert all(item.caption[start:end] == text for text, start, end in spans)


@quick
@given(captions=st.lists(texts, min_size=1, max_size=4))
def test_plain_rows_come_back(tmp_path: Path, captions: list[str]) -> None:
    source = tmp_path / "plain"
    for separator in ",\t":
        with source.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, delimiter=separator)
            rows.writerow(["image", "caption"])
            rows.writerows([["a.jpg", caption] for caption in captions])
        assert [row.caption for row in rows_of(source)] == captions
    source.write_text("".join(json.dumps({"image": "a.jpg", "caption": c}) + "\n" for c in captions))
    assert [row.caption for row in rows_of(source)] == captions
    source.write_text(json.dumps([{"image": "a.jpg", "caption": c} for c in captions], indent=1))
    assert [row.caption for row in rows_of(source)] == captions


@quick
@given(captions=st.lists(texts, min_size=1, max_size=4))
def test_coco_comes_back(tmp_path: Path, captions: list[str]) -> None:
    coco = {
        "annotations": [{"id": n, "image_id": 7, "caption": caption} for n, caption in enumerate(captions)],
        "images": [{"id": 7, "file_name": "a.jpg"}],
    }
    (tmp_path / "coco.json").write_text(json.dumps(coco))
    assert [row.caption for row in rows_of(tmp_path / "coco.json")] == captions


@quick
@given(caption=texts.filter(lambda text: not text.endswith("\r") and not text.startswith("\ufeff")))
def test_sidecars_come_back_but_for_one_line_end(tmp_path: Path, caption: str) -> None:
    (tmp_path / "a.png").write_bytes(png())
    for end in ("\n", "\r\n"):
        (tmp_path / "a.txt").write_bytes((caption + end).encode())
        assert [row.caption for row in rows_of(tmp_path)] == [caption]


LONG = " ".join(f"word{number}" for number in range(40_000))


def long_item() -> ExportItem:
    """Every second word marked, with a replacement: what grew with words times marks took minutes."""
    item = made(LONG, id="1")
    marked = tuple(int(number % 2 == 0) for number in range(len(item.words)))
    spans = tuple(Span(w.start, w.end, "object", "dog", "prediction") for w in item.words[::2])
    review = replace(item.review, status="corrected", spans=spans)
    return replace(item, tags=marked, pre_tags=marked, review=review)


@pytest.mark.parametrize("name", ["csv", "words", "hat"])
def test_a_caption_of_40_000_words_comes_back_in_a_file_of_its_size(tmp_path: Path, name: str) -> None:
    item = long_item()
    out = written(tmp_path, name, item)
    assert out.stat().st_size < 30 * len(LONG)
    (row,) = rows_of(out)
    assert row.caption == LONG
    if name != "hat":
        assert row.reviews[0].spans == item.review.spans


def test_a_csv_that_repeats_the_caption_on_every_row_is_read_as_well(tmp_path: Path) -> None:
    items = [made("a cat sat", Span(2, 5, "object", "dog", "prediction"), id="1"), made("a dog", id="2")]
    out = written(tmp_path, "csv", *items)
    expected = rows_of(out)
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [bool(row["caption"]) for row in rows] == [True, False, False, True, False]
    for before, row in pairwise(rows):
        row |= {name: row[name] or before[name] for name in FIRST_ROW}
    with out.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        table.writerows(rows)
    assert rows_of(out) == expected
