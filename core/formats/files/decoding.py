"""Text out of files of any encoding: UTF-8, UTF-16 and UTF-32 with a byte-order mark, and Windows-1252 row by row.

A file is opened as UTF-8 whose wrong bytes stay recognisable (Python's ``surrogateescape``); a row that holds
such bytes is decoded again as Windows-1252 and says so in its note. So one file may mix both.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from captionlint.core.errors import FormatError
from captionlint.core.formats.records import BadRow, RowError
from captionlint.core.regular_files import open_regular

MAX_LINE: Final = 1 << 25
"""Longest line in characters; a longer one is reported and skipped, so that memory stays bounded."""

_HEAD: Final = 4096
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WRONG_BYTES: Final = re.compile("[\udc80-\udcff]")
_NO_TEXT: Final = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"RIFF": "a WebP image",
    b"PK\x03\x04": "a ZIP archive or spreadsheet",
    b"SQLite format 3": "an SQLite database",
    b"%PDF": "a PDF file",
    b"\x1f\x8b": "compressed by gzip",
    b"BZh": "compressed by bzip2",
    b"\xfd7zXZ\x00": "compressed by xz",
    b"\x28\xb5\x2f\xfd": "compressed by zstd",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line with its own line end; `number` counts from 1."""

    number: int
    text: str


def head_of(path: Path) -> bytes:
    """The first bytes of a file; FormatError where it cannot be read, or is no regular file."""
    try:
        with open_regular(path) as file:
            return file.read(_HEAD)
    except OSError as error:
        raise FormatError(f"{path} cannot be read: {error.strerror}.") from error


def open_text(path: Path) -> TextIO:
    """Opens a file as text, lines ending at line feeds only; the caller closes it.

    Raises FormatError for what is no text or has UTF-16 without its mark.
    """
    head = head_of(path)
    encoding = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if encoding is None:
        _refuse_binary(path, head)
        encoding = "utf-8"
    errors = "surrogateescape" if encoding.startswith("utf-8") else "surrogatepass"
    return io.TextIOWrapper(open_regular(path), encoding=encoding, errors=errors, newline="\n")


def text_lines(stream: TextIO, name: str) -> Iterator[Line | BadRow]:
    """The lines of a stream, however long the file; those over `MAX_LINE` are reported instead."""
    number = 0
    while True:
        number += 1
        try:
            text = stream.readline(MAX_LINE)
            if len(text) == MAX_LINE and not text.endswith("\n"):
                _skip_line(stream)
                yield BadRow(f"{name}:{number}", f"the line is longer than {MAX_LINE:,} characters.")
                continue
        except UnicodeDecodeError as error:
            yield BadRow(
                f"{name}:{number}", f"the text is not valid {error.encoding} from here on; the rest is not read."
            )
            return
        if not text:
            return
        yield Line(number, text)


def recovered(text: str) -> tuple[str, str | None]:
    """The text with wrong UTF-8 bytes read as Windows-1252, and a note where that was needed.

    Raises RowError where it is not Windows-1252 either.
    """
    if text.isascii() or not _WRONG_BYTES.search(text):
        return text, None
    try:
        decoded = text.encode("utf-8", "surrogateescape").decode("cp1252")
    except UnicodeError as error:
        raise RowError("the text is neither UTF-8 nor Windows-1252; save the file as UTF-8.") from error
    return decoded, "not UTF-8: read as Windows-1252"


def _skip_line(stream: TextIO) -> None:
    while (rest := stream.readline(MAX_LINE)) and not rest.endswith("\n"):
        pass


def _refuse_binary(path: Path, head: bytes) -> None:
    kind = next((kind for start, kind in _NO_TEXT.items() if head.startswith(start)), None)
    if kind and kind.startswith("compressed"):
        raise FormatError(f"{path} is {kind}: unpack it first.")
    if kind:
        raise FormatError(f"{path} is {kind}, not a file of captions.")
    if len(head) >= 4 and (head[1::2].count(0) > len(head) // 4 or head[::2].count(0) > len(head) // 4):
        raise FormatError(f"{path} looks like UTF-16 without a byte-order mark; save it as UTF-8.")
