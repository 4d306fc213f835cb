"""Schema changes, one file each under `versions`, run by Alembic when an older store is opened."""

from __future__ import annotations

from typing import Final

REVISIONS: Final = ("0001",)
"""Every schema there was, oldest first. A store with any other one was made by a newer program."""
