"""What an edit of a caption does to its marks, and which words two captions differ in.

Both compare lists of words, not letters: a changed word is one change, and 3,000 repeating words take milliseconds.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from rapidfuzz.distance import Levenshtein, Opcode

from captionlint.core.review import Span
from captionlint.core.text.words import Piece, split_pieces


def follow(spans: Sequence[Span], old: str, new: str) -> list[Span | None]:
    """Where each mark on `old` stands in `new`; None where its words are gone.

    A mark on part of a word keeps that part while the word is unchanged, else it takes the whole word.
    """
    if old == new:
        return list(spans)
    before, after = _pieces(old), _pieces(new)
    steps = _steps(before, after)
    starts, ends = [p.start for p in before], [p.end for p in before]
    moved: list[Span | None] = []
    for span in spans:
        first, last = bisect_right(ends, span.start), bisect_left(starts, span.end)
        moved.append(_moved(span, range(first, last), before, after, steps) if first < last else None)
    return moved


def replacements(old: str, new: str) -> tuple[Span, ...]:
    """The words of `old` that `new` has otherwise, each with what stands there instead ("" where nothing does).

    Words that were only put in mark nothing.
    """
    before, after = _pieces(old), _pieces(new)
    return tuple(
        Span(
            before[step.src_start].start,
            before[step.src_end - 1].end,
            replacement=_text(new, after[step.dest_start : step.dest_end]),
        )
        for step in _steps(before, after)
        if step.tag in ("replace", "delete")
    )


@lru_cache(maxsize=8)
def _pieces(caption: str) -> tuple[Piece, ...]:
    """Kept while a caption is edited: each letter typed asks for the caption as it came again."""
    return tuple(split_pieces(caption))


def _steps(before: Sequence[Piece], after: Sequence[Piece]) -> list[Opcode]:
    return list(Levenshtein.opcodes([p.text for p in before], [p.text for p in after]))


def _text(caption: str, pieces: Sequence[Piece]) -> str:
    return caption[pieces[0].start : pieces[-1].end] if pieces else ""


def _moved(
    span: Span, covered: range, before: Sequence[Piece], after: Sequence[Piece], steps: Sequence[Opcode]
) -> Span | None:
    """A mark that covers some pieces of `before`, on `after`."""
    starts, ends = [], []
    for step in steps[max(0, bisect_right(steps, covered[0], key=lambda s: s.src_start) - 1) :]:
        if step.src_start > covered[-1]:
            break
        first, last = max(covered[0], step.src_start), min(covered[-1] + 1, step.src_end)
        if first >= last or step.tag == "delete":
            continue
        if step.tag == "equal":
            shift = step.dest_start - step.src_start
            starts.append(_edge(span.start, before[first], after[first + shift], start=True))
            ends.append(_edge(span.end, before[last - 1], after[last - 1 + shift], start=False))
        else:
            starts.append(after[step.dest_start].start)
            ends.append(after[step.dest_end - 1].end)
    return replace(span, start=min(starts), end=max(ends)) if starts else None


def _edge(offset: int, old: Piece, new: Piece, *, start: bool) -> int:
    """An end of a mark inside an unchanged piece, at the same place in the moved piece."""
    inside = old.start < offset < old.end
    if inside:
        return new.start + offset - old.start
    return new.start if start else new.end
