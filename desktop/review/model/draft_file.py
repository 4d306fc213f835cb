"""Drafts in a file of their own: undecided ones, so that a crash loses at most half a second, and the last decided.

A draft outlives its decision, so that undo has it again: a skipped or rejected item's review holds no marks and no
caption. It belongs to that decision alone, by its revision.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict
from typing import Any, Final

from platformdirs import user_state_path

from captionlint.core.review import KINDS, ORIGINS, Span
from captionlint.desktop.review.model.draft import Draft

_DECIDED_KEPT: Final = 100
"""So many drafts of decided items are kept, the newest."""


class Drafts:
    """The drafts of one annotator and one store, by item."""

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
        """The item is as it was at first, and nothing is to be kept of it."""
        if source_id in self._kept and not self._is_decided(source_id):
            del self._kept[source_id]

    def decide(self, source_id: str, revision_id: int) -> None:
        """The item was decided by this revision: its undecided draft, where there is one, waits for undo."""
        if source_id in self._kept and not self._is_decided(source_id):
            self._kept[source_id] = self._kept.pop(source_id) | {"decided": revision_id}
            decided = [key for key in self._kept if self._is_decided(key)]
            for key in decided[:-_DECIDED_KEPT]:
                del self._kept[key]

    def reopen(self, source_id: str, revision_id: int) -> None:
        """This decision was taken back: the draft that it decided is undecided again. Those of others stay decided."""
        content = self._kept.get(source_id, {})
        if content.get("decided") == revision_id:
            self._kept[source_id] = {key: value for key, value in content.items() if key != "decided"}

    def _is_decided(self, source_id: str) -> bool:
        return "decided" in self._kept[source_id]

    def take_up(self, begun: Draft) -> Draft | None:
        """What was made of this item and not decided, if its caption is still the same."""
        content = self._kept.get(begun.item.source_id)
        if content is None or "decided" in content:
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
