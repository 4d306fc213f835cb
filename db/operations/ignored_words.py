"""The words of a data set: those that are never marked, and those to choose replacements from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Generator
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from captionlint.core.errors import UsageError
from captionlint.core.formats.fields import UNSTORABLE
from captionlint.core.text.words import split_pieces
from captionlint.db.operations.scorers import finish_ranking
from captionlint.db.rows import lookups, ranking
from captionlint.db.rows.parts import whole
from captionlint.db.schema import IgnoredWord, Item
from captionlint.db.store import Store

_CHUNK: Final = 1000
_WORD: Final = re.compile(r"\w+(?:['’-]\w+)*")


def ignore(store: Store, *, word: str, finish: bool = True) -> tuple[str, ...]:
    """Never mark this word again, whatever its case; returns the whole list.

    The queue's order follows; without `finish` that is left to `db.operations.scorers.rank_in_parts`. Raises
    `UsageError` for what is no word, and for several words: marks are on single ones.
    """
    word = checked(word)
    with store.writing() as session:
        ignore_in(session, word)
    if finish:
        finish_ranking(store)
    return ignored(store)


def checked(word: str) -> str:
    """The word without blanks around it. Raises `UsageError` as `ignore` does."""
    word = word.strip()
    found = [] if UNSTORABLE.search(word) else [piece.text for piece in split_pieces(word) if piece.is_word]
    if not found:
        raise UsageError("Name a word that is never to be marked.")
    if len(word.split()) > 1:
        each = " ".join(f"--never-mark {one}" for one in found[:3])
        raise UsageError(f"Each word has its own mark, so that '{word}' would never match: name its words, {each}.")
    return word


def ignore_in(session: Session, word: str) -> None:
    """`ignore` within a transaction, of a word that was `checked`; `finish_ranking` is to follow it.

    A word that is ignored already begins nothing: a ranking that was interrupted goes on where it stopped.
    """
    if not _is_ignored(session, word):
        lookups.upsert(session, IgnoredWord, [{"word": word.lower()}], replace=False)
        ranking.begin_holding(session, word.lower())


def heed(store: Store, *, word: str, finish: bool = True) -> tuple[str, ...]:
    """Mark this word again; returns the whole list. `finish` as in `ignore`."""
    with store.writing() as session:
        heed_in(session, word)
    if finish:
        finish_ranking(store)
    return ignored(store)


def heed_in(session: Session, word: str) -> None:
    """`heed` within a transaction; `finish_ranking` is to follow it. As in `ignore_in`, only a change begins."""
    if _is_ignored(session, word):
        session.execute(delete(IgnoredWord).where(IgnoredWord.word == word.lower()))
        ranking.begin_holding(session, word.lower())


def _is_ignored(session: Session, word: str) -> bool:
    return session.scalar(select(IgnoredWord.word).where(IgnoredWord.word == word.lower())) is not None


def ignored(store: Store) -> tuple[str, ...]:
    """The words that are never marked, in order."""
    with store.reading() as session:
        return tuple(session.scalars(select(IgnoredWord.word).order_by(IgnoredWord.word)))


def words(store: Store, *, limit: int = 2000) -> tuple[tuple[str, int], ...]:
    """The captions' most frequent words in lower case, with their counts. Half a second for 100,000 captions."""
    return whole(words_in_parts(store, limit=limit))


def words_in_parts(store: Store, *, limit: int = 2000) -> Generator[None, None, tuple[tuple[str, int], ...]]:
    """As `words`, in parts (see `db.rows.parts`)."""
    counts: Counter[str] = Counter()
    after = 0
    while True:
        with store.reading() as session:
            query = select(Item.id, Item.caption).where(Item.id > after).order_by(Item.id).limit(_CHUNK)
            rows = session.execute(query).all()
        if not rows:
            return tuple(counts.most_common(limit))
        for row in rows:
            counts.update(_WORD.findall(row.caption.lower()))
        after = rows[-1].id
        yield
