"""The scorer through its public contract, with a real (small, random) CLIP."""

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from PIL import Image

from captionlint.core.clip.scorer import Scorer
from captionlint.core.errors import ItemError, UsageError
from captionlint.core.prediction import Failure, Prediction


def pictures(count):
    rng = np.random.default_rng(5)
    return [Image.fromarray(rng.integers(0, 255, (40, 50, 3), dtype=np.uint8)) for _ in range(count)]


def test_one_bad_item_never_takes_a_batch_down(scorer, photo, tmp_path):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(photo.read_bytes()[:60])
    images = [photo, tmp_path / "missing.jpg", photo, broken, photo]
    captions = ["a cat", "a cat", " \n ", "a cat", "a dog"]
    results = scorer.try_score(images, captions)
    assert [type(r) for r in results] == [Prediction, Failure, Failure, Failure, Prediction]
    assert "missing.jpg does not exist" in results[1].reason
    assert results[2].reason == "The caption is empty."
    assert "broken.jpg" in results[3].reason
    assert all(r.scorer_version == scorer.version for r in results)
    with pytest.raises(ItemError, match=r"Item 1: .*missing\.jpg"):
        scorer.score(images, captions)


@pytest.mark.parametrize("caption", ["", "  ", "\u200b", "...!", "\x00\x01\x1f"])
def test_a_caption_without_words_fails_alone(scorer, photo, caption):
    (result,) = scorer.try_score([photo], [caption])
    assert isinstance(result, Failure)
    assert result.caption == caption


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=[]), max_size=120))
def test_any_caption_gives_a_prediction_or_a_reason(scorer, caption):
    (result,) = scorer.try_score([Image.new("RGB", (8, 8))], [caption])
    if isinstance(result, Failure):
        assert result.reason
        return
    for word in result.words:
        assert caption[word.start : word.end] == word.text
        assert (word.score is None) == bool(word.reason)
        assert word.score is None or np.isfinite(word.score)


def test_special_tokens_in_a_caption_are_plain_text(scorer, photo):
    start, end = 49406, 49407
    for caption in ("a <end_of_text> b", "<start_of_text>a dog", "x<END_OF_TEXT>", "&lt;end_of_text&gt;"):
        (window,) = scorer.tokenizer.tokenize(caption).windows
        assert window.ids.count(start) == window.ids.count(end) == 1
        assert isinstance(scorer.try_score([photo], [caption])[0], Prediction)


def test_a_long_caption_is_read_in_windows(scorer, photo):
    sentence = "A small brown dog sits on the red sofa next to a cat. "
    (short,) = scorer.score([photo], [sentence])
    (long,) = scorer.score([photo], [sentence * 30])
    assert len(long.words) == 30 * len(short.words)
    assert all(w.score is not None for w in long.words)
    windows = scorer.tokenizer.tokenize(sentence * 30).windows
    assert all(len(w.ids) <= 77 for w in windows)
    assert len(windows) < 30


def test_ten_thousand_words(scorer, photo):
    (prediction,) = scorer.score([photo], ["word " * 10_000])
    assert len(prediction.words) == 10_000
    assert all(w.score is not None for w in prediction.words)


def test_a_word_that_no_window_holds_scores_null_with_a_reason(scorer, photo):
    (prediction,) = scorer.score([photo], ["a " + "q7" * 90])
    assert prediction.words[0].text == "a"
    assert prediction.words[-1].score is None
    assert "context" in prediction.words[-1].reason


def test_an_image_that_repeats_is_encoded_once(scorer, photo, monkeypatch):
    encoded = []
    encode = scorer.picture_tower.encode
    monkeypatch.setattr(scorer.picture_tower, "encode", lambda p: encoded.append(len(p)) or encode(p))
    image = pictures(1)[0]
    scorer.score([image, image, image.copy()], ["a cat", "a dog", "two birds"])
    scorer.score([image], ["an edited caption"])
    assert sum(encoded) == 1


def test_the_cache_is_bounded_and_results_do_not_depend_on_it(clip_files):
    scorer = Scorer.from_files(*clip_files, cached_pictures=3)
    images = pictures(70)
    first = scorer.score(images, ["a cat on a mat"] * 70)
    assert len(scorer._images._known) == 3
    again = scorer.score(images[::-1], ["a cat on a mat"] * 70)[::-1]
    assert [p.cosine for p in first] == pytest.approx([p.cosine for p in again], abs=1e-6)


