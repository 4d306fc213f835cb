"""Exports, read by the programs that they are made for."""

import argparse
import ast
import io
import json
from pathlib import Path

import pytest
from PIL import Image

from captionlint.core.formats.corrections import best_caption
from captionlint.core.formats.records import ExportItem
from captionlint.core.review import Span
from tests.core.formats.made import made, png, written

CAPTION = "a brown 🐕 on “the” red sofa"
LONG = "=SUM(A1) said the sign\twith a tab,\r\na line and a \u2028 separator"


@pytest.fixture
def items(tmp_path: Path) -> list[ExportItem]:
    (tmp_path / "images").mkdir()
    made_items = [
        made(CAPTION, Span(2, 7, "attribute", "black", "prediction"), corrected="a black 🐕 on “the” red sofa", id="1"),
        made("a cat", id="2", image="images/b.png"),
        made("two cats", Span(0, 3, "count", None, "prediction"), id="4", image="images/b.png"),
        made(LONG, Span(14, 17, "object", "a", "manual"), corrected="a sign", id="3", image="images/c.png"),
    ]
    out = []
    for number, item in enumerate(made_items):
        path = tmp_path / item.image
        path.write_bytes(png(("red", "blue", "blue", "green")[number]))
        out.append(ExportItem(**{name: getattr(item, name) for name in item.__slots__} | {"image_path": path}))
    return out


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A cache's folder, and no network for this test alone: the libraries read the environment once, on import."""
    datasets = pytest.importorskip("datasets")
    constants = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    return str(tmp_path / "cache")


def test_words_load_with_datasets(tmp_path: Path, items: list[ExportItem], offline: str) -> None:
    datasets = pytest.importorskip("datasets")
    out = written(tmp_path, "words", *items).rename(tmp_path / "words.jsonl")
    rows = datasets.load_dataset("json", data_files=str(out), split="train", cache_dir=offline)
    assert [row["caption"] for row in rows] == [item.caption for item in items]
    for row in rows:
        for token, start, end in zip(row["tokens"], row["starts"], row["ends"], strict=True):
            assert row["caption"][start:end] == token
    assert rows[0]["tags"][1] == 1
    assert rows[0]["types"][1] == "attribute"
    assert rows[0]["edits"] == [{"start": 2, "end": 7, "replacement": "black"}]
    assert rows[0]["scorer"]["version"] == "demo-1"


def test_words_parquet_loads_with_datasets_and_shows_images(
    tmp_path: Path, items: list[ExportItem], offline: str
) -> None:
    datasets = pytest.importorskip("datasets")
    out = written(tmp_path, "words-parquet", *items).rename(tmp_path / "words.parquet")
    rows = datasets.load_dataset("parquet", data_files=str(out), split="train", cache_dir=offline)
    assert isinstance(rows.features["image"], datasets.Image)
    assert rows[1]["image"].getpixel((0, 0)) == (0, 0, 255)
    assert [row["caption"] for row in rows] == [item.caption for item in items]
    jsonl = [json.loads(line) for line in written(tmp_path, "words", *items).read_text("utf-8").split("\n")[:-1]]
    for row, twin in zip(rows, jsonl, strict=True):
        assert {**row, "image": twin["image"]} == twin


def test_rlhf_v_has_the_columns_of_its_data_set(tmp_path: Path, items: list[ExportItem], offline: str) -> None:
    datasets = pytest.importorskip("datasets")
    out = written(tmp_path, "rlhf-v", *items).rename(tmp_path / "pairs.parquet")
    rows = datasets.load_dataset("parquet", data_files=str(out), split="train", cache_dir=offline)
    columns = ["ds_name", "image", "text", "origin_dataset", "origin_split", "idx", "image_path"]
    assert rows.column_names == columns
    assert {name: rows.features[name].dtype for name in columns if name != "image"} == {
        name: "int64" if name == "idx" else "string" for name in columns if name != "image"
    }
    pair = json.loads(rows[0]["text"])
    assert (pair["chosen"], pair["rejected"]) == ("a black 🐕 on “the” red sofa", CAPTION)
    assert rows[0]["image"].size == (8, 8)
    assert [row["idx"] for row in rows] == [0, 1]


