"""What each input format says, and that formats are told by content."""

import csv
import json
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from captionlint.core.errors import FormatError
from captionlint.core.formats.reading import read
from captionlint.core.review import Span
from tests.core.formats.made import NOON, bad_rows_of, made, png, rows_of, written

ROW = {"image": "a.jpg", "caption": "a red cat"}


def jsonl(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_reading_loads_neither_torch_nor_pyarrow() -> None:
    code = (
        "import sys, core.formats.reading, core.formats.writing\n"
        "assert not {'torch', 'pyarrow', 'PIL', 'sqlalchemy', 'datasets'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=300)


def test_formats_are_told_by_content_not_by_name(tmp_path: Path) -> None:
    source = tmp_path / "captions.dat"
    jsonl(source, ROW)
    assert rows_of(source)[0].where == "captions.dat:1"
    source.write_text("image;caption\na.jpg;a red cat\n")
    assert rows_of(source)[0].where == "captions.dat:2"
    source.write_text(json.dumps([ROW]))
    assert rows_of(source)[0].where == "captions.dat:1 (entry 1)"


def test_plain_rows_have_id_and_references(tmp_path: Path) -> None:
    source = jsonl(tmp_path / "a.jsonl", ROW | {"id": 7, "references": ["one", "two"], "more": {}})
    (row,) = rows_of(source)
    assert (row.id, row.references, row.image) == ("7", ("one", "two"), str(tmp_path / "a.jpg"))
    source.write_text('Image,Caption,id,references\na.jpg,"a, ""cat""",x,"[""one"", ""two""]"\nb.jpg,dog,,a hound\n')
    first, second = rows_of(source)
    assert (first.caption, first.id, first.references) == ('a, "cat"', "x", ("one", "two"))
    assert (second.id, second.references) == (None, ("a hound",))


def test_urls_pass_and_paths_are_taken_from_the_folder_of_images(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    urls = ["https://example.org/a.jpg?x=1", "http://example.org/a.jpg", "s3://bucket/a.jpg", "gs://bucket/a.jpg"]
    names = [*urls, "a.jpg", "sub/../a.jpg"]
    source = jsonl(tmp_path / "a.jsonl", *[ROW | {"image": name} for name in names])
    found = [row.image for row in rows_of(source, images=tmp_path / "photos")]
    assert found == [*urls, *[str(tmp_path / "photos" / "a.jpg")] * 2]


def test_coco_has_its_images_before_or_after(tmp_path: Path) -> None:
    images = [{"id": 3, "file_name": "x.jpg", "height": 2}]
    captions = [{"id": 11, "image_id": 3, "caption": "a cat"}, {"id": 12, "image_id": 4, "caption": "a dog"}]
    for order in (("images", "annotations"), ("annotations", "images")):
        parts = {"images": images, "annotations": captions}
        source = tmp_path / "coco.json"
        source.write_text(json.dumps({"info": {"annotations": []}} | {name: parts[name] for name in order}))
        first, second = read(source)
        assert (first.image, first.caption, first.id) == (str(tmp_path / "x.jpg"), "a cat", "11")
        assert "no image has the id '4'" in second.reason


def test_a_folder_of_images_with_captions_beside_them(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("b.PNG", "sub/a.jpg", "alone.png"):
        (tmp_path / name).write_bytes(png())
    (tmp_path / "b.txt").write_bytes("ein Käfer\r\n".encode("cp1252"))
    (tmp_path / "sub" / "a.txt").write_text("line one\nline two\n")
    (tmp_path / "no-image.txt").write_text("x")
    rows = {row.where: row for row in read(tmp_path)}
    assert rows["sub/a.jpg"].caption == "line one\nline two"
    assert rows["b.PNG"].caption == "ein Käfer"
    assert "Windows-1252" in rows["b.PNG"].note
    assert "alone.txt is missing" in rows["alone.png"].reason
    assert "no image" in rows["no-image.txt"].reason


def test_a_file_of_a_folder_that_cannot_be_used_does_not_keep_the_others_out(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("url,text\nx,y\n")
    (tmp_path / "b.jsonl").write_text('{"image": "a.jpg", "caption": "a red cat"}\n')
    bad, good = read(tmp_path)
    assert (bad.where, good.caption) == ("a.csv", "a red cat")
    (tmp_path / "b.jsonl").unlink()
    with pytest.raises(FormatError, match="url, text"):
        read(tmp_path)


def test_a_folder_of_files_is_read_in_order(tmp_path: Path) -> None:
    jsonl(tmp_path / "b.jsonl", ROW | {"caption": "second"})
    jsonl(tmp_path / "a.jsonl", ROW | {"caption": "first"})
    assert [row.caption for row in rows_of(tmp_path)] == ["first", "second"]


def test_word_scores_of_other_detectors(tmp_path: Path) -> None:
    offsets = [{"text": "red", "start": 2, "end": 5, "score": -0.5}, {"start": 6, "end": 9, "score": float("nan")}]
    source = jsonl(
        tmp_path / "a.jsonl",
        ROW | {"scorer": "other-1", "words": offsets, "cosine": 0.3},
        ROW | {"scorer": "other-1", "words": ["a", "RED", "cat"], "scores": [0, -1, None]},
        ROW | {"scorer": "other-1", "words": [{"text": "cat", "score": 1}]},
    )
    first, second, third = [row.scores[0] for row in rows_of(source)]
    assert [(w.text, w.start, w.end, w.score) for w in first.words] == [("red", 2, 5, -0.5), ("cat", 6, 9, None)]
    assert (first.scorer, first.cosine) == ("other-1", 0.3)
    assert [(w.text, w.start, w.score) for w in second.words] == [("a", 0, 0.0), ("red", 2, -1.0), ("cat", 6, None)]
    assert third.words[0].start == 6


def test_words_in_order_stand_between_boundaries_first(tmp_path: Path) -> None:
    row = {"image": "a.jpg", "caption": "Man at a skateboard", "scorer": "x"}
    source = jsonl(tmp_path / "a.jsonl", row | {"words": ["a", "skate", "board"], "scores": [1, 2, 3]})
    (found,) = rows_of(source)
    assert [(w.start, w.end) for w in found.scores[0].words] == [(7, 8), (8 + 1, 14), (14, 19)]


def test_words_of_a_long_caption_are_placed_one_after_the_other(tmp_path: Path) -> None:
    count = 20_000  # sought from the front each time, they took minutes
    row = {"image": "a.jpg", "caption": "a " * count, "scorer": "x"}
    (found,) = rows_of(jsonl(tmp_path / "a.jsonl", row | {"words": ["A"] * count, "scores": [0] * count}))
    assert [word.start for word in found.scores[0].words] == list(range(0, 2 * count, 2))


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"words": ["a", "dog"], "scores": [1, 2]}, "'dog', does not follow"),
        ({"words": ["a"], "scores": []}, "1 words but 0 scores"),
        ({"words": [{"text": "cat", "start": 2, "end": 5, "score": 1}]}, "reads 'red'"),
        ({"words": [{"start": 8, "end": 12, "score": 1}]}, "code points"),
        ({"words": [{"start": 2, "end": 5, "score": 1}, {"start": 4, "end": 9, "score": 1}]}, "overlap"),
        ({"words": [{"start": 2, "end": 5, "score": "high"}]}, "must be a number"),
        ({"words": 3}, "must be a list"),
    ],
)
def test_word_scores_that_do_not_fit_are_reported(tmp_path: Path, words: dict[str, object], reason: str) -> None:
    (bad,) = bad_rows_of(jsonl(tmp_path / "a.jsonl", ROW | {"scorer": "x"} | words))
    assert reason in bad.reason


def test_hat_both_ways(tmp_path: Path) -> None:
    row = {
        "sample_id": "s1", "image_path": "COCO_val2014_1.jpg", "caption": "A red cat, sitting .", "references": ["r"],
        "grounding": [["A", False], ["red", True], ["cat,", False], ["sitting", True], [".", False]],
        "contains_hallucination": True,
    }  # fmt: skip
    source = tmp_path / "hat.json"
    source.write_text(json.dumps([row]))
    (found,) = rows_of(source)
    words = [(w.text, w.score) for w in found.scores[0].words]
    assert words == [("A", 0.0), ("red", -1.0), ("cat", 0.0), ("sitting", -1.0)]
    assert (found.id, found.image, found.references) == ("s1", str(tmp_path / "COCO_val2014_1.jpg"), ("r",))
    item = made(row["caption"], Span(2, 5), Span(11, 18), image="COCO_val2014_1.jpg", id="s1")
    (back,) = json.loads(written(tmp_path, "hat", item).read_text())
    assert {name: row[name] for name in back} == back


def region(id: str, name: str, kind: str, start: int, end: int, values: list[str], **more: object) -> object:
    """One control's part of a result."""
    field = "text" if kind == "textarea" else kind
    value = {"start": start, "end": end, field: values}
    return {"id": id, "from_name": name, "to_name": "caption", "type": kind, **more, "value": value}


def test_an_export_of_label_studio_becomes_reviews(tmp_path: Path) -> None:
    task = {
        "id": 7,
        "data": {"image": "/data/upload/3/0123abcd-dog.png", "caption": "a brown dog on 😀 the red sofa"},
        "predictions": [
            {"id": 11, "model_version": "demo-1", "result": [
                region("w1", "misalign", "labels", 2, 7, ["Misaligned"], score=0.8),
                region("w2", "misalign", "labels", 8, 11, ["Misaligned"], score=0.6),
            ]}
        ],
        "annotations": [
            {"completed_by": 5, "lead_time": 3.2, "created_at": "2026-01-02T12:00:00Z",
             "parent_prediction": 11, "result": [
                region("w2", "misalign", "labels", 8, 11, ["Misaligned"], origin="prediction-changed"),
                region("w2", "correction", "textarea", 8, 11, ["cat"], origin="manual"),
                region("w2", "kind", "choices", 8, 11, ["object"]),
                region("x9", "misalign", "labels", 21, 24, ["Misaligned"], origin="manual"),
                region("x8", "misalign", "labels", 0, 1, ["Unsure"], origin="manual"),
                {"id": "v", "from_name": "verdict", "type": "choices", "value": {"choices": ["Has misalignment"]}},
                {"id": "r", "from_name": "rewrite", "type": "textarea", "value": {"text": ["a cat"]}},
            ]},
            {"completed_by": {"email": "b@x.org"}, "was_cancelled": True, "result": []},
            {"completed_by": 6, "result": [
                {"id": "v", "from_name": "verdict", "type": "choices", "value": {"choices": ["Cannot judge"]}}
            ]},
        ],
    }  # fmt: skip
    source = tmp_path / "export.json"
    source.write_text(json.dumps([task]))
    (row,) = rows_of(source)
    first, second, third = row.reviews
    assert row.image == str(tmp_path / "dog.png")
    assert first.spans == (
        Span(2, 7, "other", None, "prediction", removed=True),
        Span(8, 11, "object", "cat", "changed"),
        Span(21, 24, "other", None, "manual"),
    )
    assert (first.status, first.corrected_caption, first.annotator) == ("corrected", "a cat", "5")
    assert (first.reviewed_at, first.seconds) == (NOON, 3.2)
    assert (second.status, second.annotator) == ("skipped", "b@x.org")
    assert third.status == "rejected"
    scores = {word.text: word.score for word in row.scores[0].words}
    assert (scores["brown"], scores["dog"], scores["sofa"]) == (-0.8, -0.6, 0.0)


def test_annotations_that_label_studio_made_of_predictions_are_accepted_marks(tmp_path: Path) -> None:
    """As a full JSON export has them: predictions by number, and beside the annotation one of another version."""
    regions = [
        region(f"w{n}", "misalign", "labels", *place, ["Misaligned"]) for n, place in enumerate([(2, 5), (6, 9)])
    ]
    made = {"completed_by": 1, "parent_prediction": 11, "lead_time": None, "prediction": {"id": 12, "result": []}}
    by_hand = made | {"parent_prediction": None, "prediction": {}}
    annotations = [made | {"result": regions}, by_hand | {"result": regions}]
    source = jsonl(tmp_path / "a.jsonl", {"data": ROW, "predictions": [11, 12], "annotations": annotations})
    accepted, manual = rows_of(source)[0].reviews
    assert [(span.start, span.origin, span.removed) for span in accepted.spans] == [
        (2, "prediction", False),
        (6, "prediction", False),
    ]
    assert (accepted.status, manual.status) == ("accepted", "corrected")
    assert {span.origin for span in manual.spans} == {"manual"}


def test_an_export_names_the_prediction_that_an_annotation_began_from(tmp_path: Path) -> None:
    """Label Studio 1.23.2 lists predictions by number, and writes one out beside each annotation."""
    mark = {"id": "w1", "from_name": "misalign", "to_name": "caption", "type": "labels",
            "value": {"start": 2, "end": 5, "labels": ["Misaligned"]}}  # fmt: skip
    right = {"id": "v", "from_name": "verdict", "type": "choices", "value": {"choices": ["Caption correct"]}}
    shown = {"id": 11, "model_version": "demo-1", "result": [mark]}
    annotations = [
        {"completed_by": n, "parent_prediction": parent, "prediction": shown, "result": [right]}
        for n, parent in enumerate([11, 12, None], 1)
    ]
    source = jsonl(tmp_path / "a.jsonl", {"data": ROW, "predictions": [11], "annotations": annotations})
    began, of_another, from_nothing = rows_of(source)[0].reviews
    assert began.spans == (Span(2, 5, "other", None, "prediction", removed=True),)
    assert [review.status for review in (began, of_another, from_nothing)] == ["corrected", "accepted", "accepted"]
    assert of_another.spans == from_nothing.spans == ()


def test_a_proposed_mark_outside_of_the_caption_is_reported(tmp_path: Path) -> None:
    for proposed, reason in (([[2, 900]], "2:900 lies outside"), ([2], "list of"), ("x", "must be a list")):
        right = {"id": "v", "from_name": "verdict", "type": "choices", "value": {"choices": ["Caption correct"]},
                 "meta": {"captionlint": {"proposed": proposed}}}  # fmt: skip
        source = jsonl(tmp_path / "a.jsonl", {"data": ROW, "annotations": [{"result": [right]}]})
        assert reason in bad_rows_of(source)[0].reason


def test_label_studio_of_another_configuration_is_reported(tmp_path: Path) -> None:
    box = {"from_name": "label", "to_name": "image", "type": "rectanglelabels", "value": {"x": 1}}
    person = {
        "from_name": "label",
        "to_name": "text",
        "type": "labels",
        "value": {"start": 0, "end": 1, "labels": ["PER"]},
    }
    outside = {"from_name": "misalign", "type": "labels", "value": {"start": 5, "end": 90, "labels": ["Misaligned"]}}
    source = jsonl(
        tmp_path / "a.jsonl",
        {"data": {"text": "hello"}},
        *[{"data": ROW, "annotations": [{"result": [one]}]} for one in (box, person, outside)],
        {"data": ROW, "annotations": [4]},
    )
    reasons = [bad.reason for bad in bad_rows_of(source)]
    assert "text, not image and caption" in reasons[0]
    assert "'label' of type 'rectanglelabels' is not of our labelling configuration" in reasons[1]
    assert "'label' of type 'labels'" in reasons[2]
    assert "lies outside" in reasons[3]
    assert "full JSON" in reasons[4]


def test_local_files_of_label_studio(tmp_path: Path) -> None:
    out = written(tmp_path, "label-studio", made("a cat"), image_prefix="/data/local-files/?d=")
    (task,) = json.loads(out.read_text())
    assert task["data"]["image"] == "/data/local-files/?d=images/a.png"
    assert rows_of(out)[0].image == str(tmp_path / "images" / "a.png")


def test_a_word_table_with_a_row_missing_is_reported(tmp_path: Path) -> None:
    out = written(tmp_path, "csv", made("a red cat", id="1"), made("a dog", id="2"))
    lines = out.read_text().splitlines()
    out.write_text("\n".join([*lines[:2], *lines[3:]]) + "\n")
    bad, good = read(out)
    assert "3 words are not all here" in bad.reason
    assert good.id == "2"


def test_shards_of_others(tmp_path: Path) -> None:
    source = tmp_path / "x.tar"
    parts = {"a/k1.jpg": png(), "a/k1.txt": b"a cat", "k2.png": png(), "k2.json": b'{"caption": "a dog"}',
             "k3.png": png(), "k4.txt": b"no image", "k5.jpg": b"no picture", "k5.txt": b"x"}  # fmt: skip
    with tarfile.open(source, "w") as archive:
        for name, data in parts.items():
            (tmp_path / "part").write_bytes(data)
            archive.add(tmp_path / "part", name)
    rows = list(read(source))
    assert [row.caption for row in rows[:2]] == ["a cat", "a dog"]
    assert rows[0].image == rows[1].image  # the same picture
    assert Path(rows[0].image).parent == tmp_path / "x-images"
    assert [row.reason.split(" (")[0] for row in rows[2:]] == [
        "the sample has no caption, neither in .txt nor in .json.",
        "the sample has no image.",
        "the image is of no known format",
    ]
    assert next(read(source)).where == "x.tar: a/k1"
    assert len(list((tmp_path / "x-images").iterdir())) == 1


def test_parquet_with_paths_and_with_images_inside(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    source = tmp_path / "x.parquet"
    pq.write_table(pa.table({"image": ["a.jpg", None], "caption": ["a cat", "a dog"], "id": [1, 2]}), source)
    good, bad = read(source)
    assert (good.image, good.id, good.where) == (str(tmp_path / "a.jpg"), "1", "x.parquet: row 1")
    assert "no 'image'" in bad.reason
    inside = [{"bytes": png(), "path": "../a.png"}, {"bytes": None, "path": "b.png"}]
    pq.write_table(pa.table({"image": inside, "caption": ["a cat", "a dog"]}), source)
    first, second = rows_of(source)
    assert Path(first.image).read_bytes() == png()
    assert Path(first.image).parent == tmp_path / "x-images"
    assert second.image == str(tmp_path / "b.png")
    pq.write_table(pa.table({"url": ["a"], "text": ["b"]}), source)
    with pytest.raises(FormatError, match="url, text"):
        list(read(source))


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_quote_that_is_never_closed_is_told_with_the_line_it_opens_in(tmp_path: Path, end: str) -> None:
    source = tmp_path / "a.csv"
    source.write_text(f'image,caption\na.jpg,"a ""red"" cat"\nb.jpg,"a dog\nc.jpg,a cow\nd.jpg,a hen{end}', newline="")
    good, bad = read(source)
    assert good.caption == 'a "red" cat'
    assert bad.where == "a.csv:3"
    assert bad.reason == "a quote that opens here is never closed, so that the lines below became part of it."
    source.write_text(f'image,caption\na.jpg,"a red cat"{end}', newline="")
    assert [row.caption for row in read(source)] == ["a red cat"]


def test_a_quote_that_the_next_one_closes_takes_no_row_along_without_a_word(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_text('image,caption\na.jpg,"a dog\nb.jpg,a cow\nc.jpg,"a hen"\nd.jpg,a "red" cat\ne.jpg,"a 5" nail"\n')
    swallowing, good, altered = read(source)
    assert [bad.where for bad in (swallowing, altered)] == ["a.csv:2", "a.csv:6"]
    assert {bad.reason for bad in (swallowing, altered)} == {
        "a quote that opens here is not closed where its cell ends, or one in its text is not doubled."
    }
    assert good.caption == 'a "red" cat'


def test_csv_cells_with_line_ends_keep_their_line_numbers(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    with source.open("w", newline="") as file:
        csv.writer(file).writerows([["image", "caption"], ["a.jpg", "two\r\nlines"], ["b.jpg"], ["c.jpg", "end"]])
    first, bad, last = read(source)
    assert (first.caption, first.where) == ("two\r\nlines", "a.csv:2")
    assert (bad.where, bad.reason) == ("a.csv:4", "the row has 1 cells, the header 2.")
    assert last.where == "a.csv:5"
