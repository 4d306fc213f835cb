"""What narrows the queue, and how each condition is said in SQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence, Set
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import regex
from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, column, func, literal_column, or_, select, table
from sqlalchemy.orm import Session

from captionlint.core.formats.fields import UNSTORABLE
from captionlint.core.review import Kind, Status
from captionlint.core.text.words import split_pieces
from captionlint.db import schema
from captionlint.db.schema import UNRANKED, Item

_NO_SPACES = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}]")


_TEXT = table("caption_text", column("rowid", Integer))


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions that must all hold; the empty ones hold always.

    Attributes:
        status: any of these; with `annotator` that one's own status, else the item's.
        annotator: whose status counts. Without `status`: items that this annotator has decided on.
        kind: a reviewer marked something of this kind.
        word: the caption holds this whole word, whatever its case.
        text: full text: every word, or the beginning of one.
        score: F-CLIPScore between these, ends included.
        predicted: whether the current scorer has scored the item.
        blind: whether the item is served without marks; needs `blind_share`.
    """

    status: tuple[Status, ...] = ()
    annotator: str | None = None
    kind: Kind | None = None
    word: str | None = None
    text: str | None = None
    score: tuple[float, float] | None = None
    predicted: bool | None = None
    blind: bool | None = None


def conditions(
    session: Session, filters: Filters, *, blind_share: float, each: bool = False
) -> list[ColumnElement[bool]]:
    """The filters as SQL over `Item`.

    With `each` some items are asked whether they pass: of those that do, `holding_among` tells which captions hold the
    words of the full text. Else what passes may be gathered first, which costs as much as there is of it.
    """
    found: list[ColumnElement[bool]] = []
    if filters.annotator is not None:
        found.append(_annotated(filters.annotator, filters.status, each=each))
    elif filters.status:
        # Put together with nothing, the column has no index: by that one all items of the status would be read.
        by_index = not (each or filters.text or filters.word)
        found.append((Item.status if by_index else Item.status + "").in_(filters.status))
    if filters.kind is not None:
        found.append(_of_kind(filters.kind, each=each))
    if filters.score is not None:
        found.append(and_(Item.suspicion.between(*filters.score), Item.suspicion != UNRANKED))
    if filters.predicted is not None:
        found.append(Item.suspicion != UNRANKED if filters.predicted else Item.suspicion == UNRANKED)
    if filters.blind is not None:
        found.append(Item.blind_rank < blind_share if filters.blind else Item.blind_rank >= blind_share)
    for wanted, prefix in _searched(filters):
        if not (each and _in_full_text(session, wanted, _words(wanted))):
            found.append(says(session, wanted, prefix=prefix))
    return found


def holding_among(session: Session, filters: Filters, captions: Mapping[int, str]) -> Set[int]:
    """Which of some captions, by item, hold what the filters look for in the full text.

    The full text of the store would gather all words that begin so for every item; a small one is made instead.
    """
    asked = [(_words(wanted), prefix) for wanted, prefix in _searched(filters)]
    queries = [
        _query(words, prefix=prefix) for words, prefix in asked if _in_full_text(session, " ".join(words), words)
    ]
    if not queries or not captions:
        return captions.keys()
    with closing(sqlite3.connect(":memory:")) as small:
        small.execute(f"CREATE VIRTUAL TABLE near USING fts5(caption, content='', {schema.TOKENS})")
        small.executemany("INSERT INTO near(rowid, caption) VALUES (?, ?)", captions.items())
        found = [{row[0] for row in small.execute("SELECT rowid FROM near WHERE near MATCH ?", (q,))} for q in queries]
    return set.intersection(*found)


def finds_few(session: Session, filters: Filters, *, limit: int) -> bool:
    """Whether the full text finds at most `limit` captions for one of the filters: then gathering them is quick."""
    for wanted, prefix in _searched(filters):
        words = _words(wanted)
        if _in_full_text(session, wanted, words):
            first = _full_text(words, prefix=prefix).limit(limit + 1).subquery()
            if (session.scalar(select(func.count()).select_from(first)) or 0) <= limit:
                return True
    return False


