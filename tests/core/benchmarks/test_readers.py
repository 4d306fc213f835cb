"""Each reader on a tiny file of its schema: which words are wrong, and what a broken file is answered with."""

import json

import pytest
from benchmark_files import FILES, example, record, write

from captionlint.core.benchmarks.cases import picture, words_of
from captionlint.core.benchmarks.catalogue import DATASETS
from captionlint.core.benchmarks.tfrecord import read_examples
from captionlint.core.benchmarks.without_model import without_model
from captionlint.core.errors import FormatError


def wrong_words(case):
    return [w.text for w, wrong in zip(words_of(case.caption), case.wrong, strict=True) if wrong]


def read(tmp_path, name):
    return DATASETS[name].read(write(tmp_path, name))


EXPECTED = {
    "nocaps-foil": [[], ["boat"], [], ["golf", "ball"]],
    "foil": [[], ["dog"]],
    "hat": [["a", "bike"], [], []],
    "valse": [[], ["Some", "dogs"], [], ["four"]],
    "sugarcrepe": [[], ["and", "a", "dog"], [], ["blue"], [], ["short"]],
    "seetrue-feedback": [["red", "cat"], []],
    "rich-hf": [["red"], [], ["one", "bird"]],
    "finematch": [["red", "two"], []],
}


@pytest.mark.parametrize("name", FILES)
def test_wrong_words(tmp_path, name):
    cases = read(tmp_path, name)
    assert [wrong_words(c) for c in cases] == EXPECTED[name]
    assert len({c.id for c in cases}) == len(cases)
    assert all(picture(tmp_path, c.image) for c in cases)
    assert all(c.hits <= {i for i, w in enumerate(c.wrong) if w} for c in cases)


def test_chance_ceiling_and_base_rate(tmp_path):
    def figures(name):
        folder = write(tmp_path / name, name)
        return without_model(DATASETS[name], DATASETS[name].read(folder), folder)

    nocaps = figures("nocaps-foil")
    assert nocaps.random_la == pytest.approx((1 / 6 + 1 / 6) / 2)
    assert (nocaps.la_ceiling, nocaps.base_rate, nocaps.pictures_missing) == (0.5, 0.5, 0)
    hat = figures("hat")
    assert hat.random_la == pytest.approx(2 / 6)
    assert hat.base_rate == pytest.approx(1 / 3)
    assert hat.la_ceiling == 1
    assert hat.pictures == 2


def test_a_pair_of_votes_is_enough_in_valse(tmp_path):
    assert {c.pair for c in read(tmp_path, "valse")} == {"plurals/c", "counting-hard/a"}


def test_scores_of_people_are_read(tmp_path):
    assert [c.human for c in read(tmp_path, "rich-hf")] == [0.5, 1.0, 0.0]


@pytest.mark.parametrize("name", FILES)
def test_a_folder_without_the_files_is_answered(tmp_path, name):
    with pytest.raises(FormatError, match=r"published|data folder"):
        DATASETS[name].read(tmp_path)


@pytest.mark.parametrize(
    ("name", "file", "content"),
    [
        ("hat", "hat-trainval.json", "{broken"),
        ("hat", "hat-trainval.json", json.dumps([{"caption": "x"}])),
        ("hat", "hat-trainval.json", json.dumps([{"sample_id": 1, "caption": "a b", "image_path": "x",
                                                  "grounding": [["c", True]]}])),
        ("nocaps-foil", "nocaps-val-foil.json", "[3]"),
        ("foil", "foilv1.0_test_2017.json", json.dumps({"images": [], "annotations": [
            {"id": 1, "image_id": 4, "caption": "x", "foil_word": "ORIG"}]})),
        ("seetrue-feedback", "metadata.jsonl", "{broken"),
        ("rich-hf", "test.tfrecord", "version https://git-lfs.github.com/spec/v1"),
        ("rich-hf", "prompts.jsonl", '{"filename": "else.jpg", "prompt": "x"}'),
    ],
)  # fmt: skip
def test_a_broken_file_is_named(tmp_path, name, file, content):
    write(tmp_path, name)
    (tmp_path / file).write_text(content)
    with pytest.raises(FormatError, match=file.replace(".", r"\.")):
        DATASETS[name].read(tmp_path)


def test_labels_that_do_not_fit_their_prompt_are_named(tmp_path):
    write(tmp_path, "rich-hf")
    (tmp_path / "prompts.jsonl").write_text('{"filename": "1.jpg", "prompt": "only"}')
    with pytest.raises(FormatError, match="2 labels for 1 tokens"):
        DATASETS["rich-hf"].read(tmp_path)


def test_examples_hold_text_numbers_and_floats(tmp_path):
    path = tmp_path / "x.tfrecord"
    path.write_bytes(record(example({"a": "é" * 90, "b": 0.5, "c": 7})) + record(example({"a": "x"})))
    assert list(read_examples(path)) == [{"a": ["é" * 90], "b": [0.5], "c": [7]}, {"a": ["x"]}]
    path.write_bytes(record(b"\xff\xff\xff"))
    with pytest.raises(FormatError, match="record 0"):
        list(read_examples(path))


def test_a_picture_outside_the_folder_counts_as_missing(tmp_path):
    (tmp_path / "secret.jpg").write_bytes(b"x")
    inside = tmp_path / "data"
    inside.mkdir()
    assert picture(inside, "../secret.jpg") is None
    assert picture(inside, str(tmp_path / "secret.jpg")) is None


def test_pictures_may_lie_behind_a_link(tmp_path):
    """Whoever has COCO has it once, and links to it."""
    coco, data = tmp_path / "coco", tmp_path / "data"
    coco.mkdir()
    data.mkdir()
    (coco / "one.jpg").touch()
    try:
        (data / "val2014").symlink_to(coco, target_is_directory=True)
    except OSError:
        pytest.skip("this system makes no links")
    assert picture(data, "one.jpg") == data / "val2014" / "one.jpg"
