"""From words to the ids that a text tower reads, so that every token's word is known by construction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from captionlint.core.errors import UnprobeableError
from captionlint.core.text.words import Piece, sentence_windows, split_pieces

LONGEST: Final = 1000
"""Code points of a word that a tokenizer is asked about."""
_PROBES: Final = ("a cat", "two red birds on a wire")


@dataclass(frozen=True, slots=True)
class Window:
    """Ids of one window of a caption, its start and end tokens included, and where each piece's tokens stand.

    ``spans[i]`` is (piece index, first position, position behind the last) for every piece that has tokens.
    """

    ids: tuple[int, ...]
    spans: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class TokenizedCaption:
    """A caption cut into pieces, and the windows that hold them; pieces in no window have `reasons`."""

    pieces: tuple[Piece, ...]
    windows: tuple[Window, ...]
    reasons: dict[int, str]


class WordTokenizer:
    """Encodes captions piece by piece with an open_clip tokenizer.

    Attributes:
        pad: the id that fills a sequence up.
        context_length: positions of the text tower.
        beginning: ids that stand before every window's own: the start token and the template.
        room: ids that a window may hold besides.
    """

    def __init__(self, tokenizer: Any, *, context_length: int, template: str) -> None:
        self._tokenizer = tokenizer
        self._encode = lru_cache(maxsize=65536)(self._encode_text)
        self.context_length = context_length
        self.pad = 0
        self._prefix, self._suffix, self.pad = self._frame()
        template_ids = [i for piece in split_pieces(template) for i in self._encode(piece.text)]
        self.beginning = [*self._prefix, *template_ids]
        self.room = context_length - len(self.beginning) - len(self._suffix)

    def tokenize(self, caption: str) -> TokenizedCaption:
        """Cuts the caption into windows that each fit the context together with the template."""
        pieces = split_pieces(caption)
        ids = [self._encode(piece.text) for piece in pieces]
        reasons: dict[int, str] = {}
        for i, piece_ids in enumerate(ids):
            if not piece_ids:
                reasons[i] = "the tokenizer leaves nothing of it"
            elif len(piece_ids) > self.room:
                reasons[i] = f"its {len(piece_ids)} tokens do not fit the model's context"
        windows = [self._window(ids, window) for window in sentence_windows(pieces, [len(i) for i in ids], self.room)]
        return TokenizedCaption(tuple(pieces), tuple(w for w in windows if w.spans), reasons)

    def pad_to_context(self, ids: Sequence[int]) -> list[int]:
        """The ids filled up to the full context, as the tower's own tokenizer would."""
        return [*ids, *[self.pad] * (self.context_length - len(ids))]

    def _window(self, ids: list[tuple[int, ...]], window: range) -> Window:
        sequence = [*self.beginning]
        spans = []
        for i in window:
            if ids[i]:
                spans.append((i, len(sequence), len(sequence) + len(ids[i])))
                sequence += ids[i]
        return Window((*sequence, *self._suffix), tuple(spans))

    def _encode_text(self, text: str) -> tuple[int, ...]:
        # A lone surrogate has no UTF-8 form; the byte-level vocabularies cannot read it.
        text = text.encode("utf-8", "replace").decode("utf-8")
        if len(text) > LONGEST:
            # Byte-pair merging takes quadratic time; what is as long fits no context anyway.
            return (self.pad,) * len(text)
        if hasattr(self._tokenizer, "encode"):
            return tuple(self._tokenizer.encode(text))
        cleaned = self._tokenizer.clean_fn(text)
        return tuple(self._tokenizer.tokenizer(cleaned, add_special_tokens=False)["input_ids"])

    def _frame(self) -> tuple[list[int], list[int], int]:
        """The ids before and after a text and the padding, read off whole encodings.

        Raises:
            UnprobeableError: the tokenizer does not encode a sentence as its words one after the other.
        """
        if hasattr(self._tokenizer, "sot_token_id"):
            return [self._tokenizer.sot_token_id], [self._tokenizer.eot_token_id], 0
        for probe in _PROBES:
            whole = self._tokenizer([probe], context_length=self.context_length)[0].tolist()
            inner = [i for word in probe.split() for i in self._encode(word)]
            starts = [s for s in (0, 1) if whole[s : s + len(inner)] == inner]
            if not starts:
                raise UnprobeableError(
                    "This model's tokenizer does not keep words apart, so tokens cannot be given back to words; "
                    "use --model fast or another model with CLIP's own tokenizer."
                )
            prefix, rest = whole[: starts[0]], whole[starts[0] + len(inner) :]
        return prefix, *_suffix_and_pad(rest)


def _suffix_and_pad(rest: list[int]) -> tuple[list[int], int]:
    """Splits what follows a text into its end tokens and the padding, the last id's run."""
    pad = rest[-1]
    length = len(rest)
    while length and rest[length - 1] == pad:
        length -= 1
    return rest[:length], pad
