"""Signals beside the attribution: how the cosine moves when a word or its phrase goes, stands alone, or is swapped.

All but `diffuseness` are differences of plain cosines of edited captions with the same picture. The picture is
encoded once, edited captions of a whole batch are encoded together without gradients, equal ones once. Function words
are not tried: they are wrong where a content word beside them is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from captionlint.core.calibration.diffuseness import Diffuseness
from captionlint.core.clip.scorer import Picture, Scorer
from captionlint.core.clip.tokenizer import Window, WordTokenizer
from captionlint.core.prediction import Failure, Prediction
from captionlint.core.text.phrases import noun_phrases, swaps
from captionlint.core.text.word_classes import word_classes

Array = NDArray[np.float64]
SIGNALS: Final = ("drop", "phrase_drop", "phrase_cosine", "swap", "diffuseness")
"""`drop`: cosine of the caption minus that without the word; negative: better without. `phrase_drop`: the same for
the word's noun phrase. `phrase_cosine`: the phrase alone, minus the caption. `swap`: the caption minus the best with
another number, or the opposite place or size, in the word's place; negative: another fits better. `diffuseness`: of the
word's evidence over the picture, 0 to 1. 0 where untried."""
_DIFFUSENESS: Final = SIGNALS.index("diffuseness")
_ROWS: Final = 256
_WORDS_KEPT: Final = 20_000
Ids = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Question:
    """A signal of a word: the cosine of `own` minus the highest cosine of `others`, turned round if `alone`.

    For `diffuseness`, `own` is the word alone and `others` is empty.
    """

    word: int
    signal: int
    own: Ids
    others: tuple[Ids, ...] = ()
    alone: bool = False


@dataclass(frozen=True, slots=True)
class _Asked:
    """A scored item under way: its picture and the picture's feature (E,), what is asked of its words, the signals."""

    image: Picture
    picture: Tensor
    questions: Sequence[_Question]
    found: Array


def stream(
    scorer: Scorer, pairs: Iterable[tuple[Picture, str]], *, batch_size: int = 32, parts: bool = False
) -> Iterator[tuple[Prediction | Failure, Array]]:
    """As `Scorer.stream`, each result with its signals (W, 5) in the order of ``prediction.words``; columns SIGNALS.

    With `parts` as many columns more as the features are long, (W, 5 + E): by how much each dimension adds to `drop`,
    whose sum it is. They are what `core.calibration.head` learns from. A failure has signals of shape (0, 5).
    """
    diffuseness = Diffuseness(scorer)
    words: dict[Ids, Tensor] = {}
    iterator = iter(pairs)
    while batch := list(islice(iterator, batch_size)):
        with scorer.picture_tower.watched(diffuseness.watch):
            results = list(scorer.stream(batch, batch_size=batch_size))
        found = [np.zeros((0, len(SIGNALS)))] * len(batch)
        asked = {
            i: _asked(scorer, batch[i][0], result, parts=parts)
            for i, result in enumerate(results)
            if isinstance(result, Prediction)
        }
        compared = [q for item in asked.values() for q in item.questions if q.others]
        texts = _encode(scorer, {ids for q in compared for ids in (q.own, *q.others)})
        for i, item in asked.items():
            _answer(item, texts)
            found[i] = item.found
        if diffuseness.served:
            _spread(scorer, diffuseness, words, list(asked.values()))
        yield from zip(results, found, strict=True)


def _asked(scorer: Scorer, image: Picture, prediction: Prediction, *, parts: bool) -> _Asked:
    picture = scorer.picture_features(image)
    width = len(SIGNALS) + (len(picture) if parts else 0)
    return _Asked(image, picture, _questions(scorer, prediction), np.zeros((len(prediction.words), width)))


def _spread(scorer: Scorer, diffuseness: Diffuseness, words: dict[Ids, Tensor], asked: Sequence[_Asked]) -> None:
    """Fills in the diffuseness; the features of `words` stay known from batch to batch."""
    places = [(item, q) for item in asked for q in item.questions if q.signal == _DIFFUSENESS]
    if len(words) > _WORDS_KEPT:
        words.clear()
    words |= _encode(scorer, {q.own for _, q in places} - words.keys())
    values = diffuseness.of([(item.image, item.picture, words[q.own]) for item, q in places])
    for (item, q), value in zip(places, values, strict=True):
        item.found[q.word, _DIFFUSENESS] = value


