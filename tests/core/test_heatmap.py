"""Heat maps against the formula written out in full, on models whose weights come from a formula."""

import numpy as np
import pytest
import torch
from formula_models import CONFIGS, random_state, write_model
from PIL import Image
from torch.nn import functional as F

from captionlint.core.benchmarks import heat
from captionlint.core.clip.heatmap import HeatMap, HeatMaps, seen_box
from captionlint.core.clip.loading import build_model
from captionlint.core.clip.scorer import Scorer
from captionlint.core.errors import UnprobeableError


def scorer_of(folder, name, **vision):
    config = CONFIGS[name]
    config = {**config, "vision_cfg": {**config["vision_cfg"], **vision}}
    model = build_model(config, name=name)
    return Scorer.from_files(*write_model(folder, name, config, random_state(model)))


@pytest.fixture(scope="module")
def scorer(tmp_path_factory):
    return scorer_of(tmp_path_factory.mktemp("model"), "clip")


@pytest.fixture
def picture():
    rng = np.random.default_rng(3)
    return Image.fromarray(rng.integers(0, 255, (80, 120, 3), dtype=np.uint8))


def by_the_book(scorer, picture, word, layers):
    """Attention matrices with gradients of their own, no shortcuts."""
    tower = scorer.picture_tower.model.visual
    text = scorer.text_features([word])[0]
    x = tower._embeds(scorer.transform(picture)[None])
    kept = []
    for block in tower.transformer.resblocks:
        heads, hidden = block.attn.num_heads, block.ln_1(x)
        q, k, v = F.linear(hidden, block.attn.in_proj_weight, block.attn.in_proj_bias).chunk(3, dim=-1)
        q, k, v = (t.view(1, -1, heads, t.shape[-1] // heads).transpose(1, 2) for t in (q, k, v))
        weights = (q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5).softmax(dim=-1)
        weights = weights.detach().requires_grad_() if not kept else weights
        kept.append(weights)
        x = x + block.attn.out_proj((weights @ v).transpose(1, 2).flatten(-2))
        x = x + block.mlp(block.ln_2(x))
    feature = F.normalize(tower.ln_post(x[:, 0]) @ tower.proj, dim=-1)[0]
    gradients = torch.autograd.grad(feature @ text, kept[-layers:])
    rows = [(a[0, :, 0] * g[0, :, 0]).mean(dim=0) for a, g in zip(kept[-layers:], gradients, strict=True)]
    return torch.stack(rows).mean(dim=0)[1:].detach().numpy().reshape(tower.grid_size)


@pytest.fixture(scope="module")
def deep(tmp_path_factory):
    """Blocks of every role: below the map's, its first, a middle one, its last."""
    return scorer_of(tmp_path_factory.mktemp("deep"), "clip", layers=5)


@pytest.mark.parametrize("layers", [1, 2, 3, 4, 9])
def test_the_map_is_the_formula(deep, picture, layers):
    maps = HeatMaps(deep, layers=layers)
    for word in ("dog", "cat"):  # the second one by the graph that the first one left
        expected = by_the_book(deep, picture, word, min(layers, 5))
        found = maps.of_word(picture, word)
        np.testing.assert_allclose(found.values, expected, atol=1e-5 * np.abs(expected).max() + 1e-9, rtol=1e-4)
        assert found.values.dtype == np.float32


def test_words_together_are_words_alone(scorer, picture):
    together = HeatMaps(scorer).of_words(picture, ["dog", "cat", "a red mat"])
    for word, found in zip(["dog", "cat", "a red mat"], together, strict=True):
        np.testing.assert_allclose(found.values, HeatMaps(scorer).of_word(picture, word).values, rtol=1e-4, atol=1e-9)


def test_occlusion_is_the_cosine_that_a_patch_is_worth(scorer, picture):
    seen = []
    (found,) = HeatMaps(scorer).by_occlusion(picture, ["dog"], on_progress=lambda *p: seen.append(p))
    assert seen[-1] == (16, 16)
    pixels = scorer.transform(picture)
    text = scorer.text_features(["dog"])[0]
    covered = pixels.clone()
    covered[:, 16:32, 48:64] = pixels.mean(dim=(1, 2), keepdim=True)
    whole, less = (float(scorer.picture_tower.encode(p[None])[0] @ text) for p in (pixels, covered))
    assert found.values[1, 3] == pytest.approx(whole - less, abs=1e-6)


def test_what_progress_raises_ends_the_work(scorer, picture):
    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        HeatMaps(scorer).by_occlusion(picture, ["dog"], on_progress=stop)


def test_a_wide_picture_is_mapped_where_the_model_saw_it(scorer, picture):
    left, top, right, bottom = HeatMaps(scorer).of_word(picture, "dog").box
    assert (top, bottom) == (0.0, 1.0)
    assert (left, right) == pytest.approx((1 / 6, 5 / 6))


@pytest.mark.parametrize(
    ("mode", "box"),
    [("shortest", (0.25, 0, 0.75, 1)), ("squash", (0, 0, 1, 1)), ("longest", (0, -0.5, 1, 1.5))],
)
def test_every_way_to_a_square(mode, box):
    from open_clip.transform import image_transform

    transform = image_transform(64, is_train=False, resize_mode=mode)
    assert seen_box(transform, (200, 100)) == pytest.approx(box)


def test_the_peak_lies_in_the_picture():
    values = np.zeros((4, 4), dtype=np.float32)
    values[1, 3] = 1
    assert HeatMap(values, (0.25, 0, 0.75, 1), "gradient").peak() == pytest.approx((0.25 + 3.5 / 4 / 2, 1.5 / 4))


@pytest.mark.parametrize("name", ["resnet", "siglip", "convnext", "coca"])
def test_other_towers_are_named_not_guessed(tmp_path, name):
    with pytest.raises(UnprobeableError, match=f"{name} cannot show where it looks"):
        HeatMaps(scorer_of(tmp_path, name))


def test_maps_of_the_bundled_model_point_at_the_object_that_is_named():
    report = heat.evaluate(HeatMaps(Scorer.from_pretrained("demo")), count=40, occlusion=0)
    assert report.hit >= 0.85
    assert report.other <= 0.08
    assert report.occlusion_hit is None
