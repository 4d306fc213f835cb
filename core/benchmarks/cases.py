"""What every benchmark's reader yields: captions with what is known of their truth, and where their pictures lie."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from captionlint.core.errors import FormatError
from captionlint.core.text.edits import replacements
from captionlint.core.text.words import Piece, split_pieces

PICTURE_FOLDERS: Final = ("", "images", "val2014", "val2017", "train2014", "test", "validation", "nocaps")
"""Where pictures are looked for inside DIR, besides the name as published."""


@dataclass(frozen=True, slots=True)
class Case:
    """One caption of one picture.

    Attributes:
        image: the picture's file name as published.
        foil: whether something in the caption is wrong.
        wrong: for each word whether it is; empty where the data set does not say.
        hits: words that count as found in the data set's own localisation accuracy.
        pair: right and wrong captions of the same origin share it; the unit of pair accuracy.
        cue: what is wrong, in the data set's words.
        human: an alignment score that people gave, higher is better.
        kind: the piece of the benchmark that it belongs to.
    """

    id: str
    image: str
    caption: str
    foil: bool
    wrong: tuple[bool, ...] = ()
    hits: frozenset[int] = frozenset()
    pair: str = ""
    references: tuple[str, ...] = ()
    cue: str | None = None
    human: float | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A benchmark: how it is read and how the paper measures it.

    Attributes:
        files: what must lie in DIR, as published, for a message.
        mode: F-CLIPScore's blame: the sum below epsilon, or the single lowest word (`core.clip.scores`).
        positive: which captions AP takes as positive: the originals, or the foils with the score turned round.
        chance: a random word hits one of n (the foil is one word), or the share of words that are wrong.
        paper: rows of the paper's table, (method, {figure: value}).
    """

    name: str
    read: Callable[[Path], list[Case]]
    files: str
    mode: Literal["threshold", "most_negative"] = "threshold"
    positive: Literal["original", "foil"] = "foil"
    chance: Literal["one", "share"] = "share"
    paper: tuple[tuple[str, dict[str, float]], ...] = field(default=())


def words_of(caption: str) -> list[Piece]:
    """The caption's words, in the order that predictions have them."""
    return [piece for piece in split_pieces(caption) if piece.is_word]


def inside(caption: str, spans: Iterable[tuple[int, int]]) -> tuple[bool, ...]:
    """For each word whether it touches one of the spans (start, end)."""
    known = list(spans)
    return tuple(any(s < w.end and w.start < e for s, e in known) for w in words_of(caption))


def occurrences(caption: str, phrase: str) -> list[tuple[int, int]]:
    """Where a phrase stands as whole words, whatever its case: spans of words, as (start, end)."""
    words, wanted = words_of(caption), [w.text.lower() for w in words_of(phrase)]
    texts = [w.text.lower() for w in words]
    size = len(wanted)
    starts = [i for i in range(len(texts) - size + 1) if size and texts[i : i + size] == wanted]
    return [(words[i].start, words[i + size - 1].end) for i in starts]


def pair_of_cases(*, id: str, image: str, right: str, wrong: str, kind: str = "") -> list[Case]:
    """A right and a wrong caption of one picture; wrong are the words that the right caption has otherwise."""
    flags = inside(wrong, ((s.start, s.end) for s in replacements(wrong, right)))
    hits = frozenset(i for i, flag in enumerate(flags) if flag)
    return [
        Case(f"{id}:right", image, right, False, (False,) * len(words_of(right)), pair=id, kind=kind),
        Case(f"{id}:foil", image, wrong, True, flags, hits, pair=id, kind=kind),
    ]


def load_json(path: Path) -> Any:
    """The JSON of a published file.

    Raises:
        FormatError: it is missing, or is no JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FormatError(f"{path} does not exist: put the published file there.") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise FormatError(f"{path} is not JSON: {error}.") from error


def first_of(folder: Path, names: Sequence[str]) -> Path:
    """The first of these files that is there, in the folder or its ``data``.

    Raises:
        FormatError: none is.
    """
    for name in names:
        for path in (folder / name, folder / "data" / name):
            if path.is_file():
                return path
    raise FormatError(f"{folder} has none of {', '.join(names)}: give the folder with the published files as --data.")


def entries_of_pieces(folder: Path, pieces: Sequence[str]) -> Iterator[tuple[str, str, Any]]:
    """(piece, id, row) of every ``PIECE.json`` that lies in the folder or in its ``data``."""
    for piece in pieces:
        path = next((p for p in (folder / f"{piece}.json", folder / "data" / f"{piece}.json") if p.is_file()), None)
        for id, row in load_json(path).items() if path else ():
            yield piece, id, row


def need(row: Any, names: Sequence[str], where: str) -> None:
    """Raises FormatError unless a row is an object with these fields."""
    missing = [n for n in names if n not in row] if isinstance(row, dict) else list(names)
    if missing:
        raise FormatError(f"{where} has no {', '.join(missing)}: is it the published file?")


def picture(folder: Path, name: str) -> Path | None:
    """The picture's file inside DIR, or None; a name that leads out of DIR counts as missing, a link in it does not."""
    own = Path(name)
    if own.is_absolute() or own.drive or ".." in own.parts:
        return None
    return next((path for place in PICTURE_FOLDERS if (path := folder / place / own).is_file()), None)
