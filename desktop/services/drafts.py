"""Undecided work kept in a file of its own, so that a crash loses at most the last half second of it."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from platformdirs import user_state_path

from core.review import KINDS, ORIGINS, Span
from desktop.review.draft import Draft


class Drafts:
    """The undecided drafts of one annotator and one store, by item."""

    def __init__(self, store: str, annotator: str) -> None:
        key = hashlib.sha256(f"{store}\0{annotator}".encode()).hexdigest()[:16]
        self._path = user_state_path("captionlint", appauthor=False) / "drafts" / f"{key}.json"
        self._kept: dict[str, dict[str, Any]] = self._read()
        self._written = dict(self._kept)

    def keep(self, draft: Draft) -> None:
        """Remembers a draft; `write` puts it on the disk."""
        self._kept[draft.item.source_id] = {
            "caption": draft.item.caption,
            "text": draft.text,
            "fixed": [asdict(span) for span in draft.fixed],
        }

    def drop(self, source_id: str) -> None:
        """The item was decided, or is as it was at first."""
        self._kept.pop(source_id, None)

    def take_up(self, begun: Draft) -> Draft | None:
        """What was made of this item before, if its caption is still the same."""
        content = self._kept.get(begun.item.source_id)
        if content is None:
            return None
        try:
            if content["caption"] != begun.item.caption:
                return None
            fixed = tuple(_span(values, len(begun.item.caption)) for values in content["fixed"])
            text = str(content["text"])
        except (KeyError, TypeError, ValueError):
            return None
        return Draft(begun.item, begun.base, fixed, text) if text.strip() else None

    def write(self) -> None:
        """Writes all, then puts it in place; a disk that does not take it must not stop the work."""
        if self._kept == self._written:
            return
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = self._path.with_suffix(".new")
            unfinished.write_text(json.dumps(self._kept), encoding="utf-8")
            unfinished.replace(self._path)
            self._written = dict(self._kept)

    def _read(self) -> dict[str, dict[str, Any]]:
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}


def _span(values: dict[str, Any], length: int) -> Span:
    span = Span(**values)
    if span.kind not in KINDS or span.origin not in ORIGINS or not 0 <= span.start < span.end <= length:
        raise ValueError("no mark of this caption")
    return span