def _questions(scorer: Scorer, prediction: Prediction) -> list[_Question]:
    tokenized = scorer.tokenizer.tokenize(prediction.caption)
    order = [i for i, piece in enumerate(tokenized.pieces) if piece.is_word]
    kinds = word_classes([tokenized.pieces[i].text for i in order])
    number = {piece: word for word, piece in enumerate(order)}
    phrases = noun_phrases(tokenized.pieces)
    found: list[_Question] = []
    for window in tokenized.windows:
        places = {piece: (start, end) for piece, start, end in window.spans}
        for piece, place in places.items():
            word = number.get(piece)
            if word is None or kinds[word] == "function":
                continue
            found.append(_Question(word, 0, window.ids, (_without(window.ids, [place]),)))
            found.append(
                _Question(word, _DIFFUSENESS, _without(window.ids, [p for p in places.values() if p != place]))
            )
            found += _of_phrase(word, window.ids, [places[p] for p in phrases[piece] if p in places], places)
            found += _of_swaps(word, window.ids, place, swaps(tokenized.pieces[piece].text), scorer.tokenizer)
    return found


def _of_phrase(
    word: int, ids: Ids, phrase: Sequence[tuple[int, int]], places: dict[int, tuple[int, int]]
) -> list[_Question]:
    if not phrase:
        return []
    rest = [place for place in places.values() if place not in phrase]
    without, alone = _without(ids, phrase), _without(ids, rest)
    return [_Question(word, 1, ids, (without,)), _Question(word, 2, ids, (alone,), alone=True)]


def _of_swaps(
    word: int, ids: Ids, place: tuple[int, int], others: Sequence[str], tokenizer: WordTokenizer
) -> list[_Question]:
    windows = [w for text in others for w in tokenizer.tokenize(text).windows[:1]]
    swapped = [(*ids[: place[0]], *_inner(w), *ids[place[1] :]) for w in windows]
    fitting = tuple(text for text in swapped if len(text) <= tokenizer.context_length)
    return [_Question(word, 3, ids, fitting)] if fitting else []


def _without(ids: Ids, places: Sequence[tuple[int, int]]) -> Ids:
    gone = {i for start, end in places for i in range(start, end)}
    return tuple(token for i, token in enumerate(ids) if i not in gone)


def _inner(window: Window) -> Ids:
    """A window's tokens between the template and the end."""
    return window.ids[window.spans[0][1] : window.spans[-1][2]]


def _encode(scorer: Scorer, texts: set[Ids]) -> dict[Ids, Tensor]:
    """Unit features (E,) of each text, those of like length together."""
    ordered = sorted(texts, key=len)
    found: dict[Ids, Tensor] = {}
    for start in range(0, len(ordered), _ROWS):
        chunk = ordered[start : start + _ROWS]
        ids = torch.tensor([scorer.tokenizer.pad_to_context(row) for row in chunk], device=scorer.device)
        found |= dict(zip(chunk, scorer.tower.encode(ids), strict=True))
    return found


def _answer(item: _Asked, texts: dict[Ids, Tensor]) -> None:
    compared = [q for q in item.questions if q.others]
    if not compared:
        return
    asked = list(dict.fromkeys(ids for q in compared for ids in (q.own, *q.others)))
    cosines = dict(zip(asked, (torch.stack([texts[i] for i in asked]) @ item.picture).tolist(), strict=True))
    for q in compared:
        change = cosines[q.own] - max(cosines[ids] for ids in q.others)
        item.found[q.word, q.signal] = -change if q.alone else change
        if q.signal == 0 and item.found.shape[1] > len(SIGNALS):
            parts = (texts[q.own] - texts[q.others[0]]) * item.picture
            item.found[q.word, len(SIGNALS) :] = parts.double().cpu().numpy()
