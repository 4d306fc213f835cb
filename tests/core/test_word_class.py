"""Word classes: closed lists, endings, and what is left is a noun."""

import pytest

from captionlint.core.text.word_classes import WORD_CLASSES, word_class, word_classes


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("A small dog sits on a red sofa", "function size noun verb place function colour noun"),
        ("three men playing frisbee outdoors", "number noun verb noun adverb"),
        ("2 snow-covered trees near Lake Tahoe", "number adjective noun place name name"),
        ("the ceiling isn't very colorful", "function noun function adverb colour"),
        ("a BIG building of steel", "function size noun preposition noun"),
    ],
)
def test_classes(caption, expected):
    assert word_classes(caption.split()) == expected.split()


def test_a_capital_at_the_start_makes_no_name():
    assert word_class("Dogs", sentence_start=True) == "noun"
    assert word_class("Paris") == "name"


@pytest.mark.parametrize("text", ["", "犬", "😀", "’", "-", "é"])
def test_any_word_has_a_class(text):
    assert word_class(text) in WORD_CLASSES
