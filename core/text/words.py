"""Words of a caption, with code-point offsets into the caption exactly as the user gave it.

The model's tokenizer cleans text and so moves characters. Therefore the caption is cut here first, into pieces
that each are encoded on their own; which tokens belong to which word is then known by construction.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import regex

WORD_RULES: Final = "w1"
"""Revision of the rules in this module; part of every scorer version."""

_JOINERS: Final = "\u200c\u200d"
_CJK: Final = r"\p{Han}々〆\p{Hiragana}\p{Katakana}ー"
_LETTER: Final = rf"[[\p{{L}}\p{{M}}\p{{N}}]--[{_CJK}\u20e3\ufe0e\ufe0f]]"
_RUN: Final = rf"(?:{_LETTER}[{_JOINERS}]*)+"
_ENTITY: Final = r"&(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
_PICTURE: Final = r"\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\ufe0f)*"
_PIECE: Final = regex.compile(
    rf"""
    (?P<emoji> \p{{Regional_Indicator}}{{2}} | [0-9\#*]\ufe0f?\u20e3
             | {_PICTURE}(?:\u200d{_PICTURE})* [\U000e0020-\U000e007f]* )
  | (?P<cjk> (?:[\p{{Han}}々〆]\p{{M}}*)+ | (?:\p{{Hiragana}}[\p{{M}}ー]*)+ | (?:[\p{{Katakana}}ー]\p{{M}}*)+ )
  | (?P<letters> {_RUN} (?: (?: ['’ʼ\-‐‑·] | (?<=\p{{N}})[.,:/](?=\p{{N}}) ) {_RUN} )* )
  | (?P<entity> {_ENTITY} )
  | (?P<space> \s+ )
  | (?P<other> . )
    """,
    regex.VERBOSE | regex.VERSION1 | regex.DOTALL,
)
_SENTENCE_END: Final = frozenset(".!?…。！？｡")
_CLAUSE_END: Final = frozenset(",;:，、；：)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a caption without white space: a word, or a run of punctuation, symbols or controls.

    `start` and `end` count code points, `end` exclusive: ``caption[start:end] == text``.
    """

    text: str
    start: int
    end: int
    is_word: bool


def split_pieces(caption: str) -> list[Piece]:
    """Cuts a caption into words and what stands between them; white space belongs to no piece.

    A word is a run of letters, marks and digits with inner apostrophes, hyphens and joiners; one emoji with its
    modifiers; or a run of Han, Hiragana or Katakana. Character references such as ``&eacute;`` count as the
    letter they stand for. Any string is accepted.
    """
    pieces: list[Piece] = []
    for match in _PIECE.finditer(caption):
        group = match.lastgroup
        if group == "space":
            continue
        text, start, end = match.group(), match.start(), match.end()
        letter_reference = group == "entity" and html.unescape(text).isalnum()
        is_word = group in ("letters", "cjk", "emoji") or letter_reference
        last = pieces[-1] if pieces and pieces[-1].end == start else None
        glues = last is not None and (
            (not is_word and not last.is_word)
            or (letter_reference and last.is_word)
            or (group == "letters" and last.is_word and last.text.endswith(";"))
        )
        if glues and last is not None:
            pieces[-1] = Piece(last.text + text, last.start, end, is_word)
        else:
            pieces.append(Piece(text, start, end, is_word))
    return pieces


def sentence_windows(pieces: Sequence[Piece], lengths: Sequence[int], room: int) -> list[range]:
    """Ranges of pieces that fit a context together, cut at sentence ends where possible.

    `lengths` gives each piece's number of tokens, `room` the tokens that one window may hold. A sentence longer
    than `room` is cut after a clause, else between words. A single piece longer than `room` stands in no window.
    """
    windows: list[range] = []
    start, used = 0, 0
    cut_at = _Cuts()
    for i, (piece, length) in enumerate(zip(pieces, lengths, strict=True)):
        if length > room:
            windows += _window(start, i)
            start, used, cut_at = i + 1, 0, _Cuts()
            continue
        while used + length > room:
            cut = cut_at.best(start) or i
            windows += _window(start, cut)
            used = sum(lengths[cut:i])
            start = cut
        used += length
        cut_at.see(piece, i)
    return windows + _window(start, len(pieces))


class _Cuts:
    """Remembers where a window may end: behind the last sentence, else behind the last clause."""

    def __init__(self) -> None:
        self.sentence = self.clause = 0

    def see(self, piece: Piece, index: int) -> None:
        if not piece.is_word and _SENTENCE_END & set(piece.text):
            self.sentence = index + 1
        elif not piece.is_word and _CLAUSE_END & set(piece.text):
            self.clause = index + 1

    def best(self, start: int) -> int | None:
        return next((cut for cut in (self.sentence, self.clause) if cut > start), None)


def _window(start: int, end: int) -> list[range]:
    return [range(start, end)] if end > start else []
