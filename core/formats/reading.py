"""The one door for input files: what format a source is of is told by its content."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Final

from captionlint.core.errors import FormatError
from captionlint.core.formats.files.decoding import head_of, open_text
from captionlint.core.formats.files.image_paths import ImageFolder
from captionlint.core.formats.readers import coco, csv, image_folder, json_rows, parquet, webdataset
from captionlint.core.formats.records import BadRow, SourceItem
from captionlint.core.formats.writers import shards

Reader = Callable[[Path, ImageFolder], Iterator[SourceItem | BadRow]]
_LINES_SUFFIXES: Final = frozenset({".jsonl", ".ndjson"})
_DATA_SUFFIXES: Final = frozenset({".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".tar"})


def read(source: Path, *, images: Path | None = None) -> Iterator[SourceItem | BadRow]:
    """The rows of a file or folder of any input format, read as they are asked for.

    Image paths are taken relative to `images`, else to the source's folder, and must stay inside it. Raises
    FormatError where nothing of the source can be used: at once where its beginning shows it, else on the way.
    """
    if not source.exists():
        hint = ": stdin cannot be read twice, so save it to a file first" if str(source) == "-" else ""
        raise FormatError(f"{source} does not exist{hint}.")
    if not source.is_file() and not source.is_dir():  # telling a format takes a look of its own
        raise FormatError(f"{source} is neither a file nor a folder: save what it gives to a file first.")
    folder = ImageFolder(images if images is not None else source if source.is_dir() else source.parent)
    rows = _read_folder(source, folder) if source.is_dir() else _reader_of(source)(source, folder)
    first = list(islice(rows, 1))  # a wrong header shows before anything is made of the rows
    if not first:
        raise FormatError(f"{source} holds no rows.")
    return chain(first, rows)


def _read_folder(source: Path, images: ImageFolder) -> Iterator[SourceItem | BadRow]:
    if image_folder.matches(source):
        return image_folder.read(source, images)
    files = sorted(
        path
        for path in source.iterdir()
        if path.suffix.lower() in _DATA_SUFFIXES and path.is_file() and path.name != shards.SIZES_NAME
    )
    if not files:
        raise FormatError(f"{source} holds neither images with captions in .txt files nor any file of rows.")
    if len(files) == 1:
        return _reader_of(files[0])(files[0], images)
    return chain.from_iterable(_rows_of(path, images) for path in files)


def _rows_of(path: Path, images: ImageFolder) -> Iterator[SourceItem | BadRow]:
    """One of many files: where nothing of it can be used, the others still are."""
    try:
        yield from _reader_of(path)(path, images)
    except FormatError as error:
        yield BadRow(path.name, str(error))


def _reader_of(source: Path) -> Reader:
    head = head_of(source)
    if not head:
        raise FormatError(f"{source} is empty.")
    if head.startswith(parquet.MAGIC):
        return parquet.read
    if webdataset.matches(source):
        return webdataset.read
    start = _start_of(source)
    if start.startswith("["):
        return json_rows.read_list
    if start.startswith("{"):
        return coco.read if coco.matches(source) else json_rows.read_lines
    if source.suffix.lower() in _LINES_SUFFIXES and not csv.matches(start):
        return json_rows.read_lines  # its first line is broken; the others may be well
    return csv.read


def _start_of(source: Path) -> str:
    try:
        with open_text(source) as stream:
            return stream.read(1 << 16).lstrip()
    except UnicodeDecodeError as error:
        raise FormatError(f"{source} is not valid {error.encoding}; save it as UTF-8.") from error
