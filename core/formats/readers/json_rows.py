"""JSON Lines and JSON lists of rows of any kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from captionlint.core.errors import FormatError
from captionlint.core.formats.files.decoding import open_text, text_lines
from captionlint.core.formats.files.image_paths import ImageFolder
from captionlint.core.formats.files.json_scan import MAX_DEPTH, MAX_VALUE, JsonScanner
from captionlint.core.formats.readers.rows import from_json
from captionlint.core.formats.records import BadRow, RowError, SourceItem


def read_lines(source: Path, images: ImageFolder) -> Iterator[SourceItem | BadRow]:
    """One JSON object a line; empty lines are passed over."""
    with open_text(source) as stream:
        for line in text_lines(stream, source.name):
            if isinstance(line, BadRow):
                yield line
            elif line.text.strip():
                yield from_json(line.text, f"{source.name}:{line.number}", images)


def read_list(source: Path, images: ImageFolder) -> Iterator[SourceItem | BadRow]:
    """A JSON list of objects, entry by entry; where the JSON breaks off, that is the last thing reported.

    Raises FormatError where not even the first entry can be had.
    """
    number = 0
    with open_text(source) as stream:
        try:
            for line, text in JsonScanner(stream).elements():
                number += 1
                where = f"{source.name}:{line} (entry {number})"
                if text is None:
                    yield BadRow(where, f"the entry is deeper than {MAX_DEPTH} levels or longer than {MAX_VALUE:,}.")
                else:
                    yield from_json(text, where, images)
        except (RowError, UnicodeDecodeError) as error:
            if not number:
                raise FormatError(f"{source} cannot be read: {error}") from error
            yield BadRow(f"{source.name} (after entry {number})", f"{error} What follows is not read.")
