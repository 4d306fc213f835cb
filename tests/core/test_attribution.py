"""The attribution, checked a second way: explicit attention matrices and autograd, full context, one at a time."""

import pytest
import torch
from formula_models import CONFIGS, random_state, write_model
from PIL import Image
from torch.nn import functional as F

from captionlint.core.clip.attribution import token_attributions
from captionlint.core.clip.loading import build_model
from captionlint.core.clip.scorer import Scorer

CAPTIONS = [
    "a cup of coke",
    "two birds",
    "a very long sentence about a small brown dog, a cat and one red sofa at home",
]


def explicit_attributions(model, ids, image, layers):
    """A ⊙ ∂s/∂A of the pooled row, by autograd through attention matrices that the reference computes itself."""
    holder = model.text if hasattr(model, "text") else model
    if hasattr(holder, "_embeds"):
        x, mask = holder._embeds(ids)
    else:
        x, mask = holder.token_embedding(ids) + holder.positional_embedding, holder.attn_mask
    pooled_last = getattr(holder, "cls_emb", None) is not None or getattr(holder, "pool_type", "") == "last"
    row = x.shape[1] - 1 if pooled_last else int(ids.argmax())
    matrices = []
    for block in holder.transformer.resblocks:
        heads, width = block.attn.num_heads, x.shape[-1]
        qkv = F.linear(block.ln_1(x), block.attn.in_proj_weight, block.attn.in_proj_bias)
        q, k, v = (t.view(1, -1, heads, width // heads).transpose(1, 2) for t in qkv.split(width, dim=-1))
        scores = q @ k.transpose(-1, -2) / (width // heads) ** 0.5
        if mask is not None:
            scores = scores + (mask.view(1, heads, *mask.shape[-2:]) if mask.dim() == 3 else mask)
        matrix = scores.softmax(-1).requires_grad_()
        matrices.append(matrix)
        context = (matrix @ v).transpose(1, 2).reshape(1, -1, width)
        x = x + block.ls_1(block.attn.out_proj(context))
        x = x + block.ls_2(block.mlp(block.ln_2(x)))
    feature = holder.ln_final(x)[:, row]
    projection = holder.text_projection
    feature = projection(feature) if isinstance(projection, torch.nn.Linear) else feature @ projection
    cosine = F.cosine_similarity(feature, image[None])[0]
    used = matrices[-layers:]
    gradients = torch.autograd.grad(cosine, used)
    rows = [(a * g)[0, :, row].mean(0) for a, g in zip(used, gradients, strict=True)]
    return float(cosine.detach()), torch.stack(rows).mean(0).detach()


def scorer_of(tmp_path, name, **settings):
    model = build_model(CONFIGS[name], name=name)
    return Scorer.from_files(*write_model(tmp_path, name, CONFIGS[name], random_state(model)), **settings)


@pytest.fixture
def picture():
    generator = torch.Generator().manual_seed(3)
    pixels = (torch.rand(70, 90, 3, generator=generator) * 255).to(torch.uint8).numpy()
    return Image.fromarray(pixels)


@pytest.mark.parametrize("layers", [1, 3, 4])
@pytest.mark.parametrize("name", [n for n in CONFIGS if n not in ("resnet", "convnext")])
def test_equals_explicit_gradients(tmp_path, picture, name, layers):
    scorer = scorer_of(tmp_path, name, layers=layers)
    image = scorer.picture_features(picture)
    windows = [scorer.tokenizer.tokenize(c).windows[0] for c in CAPTIONS]
    ids = torch.tensor([scorer.tokenizer.pad_to_context(w.ids) for w in windows])
    cosines, rows = token_attributions(scorer.tower, ids, image.expand(len(ids), -1), layers=layers)
    for i, window in enumerate(windows):
        cosine, expected = explicit_attributions(scorer.picture_tower.model, ids[i : i + 1], image, layers)
        length = len(window.ids)
        assert float(cosines[i]) == pytest.approx(cosine, abs=1e-6)
        assert float(expected[:length].abs().max()) > 1e-5
        torch.testing.assert_close(rows[i, :length], expected[:length], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", ["resnet", "convnext"])
def test_any_picture_tower_serves(tmp_path, picture, name):
    (prediction,) = scorer_of(tmp_path, name).score([picture], [CAPTIONS[0]])
    assert -1 <= prediction.cosine <= 1
    assert [w.text for w in prediction.words] == CAPTIONS[0].split()
    assert any(w.score for w in prediction.words)


@pytest.mark.parametrize("name", ["clip", "coca", "siglip", "bidirectional"])
def test_cosine_is_the_models_own(tmp_path, picture, name):
    scorer = scorer_of(tmp_path, name)
    model = scorer.picture_tower.model
    ids = torch.tensor([scorer.tokenizer.pad_to_context(scorer.tokenizer.tokenize(CAPTIONS[0]).windows[0].ids)])
    pixels = scorer.transform(picture)[None]
    theirs = F.cosine_similarity(model.encode_text(ids), model.encode_image(pixels))
    (prediction,) = scorer.score([picture], [CAPTIONS[0]])
    assert prediction.cosine == pytest.approx(float(theirs), abs=1e-5)


@pytest.mark.parametrize("name", ["clip", "coca", "siglip"])
def test_one_by_one_equals_a_mixed_batch(tmp_path, name):
    scorer = scorer_of(tmp_path, name)
    generator = torch.Generator().manual_seed(4)
    pictures = [
        Image.fromarray((torch.rand(64, 64, 3, generator=generator) * 255).to(torch.uint8).numpy()) for _ in range(8)
    ]
    images = [pictures[i % 8] for i in range(64)]
    captions = [" ".join((CAPTIONS[2] + " ").split()[: 1 + i % 12]) + f" {i}" for i in range(64)]
    together = scorer.score(images, captions)
    for image, caption, batched in zip(images, captions, together, strict=True):
        scorer._images._known.clear()
        (alone,) = scorer.score([image], [caption])
        assert batched.cosine == pytest.approx(alone.cosine, abs=1e-6)
        assert [w.score for w in batched.words] == pytest.approx([w.score for w in alone.words], abs=1e-6)
