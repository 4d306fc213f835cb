"""Words and tokens with tokenizers other than CLIP's own."""

import json

import pytest
import torch
from formula_models import CONFIGS, random_state
from safetensors.torch import save_file

from captionlint.core.clip.loading import build_model
from captionlint.core.clip.scorer import Scorer
from captionlint.core.clip.tokenizer import WordTokenizer
from captionlint.core.errors import UnprobeableError

transformers = pytest.importorskip("transformers", reason="needs the extra [siglip]")
SENTENCE = "a cat two red birds on wire photo depicts small dog sits the next to and chair"


def sentencepiece_like(folder, *, add_start):
    """A Unigram tokenizer as SigLIP has: lower-cased, a marker before each word, an end token that also pads."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", -9.0), ("<s>", 0.0), ("▁", -6.0)]
    pieces += [(f"▁{w}", -3.0) for w in SENTENCE.split()]
    pieces += [(c, -8.0) for c in "abcdefghijklmnopqrstuvwxyz"]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=2))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    single = "<s> $A </s>" if add_start else "$A </s>"
    tokenizer.post_processor = processors.TemplateProcessing(single=single, special_tokens=[("</s>", 1), ("<s>", 3)])
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="</s>", eos_token="</s>")
    fast.save_pretrained(folder)


@pytest.fixture
def siglip_files(tmp_path):
    """A SigLIP-shaped model whose tokenizer lies in a folder beside its configuration."""
    sentencepiece_like(tmp_path / "words", add_start=False)
    config = json.loads(json.dumps(CONFIGS["siglip"]))
    config["text_cfg"] |= {"vocab_size": 64, "hf_tokenizer_name": "words"}
    config["text_cfg"] |= {"tokenizer_kwargs": {"clean": "canonicalize"}}
    (tmp_path / "siglip.json").write_text(json.dumps(config))
    save_file(random_state(build_model(config, name="siglip")), tmp_path / "siglip.safetensors")
    return tmp_path / "siglip.json", tmp_path / "siglip.safetensors"


def test_siglips_tokenizer_word_by_word_equals_the_whole(siglip_files, photo):
    scorer = Scorer.from_files(*siglip_files, template="")
    caption = "A small cat, next to two RED birds!"
    (window,) = scorer.tokenizer.tokenize(caption).windows
    whole = scorer.tokenizer._tokenizer([caption], context_length=24)[0].tolist()
    assert scorer.tokenizer.pad_to_context(window.ids) == whole
    (prediction,) = scorer.score([photo], [caption])
    assert [w.text for w in prediction.words] == ["A", "small", "cat", "next", "to", "two", "RED", "birds"]
    assert all(w.score is not None for w in prediction.words)


def test_a_start_token_is_found(tmp_path):
    from open_clip.tokenizer import HFTokenizer

    sentencepiece_like(tmp_path, add_start=True)
    tokenizer = WordTokenizer(HFTokenizer(str(tmp_path), context_length=16), context_length=16, template="a photo ")
    (window,) = tokenizer.tokenize("two birds").windows
    whole = tokenizer._tokenizer(["a photo two birds"], context_length=16)[0].tolist()
    assert tokenizer.pad_to_context(window.ids) == whole
    assert window.ids[0] == 3


def test_a_tokenizer_that_mixes_words_is_refused():
    class Mixing:
        """Encodes a text as one number."""

        def clean_fn(self, text):
            return text

        def tokenizer(self, text, **_options):
            return {"input_ids": [len(text)]}

        def __call__(self, texts, context_length):
            return torch.tensor([[len(t)] + [0] * (context_length - 1) for t in texts])

    with pytest.raises(UnprobeableError, match="does not keep words apart"):
        WordTokenizer(Mixing(), context_length=8, template="")