def test_dpo_passes_trl(tmp_path: Path, items: list[ExportItem], offline: str, monkeypatch: pytest.MonkeyPatch) -> None:
    datasets = pytest.importorskip("datasets")
    out = written(tmp_path, "dpo", *items).rename(tmp_path / "dpo.jsonl")
    monkeypatch.chdir(tmp_path)
    rows = datasets.load_dataset("json", data_files=str(out), split="train", cache_dir=offline)
    rows = rows.cast_column("images", datasets.List(datasets.Image()))
    assert rows[0]["images"][0].size == (8, 8)
    assert set(rows.column_names) == {"images", "prompt", "chosen", "rejected"}
    trl = pytest.importorskip("trl.data_utils", exc_type=ImportError)
    for row in rows:
        assert trl.is_conversational(row)
        assert trl.maybe_extract_prompt(row)["prompt"] == row["prompt"]
        message = trl.prepare_multimodal_messages(row["prompt"], images=row["images"])[0]
        assert [part["type"] for part in message["content"]] == ["image", "text"]


def test_negclip_is_read_as_open_clip_and_its_forks_read_it(tmp_path: Path, items: list[ExportItem]) -> None:
    pandas = pytest.importorskip("pandas")
    table = pandas.read_csv(written(tmp_path, "negclip", *items), sep="\t")
    assert table["title"].tolist() == ["a black 🐕 on “the” red sofa", "a cat", "a sign"]
    assert table["filepath"].tolist() == ["images/a.png", "images/b.png", "images/c.png"]
    negatives = [ast.literal_eval(cell) for cell in table["neg_caption"]]
    assert negatives == [[CAPTION], ["two cats"], [LONG]]
    for row, cell in enumerate(table["neg_image"]):
        others = ast.literal_eval(cell)
        assert others
        assert all(table["filepath"][other] != table["filepath"][row] for other in others)


def test_shards_are_read_by_webdataset(tmp_path: Path, items: list[ExportItem]) -> None:
    webdataset = pytest.importorskip("webdataset")
    out = written(tmp_path, "webdataset", *items)
    data = webdataset.WebDataset(str(out / "00000.tar"), shardshuffle=False, empty_check=False).decode("pil")
    samples = list(data)
    expected = [items[0], items[1], items[3]]  # the third is wrong and has no correction
    assert [sample["txt"] for sample in samples] == [best_caption(item) for item in expected]
    assert [sample["json"]["caption"] for sample in samples] == [item.caption for item in expected]
    assert samples[0]["png"].getpixel((0, 0)) == (255, 0, 0)
    assert all("." not in sample["__key__"] for sample in samples)


def test_shards_go_through_open_clips_own_pipeline(tmp_path: Path, items: list[ExportItem]) -> None:
    pytest.importorskip("webdataset")
    data = pytest.importorskip("open_clip_train.data", exc_type=ImportError)
    out = written(tmp_path, "webdataset", *items)
    arguments = argparse.Namespace(
        train_data=None, val_data=str(out / "00000.tar"), train_num_samples=None, val_num_samples=3, batch_size=2,
        workers=0, world_size=1, seed=0, train_data_upsampling_factors=None, dataset_resampled=False,
    )  # fmt: skip
    info = data.get_wds_dataset(
        arguments, lambda image: data.torch.ones(3, *image.size), is_train=False, tokenizer=lambda text: [text]
    )
    batches = list(info.dataloader)
    assert [len(images) for images, _ in batches] == [2, 1]
    assert [text for _, texts in batches for text in texts] == [best_caption(items[number]) for number in (0, 1, 3)]
    assert data.get_dataset_size(str(out / "00000.tar")) == (3, 1)


def test_images_that_trainers_do_not_read_become_png(tmp_path: Path) -> None:
    webdataset = pytest.importorskip("webdataset")
    picture = io.BytesIO()
    Image.new("P", (4, 4), 0).save(picture, "BMP")
    (tmp_path / "a.bmp").write_bytes(picture.getvalue())
    out = written(tmp_path, "webdataset", made("a cat", image_path=tmp_path / "a.bmp"))
    (sample,) = webdataset.WebDataset(str(out / "00000.tar"), shardshuffle=False, empty_check=False).decode("pil")
    assert sample["png"].size == (4, 4)