def test_a_path_and_the_same_picture_in_memory_agree(scorer, photo):
    on_disk, in_memory = scorer.score([photo, Image.open(photo)], ["a cat"] * 2)
    assert on_disk.cosine == pytest.approx(in_memory.cosine, abs=1e-7)


def test_stream_takes_any_length_and_keeps_order(scorer, photo):
    captions = [f"number {i} " + "and more " * (i % 7) for i in range(150)]
    results = list(scorer.stream(((photo, c) for c in captions), batch_size=16))
    assert [r.caption for r in results] == captions


def test_unequal_lengths_are_refused(scorer, photo):
    with pytest.raises(UsageError, match="1 images and 2 captions"):
        scorer.score([photo], ["a", "b"])


@pytest.mark.parametrize("aggregate", ["mean", "sum", "min"])
def test_aggregation_over_a_words_tokens(clip_files, photo, aggregate):
    def score(how):
        return Scorer.from_files(*clip_files, aggregate=how).score([photo], ["snow-covered cat"])[0].words[0].score

    mean, total, lowest = score("mean"), score("sum"), score("min")
    assert total == pytest.approx(3 * mean, rel=1e-5)
    assert lowest <= mean
    assert {"mean": mean, "sum": total, "min": lowest}[aggregate] == score(aggregate)


def test_the_version_names_all_that_changes_a_prediction(clip_files, tmp_path):
    base = Scorer.from_files(*clip_files)
    assert base.version == Scorer.from_files(*clip_files, epsilon=-1).version
    others = [
        Scorer.from_files(*clip_files, **change)
        for change in ({"layers": 1}, {"template": "x "}, {"aggregate": "sum"}, {"image_dtype": "bfloat16"})
    ]
    edited = tmp_path / "clip.json"
    edited.write_text(clip_files[0].read_text().replace('"embed_dim": 48', '"quick_gelu": true, "embed_dim": 48'))
    others.append(Scorer.from_files(edited, clip_files[1]))
    versions = {base.version, *(s.version for s in others)}
    assert len(versions) == 6
    assert all(v.isascii() and len(v) < 80 for v in versions)


def test_bfloat16_pictures_stay_near_float32(clip_files):
    images = pictures(6)
    exact = Scorer.from_files(*clip_files).score(images, ["a red cat"] * 6)
    rough = Scorer.from_files(*clip_files, image_dtype="bfloat16").score(images, ["a red cat"] * 6)
    for a, b in zip(exact, rough, strict=True):
        assert b.cosine == pytest.approx(a.cosine, abs=0.02)
        assert a.cosine != b.cosine


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"layers": 0}, "at least 1"),
        ({"aggregate": "median"}, "mean, sum or min"),
        ({"device": "nonsense"}, "nonsense"),
        ({"image_dtype": "float16"}, "bfloat16"),
        ({"template": "word " * 90}, "no room"),
    ],
)
def test_settings_that_cannot_be_are_refused(clip_files, setting, said):
    with pytest.raises(UsageError, match=said):
        Scorer.from_files(*clip_files, **setting)


def test_text_features_match_the_cosine(scorer, photo):
    (prediction,) = scorer.score([photo], ["a cat"])
    text = scorer.text_features(["a cat"])[0]
    assert float(text @ scorer.picture_features(photo)) == pytest.approx(prediction.cosine, abs=1e-6)


def test_a_lazily_opened_picture_is_decoded_by_one_thread_at_a_time(clip_files, photo):
    lazy = Image.open(photo)
    results = Scorer.from_files(*clip_files).try_score([lazy] * 200, ["a cat"] * 200)
    alone = Scorer.from_files(*clip_files).score([photo], ["a cat"])[0].cosine
    assert [r.cosine for r in results] == [pytest.approx(alone, abs=1e-6)] * 200


def test_a_broken_picture_in_memory_fails_alone(scorer, photo, tmp_path):
    (tmp_path / "cut.png").write_bytes(photo.read_bytes()[:-40])
    images = [Image.open(tmp_path / "cut.png"), Image.new("RGB", (0, 5)), photo]
    assert [type(r) for r in scorer.try_score(images, ["a cat"] * 3)] == [Failure, Failure, Prediction]


