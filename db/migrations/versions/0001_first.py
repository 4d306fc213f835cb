"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

FULL_TEXT = (
    "CREATE VIRTUAL TABLE caption_text USING fts5"
    "(caption, content='item', content_rowid='id', tokenize='unicode61 remove_diacritics 2')",
    "CREATE TRIGGER caption_text_delete AFTER DELETE ON item BEGIN "
    "INSERT INTO caption_text(caption_text, rowid, caption) VALUES ('delete', old.id, old.caption); END",
    "CREATE TRIGGER caption_text_update AFTER UPDATE OF caption ON item BEGIN "
    "INSERT INTO caption_text(caption_text, rowid, caption) VALUES ('delete', old.id, old.caption); "
    "INSERT INTO caption_text(rowid, caption) VALUES (new.id, new.caption); END",
)


def upgrade() -> None:
    """Makes every table."""
    _ignored_word()
    _image()
    _scorer()
    _setting()
    _item()
    _annotator()
    _failure()
    _prediction()
    _revision()
    _span()
    _standing()
    if op.get_bind().dialect.name == "sqlite":
        for statement in FULL_TEXT:
            op.execute(statement)


def _ignored_word() -> None:
    op.create_table(
        "ignored_word",
        sa.Column("word", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("word", name="pk_ignored_word"),
    )


def _image() -> None:
    op.create_table(
        "image",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_image"),
        sa.UniqueConstraint("location", name="uq_image_location"),
    )
    op.create_index("ix_image_sha256", "image", ["sha256"], unique=False)


def _scorer() -> None:
    op.create_table(
        "scorer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("epsilon", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_scorer"),
        sa.UniqueConstraint("version", name="uq_scorer_version"),
    )


def _setting() -> None:
    op.create_table(
        "setting",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_setting"),
    )


def _item() -> None:
    op.create_table(
        "item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("reference_captions", sa.JSON(), nullable=True),
        sa.Column("shuffle", sa.BigInteger(), nullable=False),
        sa.Column("blind_rank", sa.Double(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("suspicion", sa.Double(), nullable=False),
        sa.Column("margin", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], name="fk_item_image_id"),
        sa.PrimaryKeyConstraint("id", name="pk_item"),
        sa.UniqueConstraint("source_id", name="uq_item_source_id"),
    )
    op.create_index("ix_item_image_id_id", "item", ["image_id", "id"], unique=False)
    op.create_index("ix_item_margin_id", "item", ["margin", "id"], unique=False)
    op.create_index("ix_item_shuffle_id", "item", ["shuffle", "id"], unique=False)
    op.create_index("ix_item_status_suspicion_id", "item", ["status", "suspicion", "id"], unique=False)
    op.create_index("ix_item_suspicion_id", "item", ["suspicion", "id"], unique=False)


def _annotator() -> None:
    op.create_table(
        "annotator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("last_item_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["last_item_id"], ["item.id"], name="fk_annotator_last_item_id"),
        sa.PrimaryKeyConstraint("id", name="pk_annotator"),
        sa.UniqueConstraint("name", name="uq_annotator_name"),
    )


def _failure() -> None:
    op.create_table(
        "failure",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("scorer_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_failure_item_id"),
        sa.ForeignKeyConstraint(["scorer_id"], ["scorer.id"], name="fk_failure_scorer_id"),
        sa.PrimaryKeyConstraint("item_id", "scorer_id", name="pk_failure"),
    )
    op.create_index("ix_failure_scorer_id", "failure", ["scorer_id"], unique=False)


def _prediction() -> None:
    op.create_table(
        "prediction",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("scorer_id", sa.Integer(), nullable=False),
        sa.Column("cosine", sa.Double(), nullable=True),
        sa.Column("offsets", sa.LargeBinary(), nullable=False),
        sa.Column("scores", sa.LargeBinary(), nullable=False),
        sa.Column("reasons", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_prediction_item_id"),
        sa.ForeignKeyConstraint(["scorer_id"], ["scorer.id"], name="fk_prediction_scorer_id"),
        sa.PrimaryKeyConstraint("item_id", "scorer_id", name="pk_prediction"),
    )
    op.create_index("ix_prediction_scorer_id", "prediction", ["scorer_id"], unique=False)


def _revision() -> None:
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=64), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("annotator_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("corrected_caption", sa.Text(), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("scorer_id", sa.Integer(), nullable=True),
        sa.Column("epsilon", sa.Double(), nullable=True),
        sa.Column("reviewed_at", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["annotator_id"], ["annotator.id"], name="fk_revision_annotator_id"),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_revision_item_id"),
        sa.ForeignKeyConstraint(["scorer_id"], ["scorer.id"], name="fk_revision_scorer_id"),
        sa.ForeignKeyConstraint(["target_id"], ["revision.id"], name="fk_revision_target_id"),
        sa.PrimaryKeyConstraint("id", name="pk_revision"),
        sa.UniqueConstraint("uid", name="uq_revision_uid"),
    )
    op.create_index("ix_revision_annotator_id_id", "revision", ["annotator_id", "id"], unique=False)
    op.create_index("ix_revision_item_id_annotator_id_id", "revision", ["item_id", "annotator_id", "id"], unique=False)


def _span() -> None:
    op.create_table(
        "span",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("start_offset", sa.Integer(), nullable=False),
        sa.Column("end_offset", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("replacement", sa.Text(), nullable=True),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name="fk_span_revision_id"),
        sa.PrimaryKeyConstraint("id", name="pk_span"),
    )
    op.create_index("ix_span_kind", "span", ["kind"], unique=False)
    op.create_index("ix_span_revision_id", "span", ["revision_id"], unique=False)


def _standing() -> None:
    op.create_table(
        "standing",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("annotator_id", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["annotator_id"], ["annotator.id"], name="fk_standing_annotator_id"),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name="fk_standing_item_id"),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name="fk_standing_revision_id"),
        sa.PrimaryKeyConstraint("item_id", "annotator_id", name="pk_standing"),
    )
    op.create_index("ix_standing_annotator_id", "standing", ["annotator_id"], unique=False)
    op.create_index("ix_standing_revision_id", "standing", ["revision_id"], unique=False)
