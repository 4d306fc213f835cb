"""What narrows the queue, and how each condition is said in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import regex
from sqlalchemy import ColumnElement, and_, literal_column, or_, select, text
from sqlalchemy.orm import Session

from core.formats.fields import UNSTORABLE
from core.review import Kind, Status
from core.words import split_pieces
from db import schema
from db.schema import UNRANKED, Item

_NO_SPACES = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}]")


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


def conditions(session: Session, filters: Filters, *, blind_share: float) -> list[ColumnElement[bool]]:
    """The filters as SQL over `Item`."""
    found: list[ColumnElement[bool]] = []
    if filters.annotator is not None:
        found.append(_annotated(filters.annotator, filters.status))
    elif filters.status:
        found.append(Item.status.in_(filters.status))
    if filters.kind is not None:
        found.append(_of_kind(filters.kind))
    if filters.score is not None:
        found.append(and_(Item.suspicion.between(*filters.score), Item.suspicion != UNRANKED))
    if filters.predicted is not None:
        found.append(Item.suspicion != UNRANKED if filters.predicted else Item.suspicion == UNRANKED)
    if filters.blind is not None:
        found.append(Item.blind_rank < blind_share if filters.blind else Item.blind_rank >= blind_share)
    for wanted, prefix in ((filters.word, False), (filters.text, True)):
        if wanted and (fit := UNSTORABLE.sub("", wanted).strip()):
            found.append(says(session, fit, prefix=prefix))
    return found


def _annotated(annotator: str, status: tuple[Status, ...]) -> ColumnElement[bool]:
    row = schema.Standing
    own = select(row.item_id).join(schema.Annotator).where(schema.Annotator.name == annotator)
    decided = own.where(row.status != "pending")
    if not status:
        return Item.id.in_(decided)
    named = Item.id.in_(own.where(row.status.in_(status)))
    return or_(named, Item.id.not_in(decided)) if "pending" in status else named


def _of_kind(kind: Kind) -> ColumnElement[bool]:
    span, row = schema.Span, schema.Standing
    marked = select(row.item_id).join(span, span.revision_id == row.revision_id)
    return Item.id.in_(marked.where(span.kind == kind, span.removed.is_(False), row.status != "pending"))


def says(session: Session, wanted: str, *, prefix: bool) -> ColumnElement[bool]:
    """The caption holds every word of `wanted`, or with `prefix` the beginning of one, whatever its case."""
    words = _words(wanted)
    if not _has_spaces(wanted, words):
        return and_(*(Item.caption.icontains(w, autoescape=True) for w in words or [wanted]))
    if not _in_full_text(session, wanted, words):
        end = "" if prefix else r"(?!\w)"
        return and_(*(Item.caption.regexp_match(rf"(?<!\w){_escaped(w)}{end}", flags="i") for w in words))
    found = text("SELECT rowid FROM caption_text WHERE caption_text MATCH :words")
    rowid: ColumnElement[Any] = literal_column("rowid")
    return Item.id.in_(found.bindparams(words=_matching(words, prefix=prefix)).columns(rowid))


def holding(session: Session, word: str, *, after: int, limit: int) -> list[int]:
    """Ids of the next items behind `after` whose caption holds a word, whatever its case.

    The full text goes on from there; within a query over `Item` it would gather all that it finds first.
    """
    words = _words(word)
    if not _in_full_text(session, word, words):
        condition = says(session, word, prefix=False)
        query = select(Item.id).where(Item.id > after, condition).order_by(Item.id).limit(limit)
        return list(session.scalars(query))
    found = text(
        "SELECT rowid FROM caption_text WHERE caption_text MATCH :words AND rowid > :after ORDER BY rowid LIMIT :n"
    )
    bound = {"words": _matching(words, prefix=False), "after": after, "n": limit}
    return list(session.execute(found, bound).scalars())


def _words(wanted: str) -> list[str]:
    return [piece.text for piece in split_pieces(wanted) if piece.is_word]


def _has_spaces(wanted: str, words: Sequence[str]) -> bool:
    """Full text knows words by the white space between them; other scripts are looked for letter by letter."""
    return bool(words) and not _NO_SPACES.search(wanted)


def _in_full_text(session: Session, wanted: str, words: Sequence[str]) -> bool:
    return _has_spaces(wanted, words) and session.get_bind().dialect.name == "sqlite"


def _matching(words: Sequence[str], *, prefix: bool) -> str:
    return " AND ".join(_quoted(word) + ("*" if prefix else "") for word in words)


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _escaped(word: str) -> str:
    return str(regex.sub(r"([^\w\s])", r"\\\1", word))
