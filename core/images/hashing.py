"""Files told apart by their content."""

from __future__ import annotations

import hashlib
from pathlib import Path

from captionlint.core.regular_files import open_regular


def file_sha256(path: Path) -> str:
    """Hex digest of a regular file's content, read in pieces; OSError for anything else."""
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