def test_when_no_word_fits_nothing_is_made_up(scorer, photo):
    (result,) = scorer.try_score([photo], ["q7" * 90 + " !"])
    assert isinstance(result, Failure)
    assert "fits" in result.reason


def test_a_word_of_a_megabyte_is_answered_at_once(scorer, photo):
    (prediction,) = scorer.score([photo], ["a " + "x" * 1_000_000])
    assert prediction.words[1].score is None


class Hostile:
    """Fails at whatever it is asked."""

    def __getattribute__(self, name):
        if name == "__class__":
            return object.__getattribute__(self, name)
        raise RuntimeError(name)

    def __iter__(self):
        raise RuntimeError("iter")

    def __fspath__(self):
        raise RuntimeError("fspath")

    def __len__(self):
        raise RuntimeError("len")


VALUES = (
    st.none() | st.floats() | st.integers() | st.booleans() | st.text(max_size=20) | st.binary(max_size=20)
    | st.complex_numbers() | st.lists(st.integers(), max_size=3) | st.dictionaries(st.text(max_size=3), st.none())
    | st.builds(Hostile) | st.builds(object) | st.just(Hostile) | st.just(float("nan"))
    | st.lists(st.integers(0, 4), max_size=4).map(lambda shape: np.zeros(shape, np.uint8))
    | st.lists(st.integers(0, 4), max_size=4).map(lambda shape: np.full(shape, 0.5))
    | st.lists(st.integers(0, 4), max_size=4).map(torch.zeros)
    | st.just(np.array(["a", None], dtype=object)) | st.just(np.str_("a dog")) | st.just(np.float32("nan"))
)  # fmt: skip


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(VALUES, VALUES) | VALUES, max_size=6))
def test_whatever_stands_in_a_stream_gives_a_result_in_its_place(scorer, pairs):
    good = (Image.new("RGB", (8, 8)), "a dog")
    results = list(scorer.stream([good, *pairs, good]))
    assert len(results) == len(pairs) + 2
    assert isinstance(results[0], Prediction)
    assert results[0].cosine == pytest.approx(results[-1].cosine, abs=1e-6)
    for result in results[1:-1]:
        assert isinstance(result.caption, str)
        if isinstance(result, Failure):
            assert result.reason
            assert "\n" not in result.reason


@pytest.mark.parametrize("junk", [None, float("nan"), np.zeros(2)])
def test_a_junk_caption_or_image_fails_alone(scorer, photo, junk):
    results = scorer.try_score([photo, photo, junk], ["a cat", junk, "a cat"])
    assert [type(r) for r in results] == [Prediction, Failure, Failure]
    assert results[1].reason == f"A caption is a text, not {type(junk).__name__}."
    assert (results[1].caption, results[2].caption) == ("", "a cat")


def test_an_array_that_is_filled_anew_for_each_item_is_read_each_time(scorer):
    buffer = np.zeros((40, 40, 3), np.uint8)

    def frames():
        for shade in (0, 120, 250):
            buffer[:] = shade
            yield buffer, "a dog"

    streamed = [r.cosine for r in scorer.stream(frames())]
    alone = scorer.score([np.full((40, 40, 3), shade, np.uint8) for shade in (0, 120, 250)], ["a dog"] * 3)
    assert streamed == pytest.approx([r.cosine for r in alone], abs=1e-6)
    assert len(set(streamed)) == 3


def test_arrays_and_tensors_score_as_their_file_does(scorer, photo):
    array = np.asarray(Image.open(photo))
    tensor = torch.from_numpy(array.copy()).movedim(-1, 0)
    images = [photo, str(photo), photo.read_bytes(), array, array / 255, tensor, tensor / 255]
    results = scorer.score(images, ["a cat"] * len(images))
    assert len({round(r.cosine, 6) for r in results}) == 1
    assert torch.equal(scorer.picture_features(array), scorer.picture_features(photo))
    assert torch.equal(scorer.pixels(tensor), scorer.pixels(photo))


@pytest.mark.parametrize("size", [0, -1, "3", None])
def test_a_batch_size_that_is_none_is_refused(scorer, photo, size):
    with pytest.raises(UsageError, match="batch_size"):
        list(scorer.stream([(photo, "a cat")], batch_size=size))
