"""Noun phrases and swaps, by word class alone: what to leave out, read alone, or put in a word's place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from captionlint.core.text.word_classes import CONTENT, word_classes
from captionlint.core.text.words import Piece

_NUMBERS: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_REACH: Final = 2
"""How far a number is swapped: two for one, three and four."""
_OPPOSITES: Final = (
    ("left", "right"), ("above", "below"), ("over", "under"), ("on", "under"), ("in", "outside"),
    ("inside", "outside"), ("behind", "before"), ("top", "bottom"), ("front", "back"), ("near", "far"),
    ("large", "small"), ("big", "small"), ("huge", "tiny"), ("giant", "tiny"), ("tall", "short"),
    ("long", "short"), ("wide", "narrow"), ("thick", "thin"), ("beneath", "above"), ("underneath", "above"),
)  # fmt: skip
_OPPOSITE: Final = {b: a for a, b in reversed(_OPPOSITES)} | {a: b for a, b in reversed(_OPPOSITES)}


def noun_phrases(pieces: Sequence[Piece]) -> list[tuple[int, ...]]:
    """For every piece the indices of its noun phrase: the run of content words that it stands in.

    A piece outside any phrase (verbs, prepositions, punctuation) has an empty one.
    """
    words = [i for i, piece in enumerate(pieces) if piece.is_word]
    kinds = dict(zip(words, word_classes([pieces[i].text for i in words]), strict=True))
    found: list[tuple[int, ...]] = [()] * len(pieces)
    run: list[int] = []
    for i in range(len(pieces) + 1):
        if i < len(pieces) and kinds.get(i) in CONTENT:
            run.append(i)
            continue
        for member in run:
            found[member] = tuple(run)
        run = []
    return found


def swaps(text: str) -> tuple[str, ...]:
    """Words that could stand in a word's place if it is wrong: near numbers, or the opposite of a place or size."""
    lower = text.lower()
    if lower in _NUMBERS:
        at = _NUMBERS.index(lower)
        return tuple(n for i, n in enumerate(_NUMBERS) if i != at and abs(i - at) <= _REACH)
    if lower.isdecimal() and len(lower) < 3:
        value = int(lower)
        return tuple(str(n) for n in range(max(value - _REACH, 1), value + _REACH + 1) if n != value)
    opposite = _OPPOSITE.get(lower)
    return () if opposite is None else (opposite,)
