"""WebDataset tar files on the way in: consecutive members that share a name up to its first dot are one sample.

A sample has an image, which is taken out to a folder, and its caption in ``.txt`` or in ``.json``; a ``.json`` in
the words format brings its review. A member that is a link, or whose name leaves the archive, is refused.
"""

from __future__ import annotations

import lzma
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any, Final

from captionlint.core.errors import FormatError
from captionlint.core.formats.files.decoding import recovered
from captionlint.core.formats.files.embedded_images import MAX_IMAGE, ExtractedImages
from captionlint.core.formats.files.image_paths import IMAGE_SUFFIXES, ImageFolder
from captionlint.core.formats.files.json_text import parse_object
from captionlint.core.formats.readers.rows import item_of
from captionlint.core.formats.records import BadRow, RowError, SourceItem
from captionlint.core.formats.round_trip import words

_MAX_TEXT: Final = 1 << 25
_BROKEN: Final = (tarfile.TarError, OSError, EOFError, zlib.error, lzma.LZMAError, ValueError)


@dataclass(slots=True)
class _Sample:
    """One sample's members by suffix, and why some cannot be used."""

    key: str
    parts: dict[str, bytes] = field(default_factory=dict)
    problem: str | None = None


def matches(source: Path) -> bool:
    """Whether the file is a tar archive, compressed or not."""
    try:
        return tarfile.is_tarfile(source)
    except _BROKEN:
        return False


def read(source: Path, images: ImageFolder) -> Iterator[SourceItem | BadRow]:
    """The samples in order. Where the archive breaks off, that is the last thing reported."""
    extracted = ExtractedImages(source, images)
    key = ""
    try:
        for sample in _samples(source):
            key = sample.key
            yield _item(sample, f"{source.name}: {sample.key}", images, extracted)
        if _is_cut(source):
            raise tarfile.ReadError("unexpected end of data")
    except FormatError:
        raise
    except _BROKEN as error:
        where = f"{source.name} (after {key})" if key else source.name
        yield BadRow(where, f"the archive breaks off: {error}; what follows is not read.")


def _samples(source: Path) -> Iterator[_Sample]:
    sample: _Sample | None = None
    with tarfile.open(source, "r|*") as archive:
        for member in archive:
            archive.members = []  # type: ignore[attr-defined]  # tarfile keeps all headers: memory would grow
            key, suffix = _split(member.name)
            if member.isdir() or not suffix:
                continue
            if sample is None or sample.key != key:
                if sample is not None:
                    yield sample
                sample = _Sample(key)
            _take(archive, member, suffix, sample)
    if sample is not None:
        yield sample


def _is_cut(source: Path) -> bool:
    """tarfile takes a header that is cut off for the end; archives consist of whole blocks."""
    with source.open("rb") as file:
        is_plain = file.read(262)[257:] == b"ustar"
    return is_plain and source.stat().st_size % tarfile.BLOCKSIZE != 0


def _split(name: str) -> tuple[str, str]:
    path = PurePosixPath(name)
    stem, _, suffix = path.name.partition(".")
    return str(path.with_name(stem)) if stem else "", suffix.lower()


def _take(archive: tarfile.TarFile, member: tarfile.TarInfo, suffix: str, sample: _Sample) -> None:
    if not member.isfile():
        sample.problem = f"the member {member.name!r} is a link or a device, which is refused."
    elif member.name.startswith(("/", "\\")) or ".." in PurePosixPath(member.name).parts:
        sample.problem = f"the member {member.name!r} leads out of the archive, which is refused."
    elif suffix in ("txt", "json") or f".{suffix}" in IMAGE_SUFFIXES:
        if member.size > (_MAX_TEXT if suffix in ("txt", "json") else MAX_IMAGE):
            sample.problem = f"the member {member.name!r} is too large: {member.size:,} bytes."
            return
        content = archive.extractfile(member)
        sample.parts[suffix] = content.read() if content else b""


def _item(sample: _Sample, where: str, images: ImageFolder, extracted: ExtractedImages) -> SourceItem | BadRow:
    try:
        if sample.problem:
            raise RowError(sample.problem)
        picture = next((data for suffix, data in sample.parts.items() if f".{suffix}" in IMAGE_SUFFIXES), None)
        if picture is None:
            raise RowError("the sample has no image.")
        row, note = _row(sample)
        return replace(item_of(row | {"image": extracted.keep(picture)}, where, images), note=note)
    except RowError as error:
        return BadRow(where, str(error))


def _row(sample: _Sample) -> tuple[dict[str, Any], str | None]:
    """The words row if there is one, else what ``.txt`` says, else the caption that ``.json`` has."""
    described, note = _text(sample, "json")
    row = parse_object(described) if described is not None else {}
    if words.matches(row):
        return row, note
    caption, text_note = _text(sample, "txt")
    if caption is not None:
        return {"caption": caption}, text_note
    if "caption" not in row:
        raise RowError("the sample has no caption, neither in .txt nor in .json.")
    return {"caption": row["caption"]}, note


def _text(sample: _Sample, suffix: str) -> tuple[str | None, str | None]:
    data = sample.parts.get(suffix)
    if data is None:
        return None, None
    return recovered(data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape"))
