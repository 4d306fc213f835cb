"""Noun phrases and swaps."""

import pytest

from captionlint.core.text.phrases import noun_phrases, swaps
from captionlint.core.text.words import split_pieces


def test_phrases_are_runs_of_content_words():
    pieces = split_pieces("two small dogs, a red car under the tree")
    phrases = noun_phrases(pieces)
    texts = [" ".join(pieces[i].text for i in phrase) for phrase in phrases]
    assert texts == ["two small dogs"] * 3 + ["", ""] + ["red car"] * 2 + ["", "", "tree"]


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("two", ("one", "three", "four")),
        ("Ten", ("eight", "nine")),
        ("3", ("1", "2", "4", "5")),
        ("1", ("2", "3")),
        ("left", ("right",)),
        ("right", ("left",)),
        ("large", ("small",)),
        ("dog", ()),
        ("2024", ()),
        ("", ()),
    ],
)
def test_swaps(text, others):
    assert swaps(text) == others
