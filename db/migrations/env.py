"""Alembic's entry point. The connection comes from `db.engine.migrate`; there is no alembic.ini and no command line."""

from __future__ import annotations

from alembic import context

from captionlint.db.schema import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
