"""Words and windows: offsets into the caption exactly as given."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from captionlint.core.text.words import sentence_windows, split_pieces


def words(caption):
    return [p.text for p in split_pieces(caption) if p.is_word]


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("a cup of coke", ["a", "cup", "of", "coke"]),
        ("Don’t, it's snow-covered!", ["Don’t", "it's", "snow-covered"]),
        ("'quoted' -dash- snow--ball rock'n'roll", ["quoted", "dash", "snow", "ball", "rock'n'roll"]),
        ("3.5 m, 1,000 of 24 at 7:30.", ["3.5", "m", "1,000", "of", "24", "at", "7:30"]),
        ("a\r\nb\tc\u00a0d\x00e", ["a", "b", "c", "d", "e"]),
        ("e\u0301te\u0301 नमस्ते می‌خواهم", ["e\u0301te\u0301", "नमस्ते", "می‌خواهم"]),
        ("👨‍👩‍👧 a🚫b 1️⃣ 🇩🇪🇫🇷 👍🏽", ["👨‍👩‍👧", "a", "🚫", "b", "1️⃣", "🇩🇪", "🇫🇷", "👍🏽"]),
        ("中文字幕と、カタカナー한국어", ["中文字幕", "と", "カタカナー", "한국어"]),
        ("caf&eacute; &amp; bar", ["caf&eacute;", "bar"]),
        ("a <end_of_text> b", ["a", "end", "of", "text", "b"]),
        ("\ud800 x", ["x"]),
        ("... !? —", []),
        ("", []),
    ],
)
def test_words(caption, expected):
    assert words(caption) == expected


@given(st.text(st.characters(exclude_categories=[])))
def test_pieces_tile_the_caption(caption):
    position = 0
    for piece in split_pieces(caption):
        assert caption[piece.start : piece.end] == piece.text != ""
        assert caption[position : piece.start].strip() == ""
        position = piece.end
    assert caption[position:].strip() == ""


def split_into_windows(caption, room):
    pieces = split_pieces(caption)
    windows = sentence_windows(pieces, [1] * len(pieces), room)
    return [" ".join(pieces[i].text for i in window) for window in windows]


def test_windows_end_with_sentences():
    assert split_into_windows("One two. Three four. Five six.", 7) == ["One two . Three four .", "Five six ."]


def test_a_long_sentence_is_cut_after_a_clause_then_between_words():
    assert split_into_windows("a b c, d e f g h i j", 6) == ["a b c ,", "d e f g h i", "j"]


def test_a_piece_longer_than_the_room_stands_in_no_window():
    pieces = split_pieces("a long b")
    assert sentence_windows(pieces, [1, 9, 1], 4) == [range(0, 1), range(2, 3)]


@given(st.lists(st.integers(0, 9), max_size=60), st.integers(1, 8))
def test_every_piece_that_fits_stands_in_exactly_one_window(lengths, room):
    pieces = split_pieces(" ".join("w" for _ in lengths))
    windows = sentence_windows(pieces, lengths, room)
    placed = [i for window in windows for i in window]
    assert placed == [i for i, length in enumerate(lengths) if length <= room]
    assert all(sum(lengths[i] for i in window) <= room for window in windows)
