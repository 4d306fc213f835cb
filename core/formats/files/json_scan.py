"""Walks JSON of any size without holding it: a long list gives up its entries one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, TextIO

from captionlint.core.formats.records import RowError

MAX_DEPTH: Final = 100
MAX_VALUE: Final = 1 << 25
"""Characters of one entry; a longer or deeper one is passed over as None, so that memory stays bounded."""

_CHUNK: Final = 1 << 16
_TOKEN: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["\[\]{}]', re.DOTALL)
_SPACE: Final = re.compile(r"[ \t\r\n]*+")
_ATOM: Final = re.compile(r"[^\s,:\[\]{}\"]*+")


class JsonScanner:
    """Reads values off a text stream. Every method raises RowError where the text breaks off or is no JSON.

    Attributes: `line`, the line that the scanner stands in, counted from 1.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._buffer = ""
        self._at = 0
        self.line = 1

    def elements(self) -> Iterator[tuple[int, str | None]]:
        """The entries of the list that comes next, each as its line and its JSON text (None: too deep or long)."""
        self._take("[")
        if self.peek() == "]":
            self._take("]")
            return
        while True:
            self.peek()
            line = self.line
            yield line, self.value()
            if self._take(",]") == "]":
                return

    def members(self) -> Iterator[str]:
        """The keys, as JSON texts, of the object that comes next; the caller consumes the value after each."""
        self._take("{")
        if self.peek() == "}":
            self._take("}")
            return
        while True:
            key = self.value()
            self._take(":")
            yield key or ""
            if self._take(",}") == "}":
                return

    def peek(self) -> str:
        """The next character that is no white space, not consumed; empty at the end."""
        while True:
            self._advance(_match_end(_SPACE, self._buffer, self._at))
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._read():
                return ""

    def value(self, *, keep: bool = True) -> str | None:
        """The JSON text of the next value, consumed; None where it is not wanted, too deep or too long."""
        if self.peek() not in ("[", "{", '"'):
            return self._atom()
        depth, at = 0, self._at
        while True:
            found = _TOKEN.search(self._buffer, at)
            if found is None or found[0] == '"':
                at = found.start() if found else len(self._buffer)
                keep = keep and len(self._buffer) - self._at <= MAX_VALUE
                at = self._continue(at, keep=keep)
                continue
            at = found.end()
            depth += (found[0] in ("[", "{")) - (found[0] in ("]", "}"))
            keep = keep and depth <= MAX_DEPTH
            if depth <= 0:
                break
        text = self._buffer[self._at : at] if keep else None
        self._advance(at)
        return text

    def _atom(self) -> str:
        while True:
            end = _match_end(_ATOM, self._buffer, self._at)
            if end < len(self._buffer) or end - self._at > _CHUNK or not self._read():
                break
        if end == self._at:
            raise RowError(f"the JSON breaks off in line {self.line}: a value is missing.")
        text = self._buffer[self._at : end]
        self._advance(end)
        return text

    def _continue(self, at: int, *, keep: bool) -> int:
        """Reads on while a value is open; gives the place in the new buffer that `at` was in the old one."""
        if not keep:
            self._advance(at)
        if len(self._buffer) - at > MAX_VALUE:
            raise RowError(f"a text that begins in line {self.line} is longer than {MAX_VALUE:,} characters.")
        offset = at - self._at
        if not self._read():
            raise RowError(f"the JSON breaks off: what begins in line {self.line} has no end.")
        return self._at + offset

    def _take(self, expected: str) -> str:
        found = self.peek()
        if not found or found not in expected:
            wanted = " or ".join(expected)
            raise RowError(f"the JSON breaks off in line {self.line}: expected {wanted}, found {found or 'the end'!r}.")
        self._advance(self._at + 1)
        return found

    def _advance(self, to: int) -> None:
        self.line += self._buffer.count("\n", self._at, to)
        self._at = to

    def _read(self) -> bool:
        rest = self._buffer[self._at :]
        chunk = self._stream.read(max(_CHUNK, len(rest)))  # doubling: an open value is not scanned over and over
        self._buffer, self._at = rest + chunk, 0
        return bool(chunk)


def _match_end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at