def _searched(filters: Filters) -> list[tuple[str, bool]]:
    """What captions are to hold, and whether the beginning of a word is enough."""
    wanted = ((filters.word, False), (filters.text, True))
    return [(fit, prefix) for said, prefix in wanted if said and (fit := UNSTORABLE.sub("", said).strip())]


def _annotated(annotator: str, status: tuple[Status, ...], *, each: bool) -> ColumnElement[bool]:
    row = schema.Standing
    own = select(row.item_id).join(schema.Annotator).where(schema.Annotator.name == annotator)
    decided = own.where(row.status != "pending")
    if not status:
        return _among(decided, row.item_id, each=each)
    named = _among(own.where(row.status.in_(status)), row.item_id, each=each)
    return or_(named, ~_among(decided, row.item_id, each=each)) if "pending" in status else named


def _of_kind(kind: Kind, *, each: bool) -> ColumnElement[bool]:
    span, row = schema.Span, schema.Standing
    marked = select(row.item_id).join(span, span.revision_id == row.revision_id)
    marked = marked.where(span.kind == kind, span.removed.is_(False), row.status != "pending")
    return _among(marked, row.item_id, each=each)


def _among(found: Select[int], item_id: Any, *, each: bool) -> ColumnElement[bool]:
    """Whether an item is one of those that a query finds, of which `item_id` is the column."""
    return found.where(item_id == Item.id).exists() if each else Item.id.in_(found)


def says(session: Session, wanted: str, *, prefix: bool) -> ColumnElement[bool]:
    """The caption holds every word of `wanted`, or with `prefix` the beginning of one, whatever its case."""
    words = _words(wanted)
    if not _has_spaces(wanted, words):
        return and_(*(Item.caption.icontains(w, autoescape=True) for w in words or [wanted]))
    if not _in_full_text(session, wanted, words):
        end = "" if prefix else r"(?!\w)"
        return and_(*(Item.caption.regexp_match(rf"(?<!\w){_escaped(w)}{end}", flags="i") for w in words))
    return Item.id.in_(_full_text(words, prefix=prefix))


def holding(session: Session, word: str, *, after: int, limit: int) -> list[int]:
    """Ids of the next items behind `after` whose caption holds a word, whatever its case.

    The full text goes on from there; within a query over `Item` it would gather all that it finds first.
    """
    words = _words(word)
    if not _in_full_text(session, word, words):
        condition = says(session, word, prefix=False)
        query = select(Item.id).where(Item.id > after, condition).order_by(Item.id).limit(limit)
        return list(session.scalars(query))
    found = _full_text(words, prefix=False).where(_TEXT.c.rowid > after)
    return list(session.scalars(found.order_by(_TEXT.c.rowid).limit(limit)))


def _words(wanted: str) -> list[str]:
    return [piece.text for piece in split_pieces(wanted) if piece.is_word]


def _has_spaces(wanted: str, words: Sequence[str]) -> bool:
    """Full text knows words by the white space between them; other scripts are looked for letter by letter."""
    return bool(words) and not _NO_SPACES.search(wanted)


def _in_full_text(session: Session, wanted: str, words: Sequence[str]) -> bool:
    return _has_spaces(wanted, words) and session.get_bind().dialect.name == "sqlite"


def _query(words: Sequence[str], *, prefix: bool) -> str:
    return " AND ".join(_quoted(word) + ("*" if prefix else "") for word in words)


def _full_text(words: Sequence[str], *, prefix: bool) -> Select[int]:
    """The items whose caption holds every word."""
    query = _query(words, prefix=prefix)
    return select(_TEXT.c.rowid).where(literal_column("caption_text").op("MATCH")(bindparam(None, query, unique=True)))


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _escaped(word: str) -> str:
    return str(regex.sub(r"([^\w\s])", r"\\\1", word))
