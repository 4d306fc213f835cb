"""The tables. Rows of these classes stay inside `db`; what leaves it are the dataclasses of `db.records`.

    image ──< item >── prediction >── scorer
                │ └──── failure  >── scorer
                └──── revision >── annotator      append-only; `span` holds a revision's marks
                        standing: which revision is each annotator's last word on an item

`item` repeats what the queue sorts and filters by (`status`, `suspicion`, `margin`), so that a page of a large
store is one index scan. Those columns follow the current scorer at its epsilon; the operations keep them true.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import DDL, JSON, Dialect, Double, ForeignKey, Index, LargeBinary, MetaData, String, Text, event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import BigInteger, TypeDecorator

from captionlint.db.engine.errors import DamagedError

UNRANKED: Final = 9.0
"""`suspicion` and `margin` of an item without a prediction: sorts behind every real value, without NULLs."""


class Moment(TypeDecorator[datetime]):
    """An aware time, kept as ISO 8601 text in UTC: the same on every database, and sortable."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Refuses a time without zone, which no other machine could read."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("times in the store carry a time zone")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Reads what was bound."""
        try:
            return None if value is None else datetime.fromisoformat(value)
        except ValueError as error:
            raise DamagedError(f"{value!r} is not a time.") from error


class Base(DeclarativeBase):
    """Names every constraint, so that migrations can speak of it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 — SQLAlchemy's own name and shape
        str: Text,
        float: Double,
        datetime: Moment,
        bytes: LargeBinary,
        dict[str, Any]: JSON,
        list[str]: JSON(none_as_null=True),
    }


class Image(Base):
    """A picture by reference. `location` is a URL, an absolute path, or a path from the store's own folder."""

    __tablename__ = "image"
    id: Mapped[int] = mapped_column(primary_key=True)
    location: Mapped[str] = mapped_column(unique=True)
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    size: Mapped[int | None] = mapped_column(BigInteger)
    mtime_ns: Mapped[int | None] = mapped_column(BigInteger)


class Item(Base):
    """One image with one caption. `id` is also the order of the files they came from."""

    __tablename__ = "item"
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(unique=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"))
    caption: Mapped[str]
    references: Mapped[list[str] | None] = mapped_column("reference_captions")
    shuffle: Mapped[int] = mapped_column(BigInteger)
    blind_rank: Mapped[float]
    status: Mapped[str] = mapped_column(String(16), default="pending")
    suspicion: Mapped[float] = mapped_column(default=UNRANKED)
    margin: Mapped[float] = mapped_column(default=UNRANKED)

    __table_args__ = (
        Index(None, "image_id", "id"),
        Index(None, "shuffle", "id"),
        Index(None, "suspicion", "id"),
        Index(None, "margin", "id"),
        Index(None, "status", "suspicion", "id"),
    )


class Scorer(Base):
    """A scorer version. `epsilon` is what its raw attributions are cut at now."""

    __tablename__ = "scorer"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(unique=True)
    details: Mapped[dict[str, Any]]
    epsilon: Mapped[float]


class Prediction(Base):
    """Raw attributions of one item by one scorer, packed by `db.rows.codec`. Other detectors may have no cosine."""

    __tablename__ = "prediction"
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    scorer_id: Mapped[int] = mapped_column(ForeignKey("scorer.id"), primary_key=True, index=True)
    cosine: Mapped[float | None]
    offsets: Mapped[bytes]
    scores: Mapped[bytes]
    reasons: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class Failure(Base):
    """Why a scorer could not score an item."""

    __tablename__ = "failure"
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    scorer_id: Mapped[int] = mapped_column(ForeignKey("scorer.id"), primary_key=True, index=True)
    reason: Mapped[str]


class Annotator(Base):
    """Who reviews, and the item that was last before them."""

    __tablename__ = "annotator"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    last_item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))


class Revision(Base):
    """One committed decision; never changed afterwards. Undo and redo add revisions too.

    `action` is accept, correct, reject, skip, undo, redo, import or update; `target_id` is what an undo or a redo
    is about. `uid` is the same in every store that the decision was merged into. `scorer_id` and `epsilon` say
    which marks stood before the annotator; both are None for a blind item.
    """

    __tablename__ = "revision"
    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(64), unique=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    annotator_id: Mapped[int] = mapped_column(ForeignKey("annotator.id"))
    action: Mapped[str] = mapped_column(String(16))
    target_id: Mapped[int | None] = mapped_column(ForeignKey("revision.id"))
    status: Mapped[str] = mapped_column(String(16))
    corrected_caption: Mapped[str | None]
    seconds: Mapped[float | None]
    blind: Mapped[bool]
    scorer_id: Mapped[int | None] = mapped_column(ForeignKey("scorer.id"))
    epsilon: Mapped[float | None]
    reviewed_at: Mapped[datetime]

    __table_args__ = (Index(None, "item_id", "annotator_id", "id"), Index(None, "annotator_id", "id"))


class Span(Base):
    """A mark of a revision; one that a person took away stays, as `removed`."""

    __tablename__ = "span"
    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), index=True)
    start: Mapped[int] = mapped_column("start_offset")
    end: Mapped[int] = mapped_column("end_offset")
    kind: Mapped[str] = mapped_column(String(16), index=True)
    replacement: Mapped[str | None]
    origin: Mapped[str] = mapped_column(String(16))
    removed: Mapped[bool]


class Standing(Base):
    """Each annotator's newest revision of each item."""

    __tablename__ = "standing"
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    annotator_id: Mapped[int] = mapped_column(ForeignKey("annotator.id"), primary_key=True, index=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), index=True)
    status: Mapped[str] = mapped_column(String(16))


class Setting(Base):
    """What the whole store agrees on, such as the current scorer and the share of blind items."""

    __tablename__ = "setting"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[dict[str, Any]]


class IgnoredWord(Base):
    """A word that is never marked in this data set, in lower case."""

    __tablename__ = "ignored_word"
    word: Mapped[str] = mapped_column(primary_key=True)


TOKENS: Final = "tokenize='unicode61 remove_diacritics 2'"
"""How the full text takes captions apart."""
FULL_TEXT: Final = (
    f"CREATE VIRTUAL TABLE caption_text USING fts5(caption, content='item', content_rowid='id', {TOKENS})",
    "CREATE TRIGGER caption_text_delete AFTER DELETE ON item BEGIN "
    "INSERT INTO caption_text(caption_text, rowid, caption) VALUES ('delete', old.id, old.caption); END",
    "CREATE TRIGGER caption_text_update AFTER UPDATE OF caption ON item BEGIN "
    "INSERT INTO caption_text(caption_text, rowid, caption) VALUES ('delete', old.id, old.caption); "
    "INSERT INTO caption_text(rowid, caption) VALUES (new.id, new.caption); END",
)
"""Full text over captions; SQLite only. `db.rows.import_batch.insert_items` fills it, triggers keep it."""

for _statement in FULL_TEXT:
    event.listen(Base.metadata, "after_create", DDL(_statement).execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call]
