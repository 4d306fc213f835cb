"""Rows by name, inside a transaction: made where they are not there yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from captionlint.core.errors import StoreError
from captionlint.core.prediction import DEFAULT_EPSILON
from captionlint.db.schema import Annotator, Base, Scorer, Setting

CURRENT_SCORER: Final = "current_scorer"
BLIND_SHARE: Final = "blind_share"
RANKED_TO: Final = "ranked_to"
"""The item up to which ranks are new while all are being made anew, else None."""
RANK_WORDS: Final = "rank_words"
"""Words whose captions are still to be ranked anew, [[word, item up to which that is done], …]."""
LESSONS: Final = "lessons"
"""The items that the order instructive begins with, {"scorer": version, "items": [id, …]}."""


def upsert(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]], *, replace: bool = True) -> None:
    """Inserts rows; one with a known primary key replaces the old one, or is dropped."""
    if not rows:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table.__table__)  # by the table: the ORM would double the time
    keys = [column.name for column in table.__table__.primary_key]
    values = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    if replace and values:
        statement = statement.on_conflict_do_update(index_elements=keys, set_=values)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    session.connection().execute(statement, list(rows))


def setting(session: Session, name: str) -> Any:
    """A setting's value, or None."""
    value = session.scalar(select(Setting.value).where(Setting.name == name))
    return None if value is None else value["value"]


def put_setting(session: Session, name: str, value: Any) -> None:
    """Keeps a setting; the value must be fit for JSON."""
    upsert(session, Setting, [{"name": name, "value": {"value": value}}])


def current_scorer(session: Session) -> Scorer | None:
    """The scorer whose marks are shown."""
    found = setting(session, CURRENT_SCORER)
    return None if found is None else session.get(Scorer, int(found))


def scorer_named(session: Session, version: str) -> Scorer:
    """A scorer that must be there; raises `StoreError`."""
    found = session.scalar(select(Scorer).where(Scorer.version == version))
    if found is None:
        known = ", ".join(session.scalars(select(Scorer.version).order_by(Scorer.id))) or "none"
        raise StoreError(f"The store has no predictions by {version!r}; it knows: {known}.")
    return found


def ensure_scorer(
    session: Session, version: str, *, details: Mapping[str, Any] | None = None, epsilon: float = DEFAULT_EPSILON
) -> Scorer:
    """A scorer, made on first sight and then current if there was none. A known one keeps its epsilon."""
    found = session.scalar(select(Scorer).where(Scorer.version == version))
    if found is None:
        found = Scorer(version=version, details=dict(details or {}), epsilon=epsilon)
        session.add(found)
        session.flush()
        if setting(session, CURRENT_SCORER) is None:
            put_setting(session, CURRENT_SCORER, found.id)
    return found


def ensure_annotator(session: Session, name: str) -> Annotator:
    """An annotator, made on first sight; raises `StoreError` for an empty name."""
    if not name.strip():
        raise StoreError("An annotator needs a name: give one.")
    found = session.scalar(select(Annotator).where(Annotator.name == name))
    if found is None:
        found = Annotator(name=name, last_item_id=None)
        session.add(found)
        session.flush()
    return found
