"""What tests of the store share: small pictures, rows, and a scorer whose answers follow from the words."""

import hashlib
from itertools import islice
from pathlib import Path

from PIL import Image

from captionlint.core.formats.records import SourceItem
from captionlint.core.prediction import Failure, Prediction, WordScore
from captionlint.core.text.words import split_pieces


def photo(folder, name="a.png", colour=(200, 30, 30)):
    """A small picture; another colour is another picture."""
    path = Path(folder) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8), colour).save(path)
    return str(path)


def row(image, caption, number=0, **more):
    return SourceItem(str(image), caption, f"line {number}", **more)


def rows(folder, count, *, captions_per_photo=2):
    """Rows ``item-0``, ``item-1``, … with a wrong word ("xN") in every second caption."""
    for number in range(count):
        image_number = number // captions_per_photo
        image = Path(folder) / f"photo-{image_number}.png"
        if not image.exists():
            photo(folder, image.name, colour=(image_number % 256, image_number // 256 % 256, 7))
        wrong = f"x{number}" if number % 2 else "red"
        yield row(image, f"a {wrong} dog number {number} runs", number, id=f"item-{number}")


class FakeScorer:
    """Words that begin with x get a negative attribution, whose size follows from the word; others get +0.1.

    A caption with "unscorable" fails. `calls` records every batch.
    """

    def __init__(self, version="fake-1", epsilon=-0.01):
        self.version = version
        self.epsilon = epsilon
        self.details = {"model": "fake", "weights_sha256": "0" * 64}
        self.seen = []

    def stream(self, pairs, *, batch_size):
        pairs = iter(pairs)
        while batch := list(islice(pairs, batch_size)):
            self.seen.append([caption for _, caption in batch])
            yield from (self.result(caption) for _, caption in batch)

    def result(self, caption):
        if "unscorable" in caption:
            return Failure(self.version, caption, "The caption has no words.")
        words = tuple(WordScore(p.text, p.start, p.end, score(p.text)) for p in split_pieces(caption) if p.is_word)
        return Prediction(self.version, caption, 0.25, words)


def score(word):
    if not word.startswith("x"):
        return 0.1
    return -0.02 - int(hashlib.sha256(word.encode()).hexdigest()[:4], 16) / 2**16
