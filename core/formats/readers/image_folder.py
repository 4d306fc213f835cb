"""A folder of images, each with its caption in a text file of the same name: ``dog.jpg`` beside ``dog.txt``.

Subfolders are walked too. The caption is the whole text file but for one line end at its end.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from captionlint.core.errors import FormatError
from captionlint.core.formats import fields
from captionlint.core.formats.files.decoding import open_text, recovered
from captionlint.core.formats.files.image_paths import IMAGE_SUFFIXES, ImageFolder
from captionlint.core.formats.records import BadRow, RowError, SourceItem

MAX_CAPTION: Final = 1 << 20


def matches(folder: Path) -> bool:
    """Whether the folder holds an image with its text file, at any depth."""
    return any(path.with_suffix(".txt").exists() for path in _files(folder) if _is_image(path))


def read(folder: Path, images: ImageFolder) -> Iterator[SourceItem | BadRow]:
    """The pairs, folder by folder in the order of names; an image or a text without the other is reported."""
    for path in _files(folder):
        where = str(path.relative_to(folder))
        try:
            if _is_image(path):
                yield _item(path, where, images)
            elif path.suffix.lower() == ".txt" and not _has_image(path):
                yield BadRow(where, "there is no image of the same name.")
        except (RowError, FormatError) as error:
            yield BadRow(where, str(error))


def _item(path: Path, where: str, images: ImageFolder) -> SourceItem:
    image = images.place(str(path.absolute()))
    sidecar = path.with_suffix(".txt")
    if not sidecar.exists() and not sidecar.is_symlink():
        raise RowError(f"its caption {sidecar.name} is missing.")
    images.place(str(sidecar.absolute()))
    text, note = _text(sidecar)
    caption = fields.caption_of({"caption": text.removesuffix("\n").removesuffix("\r")})
    return SourceItem(image=image, caption=caption, where=where, note=note)


def _text(sidecar: Path) -> tuple[str, str | None]:
    try:
        with open_text(sidecar) as stream:
            text = stream.read(MAX_CAPTION + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise RowError(f"its caption {sidecar.name} cannot be read: {error}.") from error
    if len(text) > MAX_CAPTION:
        raise RowError(f"its caption {sidecar.name} is longer than {MAX_CAPTION:,} characters.")
    return recovered(text)


def _is_image(path: Path) -> bool:
    return path.suffix.lower() in IMAGE_SUFFIXES


def _has_image(path: Path) -> bool:
    return any(other != path and _is_image(other) for other in path.parent.glob(f"{_escaped(path.stem)}.*"))


def _escaped(stem: str) -> str:
    return "".join(f"[{char}]" if char in "*?[" else char for char in stem)


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):  # follows no linked folder
        folders.sort()
        yield from (Path(parent) / name for name in sorted(names) if not name.startswith("."))
