"""COCO captions: one object with ``images`` (id, file_name) and ``annotations`` (image_id, id, caption).

Read in two passes. Between them only each image's id and file name are held, about 200 bytes an image; captions
stream.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from captionlint.core.errors import FormatError
from captionlint.core.formats import fields
from captionlint.core.formats.files.decoding import open_text, recovered
from captionlint.core.formats.files.image_paths import ImageFolder
from captionlint.core.formats.files.json_scan import JsonScanner
from captionlint.core.formats.files.json_text import parse, parse_object
from captionlint.core.formats.records import BadRow, RowError, SourceItem


def matches(source: Path) -> bool:
    """Whether the file is one object with COCO's two lists. Looks no further than needed."""
    lists = set()
    with open_text(source) as stream:
        scanner = JsonScanner(stream)
        try:
            for key in scanner.members():
                if scanner.peek() == "[" and key in ('"images"', '"annotations"'):
                    lists.add(key)
                if len(lists) == 2:
                    return True
                scanner.value(keep=False)
        except (RowError, UnicodeDecodeError):
            pass
    return False


def read(source: Path, images: ImageFolder) -> Iterator[SourceItem | BadRow]:
    """The captions in the file's order. Raises FormatError where it breaks off before the first."""
    names: dict[int, str] = {}
    number = 0
    try:
        for _, text in _list(source, "images"):
            _remember(names, text)
        for line, text in _list(source, "annotations"):
            number += 1
            yield _row(text, names, f"{source.name}:{line} (annotation {number})", images)
    except (RowError, UnicodeDecodeError) as error:
        if not number:
            raise FormatError(f"{source} cannot be read as COCO captions: {error}") from error
        yield BadRow(f"{source.name} (after annotation {number})", f"{error} What follows is not read.")


def _list(source: Path, wanted: str) -> Iterator[tuple[int, str | None]]:
    with open_text(source) as stream:
        scanner = JsonScanner(stream)
        for key in scanner.members():
            if parse(key) == wanted:
                yield from scanner.elements()
                return
            scanner.value(keep=False)


def _remember(names: dict[int, str], text: str | None) -> None:
    try:
        entry = parse_object(recovered(text or "null")[0])
        if isinstance(entry.get("id"), int) and isinstance(entry.get("file_name"), str):
            names[entry["id"]] = entry["file_name"]
    except RowError:
        return  # its captions will say that their image is not there


def _row(text: str | None, names: Mapping[int, str], where: str, images: ImageFolder) -> SourceItem | BadRow:
    try:
        decoded, note = recovered(text or "null")
        return replace(_item(parse_object(decoded), names, where, images), note=note)
    except RowError as error:
        return BadRow(where, str(error))


def _item(entry: Mapping[str, Any], names: Mapping[int, str], where: str, images: ImageFolder) -> SourceItem:
    if "bbox" in entry and "caption" not in entry:
        raise FormatError("COCO's object annotations hold no captions; use a captions_*.json file.")
    name = names.get(entry["image_id"]) if isinstance(entry.get("image_id"), int) else None
    if name is None:
        raise RowError(f"no image has the id {str(entry.get('image_id'))[:40]!r}, or it has no file_name.")
    return SourceItem(image=images.place(name), caption=fields.caption_of(entry), where=where, id=fields.id_of(entry))
