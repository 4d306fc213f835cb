"""Signals against cosines of captions that were edited by hand, on a small random CLIP."""

import numpy as np
import pytest
from formula_models import CONFIGS, random_state, write_model
from PIL import Image

from captionlint.core.calibration import signals
from captionlint.core.clip.heatmap import HeatMaps
from captionlint.core.clip.scorer import Scorer
from captionlint.core.prediction import Failure

CAPTION = "Two small dogs sit left of a red car."


def pictures(count):
    rng = np.random.default_rng(5)
    return [Image.fromarray(rng.integers(0, 255, (40, 50, 3), dtype=np.uint8)) for _ in range(count)]


def test_each_is_a_difference_of_cosines(scorer):
    (image,) = pictures(1)
    ((prediction, found),) = signals.stream(scorer, [(image, CAPTION)])
    column = {name: found[:, i] for i, name in enumerate(signals.SIGNALS)}
    word = {w.text: i for i, w in enumerate(prediction.words)}

    def cosine(caption):
        return scorer.score([image], [caption])[0].cosine

    own = cosine(CAPTION)
    without = cosine("Two small dogs sit left of a car.")
    assert column["drop"][word["red"]] == pytest.approx(own - without, abs=1e-5)
    no_phrase = cosine("sit left of a red car.")
    assert column["phrase_drop"][word["small"]] == pytest.approx(own - no_phrase, abs=1e-5)
    assert column["phrase_drop"][word["Two"]] == column["phrase_drop"][word["dogs"]]
    assert column["phrase_cosine"][word["red"]] == pytest.approx(cosine("red car") - own, abs=1e-5)
    best = max(cosine(CAPTION.replace("Two", n)) for n in ("one", "three", "four"))
    assert column["swap"][word["Two"]] == pytest.approx(own - best, abs=1e-5)
    other = cosine(CAPTION.replace("left", "right"))
    assert column["swap"][word["left"]] == pytest.approx(own - other, abs=1e-5)
    assert not found[word["a"]].any()


def test_predictions_are_the_scorers_and_batches_do_not_matter(scorer):
    images = pictures(5)
    captions = [CAPTION, "a cat", "three birds over one old house near a lake", "running", CAPTION]
    pairs = list(zip(images, captions, strict=True))
    plain = scorer.score(images, captions)
    for size in (1, 2, 32):
        found = list(signals.stream(scorer, pairs, batch_size=size))
        for (prediction, rows), expected in zip(found, plain, strict=True):
            assert [w.score for w in prediction.words] == pytest.approx([w.score for w in expected.words], abs=1e-6)
            assert rows.shape == (len(prediction.words), len(signals.SIGNALS))
        if size == 1:
            alone = [rows for _, rows in found]
        assert all(np.allclose(a, rows, atol=1e-5) for a, (_, rows) in zip(alone, found, strict=True))


def test_a_failure_stands_in_its_place(scorer):
    (image,) = pictures(1)
    results = list(signals.stream(scorer, [(image, "a cat"), (image, "  "), (image, "a dog")]))
    assert [isinstance(r, Failure) for r, _ in results] == [False, True, False]
    assert results[1][1].shape == (0, len(signals.SIGNALS))


def test_a_long_caption_is_asked_window_by_window(scorer):
    (image,) = pictures(1)
    caption = "A small brown dog sits on the red sofa next to two cats. " * 12
    ((prediction, found),) = signals.stream(scorer, [(image, caption)])
    assert len(found) == len(prediction.words)
    assert np.isfinite(found).all()
    assert all(found[i, 0] != 0 for i, w in enumerate(prediction.words) if w.text in ("dog", "sofa", "two"))


def test_a_picture_is_encoded_once(scorer, monkeypatch):
    encoded = []
    encode = scorer.picture_tower.encode
    monkeypatch.setattr(scorer.picture_tower, "encode", lambda p: encoded.append(len(p)) or encode(p))
    image = Image.new("RGB", (31, 31), (9, 200, 40))
    list(signals.stream(scorer, [(image, CAPTION), (image, "a cat")]))
    assert sum(encoded) == 1


def diffuseness(scorer, pairs, **settings):
    column = signals.SIGNALS.index("diffuseness")
    return [rows[:, column] for _, rows in signals.stream(scorer, pairs, **settings)]


def test_diffuseness_is_the_entropy_of_the_last_blocks_heat_map(clip_files):
    scorer = Scorer.from_files(*clip_files)
    images = pictures(2)
    maps = HeatMaps(scorer, layers=1)
    for image, values in zip(images, diffuseness(scorer, [(i, CAPTION) for i in images]), strict=True):
        for word, value in zip(["Two", "dogs", "left", "car"], values[[0, 2, 4, 8]], strict=True):
            share = np.abs(maps.of_word(image, word).values.ravel().astype(float))
            share /= share.sum()
            assert value == pytest.approx(-(share * np.log(share)).sum() / np.log(len(share)), abs=1e-4)
        assert 0 < values.max() <= 1
        assert not values[6]


def test_a_picture_that_was_known_before_has_the_same_diffuseness(clip_files, photo):
    scorer = Scorer.from_files(*clip_files)
    pairs = [(i, CAPTION) for i in (photo, *pictures(2))]
    fresh = diffuseness(scorer, pairs)
    for size in (1, 32):
        again = diffuseness(scorer, pairs, batch_size=size)
        assert all(np.allclose(a, b, atol=1e-5) for a, b in zip(fresh, again, strict=True))


def test_a_tower_without_maps_has_no_diffuseness_but_all_else(tmp_path):
    from captionlint.core.clip.loading import build_model

    config = CONFIGS["resnet"]
    files = write_model(tmp_path, "resnet", config, random_state(build_model(config, name="resnet")))
    ((_, rows),) = signals.stream(Scorer.from_files(*files), [(pictures(1)[0], CAPTION)])
    assert rows[:, 0].any()
    assert not rows[:, signals.SIGNALS.index("diffuseness")].any()


def test_parts_add_up_to_the_drop(scorer):
    ((_, rows),) = signals.stream(scorer, [(pictures(1)[0], CAPTION)], parts=True)
    assert rows.shape[1] > len(signals.SIGNALS) + 8
    assert rows[:, len(signals.SIGNALS) :].sum(axis=1) == pytest.approx(rows[:, 0], abs=1e-5)
