"""Captions as claims: which words a training caption keeps, and of which scenes it is true.

The drawer knows every fact, so truth is computed for all pairs of pictures and captions, not guessed from
which caption came with which picture. Used by the training script only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from captionlint.core.demo.scenes import Scene
from captionlint.core.demo.vocabulary import COLOURS, COUNTS, FORMS, INVERSE, NOUNS, RELATIONS, SIZES

BANK: Final = (*NOUNS, *COLOURS, *SIZES, *COUNTS)
"""Single-word captions: the warm-up learns these first."""
NOUN_COUNT: Final = len(NOUNS)
_INDEX: Final = {
    "noun": {w: i for i, w in enumerate(NOUNS)},
    "colour": {w: i for i, w in enumerate(COLOURS)},
    "size": {w: i for i, w in enumerate(SIZES)},
    "count": {w: i for i, w in enumerate(COUNTS)},
    "relation": {w: i for i, w in enumerate(RELATIONS)},
}
_INVERSE: Final = np.array([_INDEX["relation"][INVERSE[r]] for r in RELATIONS])


@dataclass(frozen=True)
class Facts:
    """Facts of N scenes, or claims of N captions, as integer arrays of shape (N,); −1: says nothing of it."""

    noun: np.ndarray
    other: np.ndarray
    colour: np.ndarray
    size: np.ndarray
    count: np.ndarray
    relation: np.ndarray

    @classmethod
    def of(cls, scenes: Sequence[Scene], kept: Sequence[frozenset[str]] | None = None) -> Facts:
        """The facts of the scenes; with `kept`, only those whose role the caption still speaks of."""

        def column(role: str, kind: str) -> np.ndarray:
            values = []
            for i, scene in enumerate(scenes):
                word = getattr(scene, role)
                silent = word is None or (kept is not None and role not in kept[i])
                values.append(-1 if silent else _INDEX[kind][word])
            return np.array(values)

        return cls(
            noun=column("noun", "noun"),
            other=column("other", "noun"),
            colour=column("colour", "colour"),
            size=column("size", "size"),
            count=column("count", "count"),
            relation=column("relation", "relation"),
        )

    @classmethod
    def of_bank(cls) -> Facts:
        """The claims of the single-word captions of ``BANK``."""
        columns = {}
        for kind in ("noun", "colour", "size", "count"):
            columns[kind] = np.array([_INDEX[kind].get(word, -1) for word in BANK])
        nothing = np.full(len(BANK), -1)
        return cls(other=nothing, relation=nothing, **columns)


def truth(pictures: Facts, captions: Facts) -> tuple[np.ndarray, np.ndarray]:
    """Which captions are true of which pictures.

    Returns two boolean arrays of shape (pictures, captions): true, and known. Where a caption speaks of
    something that the scene's type leaves open (the size of one of two objects, say), nothing is known.
    """
    p = {name: getattr(pictures, name)[:, None] for name in Facts.__dataclass_fields__}
    c = {name: getattr(captions, name)[None, :] for name in Facts.__dataclass_fields__}
    false = (c["colour"] >= 0) & (c["colour"] != p["colour"])
    for role in ("noun", "other"):
        false |= (c[role] >= 0) & (c[role] != p["noun"]) & (c[role] != p["other"])
    false |= (c["noun"] >= 0) & (c["noun"] == c["other"])

    size_differs = (c["size"] >= 0) & (c["size"] != p["size"])
    unknown = size_differs & (p["size"] < 0)
    false |= size_differs & (p["size"] >= 0)

    count_differs = (c["count"] >= 0) & (c["count"] != p["count"])
    pair_without_noun = (p["other"] >= 0) & (c["noun"] < 0)
    unknown |= count_differs & pair_without_noun
    false |= count_differs & ~pair_without_noun

    claims_relation = c["relation"] >= 0
    same = (c["noun"] == p["noun"]) & (c["relation"] == p["relation"])
    mirrored = (c["noun"] == p["other"]) & (_INVERSE[c["relation"]] == p["relation"])
    unknown |= claims_relation & (p["relation"] < 0)
    false |= claims_relation & (p["relation"] >= 0) & ~(same | mirrored)
    return ~false, ~(unknown & ~false)


def directions(facts: Facts) -> NDArray[np.int64]:
    """Which noun lies left, right, above and below, (N, 4); −1 where the scene's relation does not say."""
    named = np.full((len(facts.noun), len(RELATIONS)), -1)
    related = np.flatnonzero(facts.relation >= 0)
    relation = facts.relation[related]
    named[related, relation] = facts.noun[related]
    named[related, _INVERSE[relation]] = facts.other[related]
    return named


def caption_words(scene: Scene) -> list[tuple[str, str]]:
    """The caption's words, each with the role it plays ("" for words that claim nothing)."""
    words: list[tuple[str, str]] = []
    position = 0
    text = scene.caption.split()
    for part in FORMS[scene.type][scene.form].split():
        role = part.strip("{}") if part.startswith("{") else ""
        width = len(RELATIONS[scene.relation or "left"].split()) if role == "relation" else 1
        role = "noun" if role == "nouns" else role
        words += [(word, role) for word in text[position : position + width]]
        position += width
    return words


def shorten(scene: Scene, must_keep: frozenset[int], rng: np.random.Generator, *, loose: bool = False) -> list[int]:
    """Which words of the scene's caption to keep, and in which order; indices into ``caption_words``.

    Three captions in five lose words (each stays with probability .3 to 1), half of those are shuffled.
    Without this all blame gathers in one token. A kept relation keeps both its nouns, in order. With `loose`, half
    of the words that claim nothing ("on", "of", "a") go as well, and what stands around a relation is shuffled too:
    else a word that always follows the relation ends up with its blame.
    """
    words = caption_words(scene)
    if rng.random() >= (0.75 if loose else 0.6):
        return list(range(len(words)))
    keep = rng.random(len(words)) < rng.uniform(0.3, 1.0)
    keep[list(must_keep)] = True
    has_relation = any(keep[i] for i, (_, role) in enumerate(words) if role == "relation")
    if has_relation:
        keep |= np.array([role in ("noun", "other", "relation") for _, role in words])
    if loose:
        keep &= np.array([bool(role) and word != "of" for word, role in words]) | (rng.random(len(words)) < 0.5)
    kept = [int(i) for i in np.flatnonzero(keep)]
    if not has_relation and rng.random() < 0.5:
        rng.shuffle(kept)
    elif has_relation and loose and rng.random() < 0.5:
        _shuffle_around(kept, [i for i in kept if words[i][1] in ("noun", "other", "relation")], rng)
    return kept


def _shuffle_around(order: list[int], fixed: list[int], rng: np.random.Generator) -> None:
    """Shuffles in place; the entries of `fixed` keep their order among themselves."""
    rng.shuffle(order)
    places = [place for place, entry in enumerate(order) if entry in fixed]
    for place, entry in zip(places, fixed, strict=True):
        order[place] = entry
