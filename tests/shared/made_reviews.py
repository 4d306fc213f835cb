"""Made-up reviews: wrong words score lower, by an offset of the word's class that a bare threshold cannot undo."""

import numpy as np

from captionlint.core.calibration.table import ReviewedCaption
from captionlint.core.prediction import Prediction, WordScore
from captionlint.core.text.word_classes import word_class

TEXT = "a the red blue small large two three dog cat tree house near under runs sitting quickly of"
OFFSET = {"colour": 0.02, "number": -0.02, "place": 0.01, "function": 0.005}


def reviews(count, *, seed=0, captions_per_image=2, blind=0.0, wrong_share=0.12):
    """`count` reviewed captions with one image for every `captions_per_image`."""
    rng = np.random.default_rng(seed)
    return [_review(rng, f"image-{n // captions_per_image}", blind, wrong_share) for n in range(count)]


def _review(rng, image, blind, wrong_share):
    texts = rng.choice(TEXT.split(), size=rng.integers(4, 12))
    wrong = rng.random(len(texts)) < wrong_share
    words, position = [], 0
    for text, bad in zip(texts, wrong, strict=True):
        score = rng.normal(-0.015 if bad else 0.015, 0.008) + OFFSET.get(word_class(str(text)), 0.0)
        words.append(WordScore(str(text), position, position + len(text), float(score)))
        position += len(text) + 1
    prediction = Prediction("made-1", " ".join(texts), float(rng.normal(0.25, 0.03)), tuple(words))
    return ReviewedCaption(prediction, wrong.tolist(), image, bool(rng.random() < blind))
