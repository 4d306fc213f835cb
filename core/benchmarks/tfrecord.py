"""TFRecord files of ``tf.train.Example`` without TensorFlow: just enough of both formats, checked as it goes.

A record is its length (8 bytes), a checksum (4), the bytes, a checksum (4). An Example is a protocol buffer: a map
from feature names to lists of bytes, floats or integers. Checksums are not verified; lengths are.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from captionlint.core.errors import FormatError


def read_examples(path: Path) -> Iterator[dict[str, Any]]:
    """Each record's features: text where bytes are UTF-8, else bytes; floats; integers; always lists.

    Raises:
        FormatError: the file breaks off or holds something else.
    """
    with path.open("rb") as file:
        for number, data in enumerate(_records(file, path)):
            try:
                yield _example(data)
            except (IndexError, ValueError, struct.error) as error:
                raise FormatError(f"{path}: record {number} is no tf.train.Example ({error}).") from error


def _records(file: BinaryIO, path: Path) -> Iterator[bytes]:
    size = path.stat().st_size
    while head := file.read(12):
        length = struct.unpack("<Q", head[:8])[0] if len(head) == 12 else size
        if length > size - file.tell() - 4:
            raise FormatError(f"{path} breaks off, or is a Git LFS pointer instead of the file: download it again.")
        yield file.read(length)
        file.read(4)


def _example(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _, features in _fields(data):
        for _, entry in _fields(features):
            parts = dict(_fields(entry))
            found[parts[1].decode()] = _values(parts.get(2, b""))
    return found


def _values(feature: bytes) -> list[Any]:
    for kind, content in _fields(feature):
        if kind == 1:
            return [_text(value) for _, value in _fields(content)]
        if kind == 2:
            packed = b"".join(value for _, value in _fields(content))
            return [*struct.unpack(f"<{len(packed) // 4}f", packed)]
        return [number for _, value in _fields(content) for number in _numbers(value)]
    return []


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Field numbers and contents of one message; a number's content is its own bytes."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == 0:
            _, end = _varint(data, at)
        elif kind == 2:
            length, at = _varint(data, at)
            end = at + length
        else:
            end = at + {1: 8, 5: 4}[kind] if kind in (1, 5) else len(data) + 1
        if end > len(data):
            raise ValueError("a field is longer than its message")
        yield key >> 3, data[at:end]
        at = end


def _numbers(data: bytes) -> Iterator[int]:
    at = 0
    while at < len(data):
        value, at = _varint(data, at)
        yield value - (1 << 64) if value >> 63 else value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not byte & 0x80:
            return value, at
        if shift > 63:
            raise ValueError("a number has no end")


def _text(value: bytes) -> str | bytes:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value
