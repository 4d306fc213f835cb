"""The 60 exact cases of a second implementation (explicit attention gradients, full context, one at a time)."""

import json
from pathlib import Path

import pytest
import torch
from formula_models import formula_state, write_model

from captionlint.core.clip.attribution import token_attributions
from captionlint.core.clip.loading import build_model
from captionlint.core.clip.scorer import Scorer

PARITY = Path(__file__).parent / "parity"
DATA = json.loads((PARITY / "cases.json").read_text())


@pytest.fixture(scope="module")
def scorers(tmp_path_factory):
    folder, cache = tmp_path_factory.mktemp("parity"), {}
    files = {
        name: write_model(folder, name, config, formula_state(build_model(config, name=name)))
        for name, config in DATA["models"].items()
    }

    def scorer(model, layers, template):
        key = (model, layers, template)
        if key not in cache:
            cache[key] = Scorer.from_files(*files[model], layers=layers, template=template)
        return cache[key]

    return scorer


@pytest.mark.parametrize("case", DATA["cases"], ids=range(len(DATA["cases"])))
def test_case(case, scorers):
    scorer = scorers(case["model"], case["layers"], case["template"])
    (window,) = scorer.tokenizer.tokenize(case["caption"]).windows
    assert list(window.ids) == case["token_ids"]

    image = PARITY / case["image"]
    features = scorer.picture_features(image)[None]
    ids = torch.tensor([scorer.tokenizer.pad_to_context(window.ids)])
    cosines, rows = token_attributions(scorer.tower, ids, features, layers=scorer.layers)
    expected = torch.tensor(case["token_attributions"])
    assert cosines[0] == pytest.approx(case["cosine"], abs=1e-5)
    ours = rows[0, 1 : len(expected) + 1]
    torch.testing.assert_close(ours, expected, rtol=0, atol=1e-4 * float(expected.abs().max()))

    (prediction,) = scorer.score([image], [case["caption"]])
    assert prediction.cosine == pytest.approx(case["cosine"], abs=1e-5)
    pieces = scorer.tokenizer.tokenize(case["caption"]).pieces
    means = [float(expected[a - 1 : b - 1].mean()) for p, a, b in window.spans if pieces[p].is_word]
    assert [w.score for w in prediction.words] == pytest.approx(means, abs=1e-4 * float(expected.abs().max()))
