"""What Label Studio has sent, in an SQLite file beside the store: events in their order, and who is who.

A file of its own, so that an event is kept in milliseconds even while the store is being written. An event's content
is dropped when it has been applied; that it was applied, and which item a task or annotation is, stays.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from captionlint.core.errors import StoreError
from captionlint.db.store import Store

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS event(
  seq INTEGER PRIMARY KEY AUTOINCREMENT, action TEXT NOT NULL, body TEXT, state TEXT NOT NULL DEFAULT 'waiting',
  reason TEXT);
CREATE INDEX IF NOT EXISTS event_waiting ON event(seq) WHERE state = 'waiting';
CREATE TABLE IF NOT EXISTS task(content TEXT PRIMARY KEY, item_id INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS annotation(
  id TEXT PRIMARY KEY, item_id INTEGER, annotator TEXT, uid TEXT, moment TEXT, deleted INTEGER NOT NULL DEFAULT 0)
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS memo(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_MANY: Final = 500


def beside(store: Store, name: str) -> Path:
    """Where something that belongs to a store lies: beside its file, or in this folder for one on a server."""
    place = store.path or Path.cwd() / "captionlint-store.db"
    return place.with_name(f"{place.stem}-{name}")


@dataclass(frozen=True, slots=True)
class Event:
    """A delivery of a webhook, scrubbed; `seq` is its place in the order of arrival."""

    seq: int
    action: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class KeptAnnotation:
    """An annotation that was applied or deleted: the review it became, by `uid`, and the state's time, ISO 8601."""

    item_id: int | None
    annotator: str | None
    uid: str | None
    moment: str | None
    deleted: bool


class Ledger:
    """The file. Threads may share it; processes too."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        try:
            self._connection().executescript(_TABLES)
        except sqlite3.OperationalError as error:  # nothing is wrong with what it holds
            raise StoreError(
                f"{path} cannot be opened ({error}): may its folder be written to, is there room?"
            ) from error
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{path} is damaged ({error}): move it away; `pull` brings the reviews again.") from error

    def close(self) -> None:
        """Closes every thread's connection."""
        with self._lock:
            for connection in self._all:
                connection.close()
            self._all.clear()
        self._local = threading.local()

    def keep_event(self, action: str, body: Mapping[str, Any]) -> int:
        """Puts an event at the end; on return it is on the disk."""
        text = json.dumps(body, separators=(",", ":"))
        found = self._connection().execute("INSERT INTO event(action, body) VALUES (?, ?)", (action, text))
        return int(found.lastrowid or 0)

    def next_event(self) -> Event | None:
        """The first event that waits."""
        row = (
            self._connection()
            .execute("SELECT seq, action, body FROM event WHERE state = 'waiting' ORDER BY seq LIMIT 1")
            .fetchone()
        )
        return None if row is None else Event(row[0], row[1], json.loads(row[2]))

    def settle_event(self, seq: int, *, reason: str | None = None) -> None:
        """Done with, or set aside for a reason; then its content stays for whoever looks into it."""
        if reason is None:
            self._connection().execute("UPDATE event SET state = 'done', body = NULL WHERE seq = ?", (seq,))
        else:
            self._connection().execute("UPDATE event SET state = 'aside', reason = ? WHERE seq = ?", (reason, seq))

    def counts(self) -> dict[str, int]:
        """How many events are waiting, done and set aside."""
        rows = self._connection().execute("SELECT state, count(*) FROM event GROUP BY state")
        return {"waiting": 0, "done": 0, "aside": 0, **dict(rows)}

    def items_of(self, contents: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """Item ids by a task's (image, caption), for tasks that came before."""
        named = {_content(*content): content for content in contents}
        names, found = list(named), {}
        for start in range(0, len(names), _MANY):
            some = names[start : start + _MANY]
            marks = ",".join("?" * len(some))
            query = f"SELECT content, item_id FROM task WHERE content IN ({marks})"  # noqa: S608 — question marks
            rows = self._connection().execute(query, some)
            found.update({named[name]: item_id for name, item_id in rows})
        return found

    def remember_items(self, items: Mapping[tuple[str, str], int]) -> None:
        """Which items tasks are, by image and caption."""
        rows = [(_content(*content), item_id) for content, item_id in items.items()]
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT OR REPLACE INTO task VALUES (?, ?)", rows)

    def annotation(self, annotation_id: object) -> KeptAnnotation | None:
        """What became of an annotation, by Label Studio's id."""
        row = (
            self._connection()
            .execute(
                "SELECT item_id, annotator, uid, moment, deleted FROM annotation WHERE id = ?", (str(annotation_id),)
            )
            .fetchone()
        )
        return None if row is None else KeptAnnotation(row[0], row[1], row[2], row[3], bool(row[4]))

    def others_of(self, annotation_id: object, kept: KeptAnnotation) -> list[tuple[str, KeptAnnotation]]:
        """What the same annotator also said of the same item, as far as it is not deleted, the last first."""
        rows = self._connection().execute(
            "SELECT id, item_id, annotator, uid, moment FROM annotation WHERE deleted = 0 AND uid IS NOT NULL"
            " AND item_id = ? AND annotator = ? AND id <> ? ORDER BY moment DESC, length(id) DESC, id DESC",
            (kept.item_id, kept.annotator, str(annotation_id)),
        )
        return [(str(row[0]), KeptAnnotation(row[1], row[2], row[3], row[4], deleted=False)) for row in rows]

    def standing_annotations(self) -> list[str]:
        """Label Studio's ids of the annotations that were applied and, as far as is known, not deleted."""
        rows = self._connection().execute("SELECT id FROM annotation WHERE deleted = 0 AND uid IS NOT NULL ORDER BY id")
        return [str(row[0]) for row in rows]

    def remember_annotation(self, annotation_id: object, kept: KeptAnnotation) -> None:
        """Notes what became of an annotation."""
        row = (str(annotation_id), kept.item_id, kept.annotator, kept.uid, kept.moment, int(kept.deleted))
        self._connection().execute("INSERT OR REPLACE INTO annotation VALUES (?, ?, ?, ?, ?, ?)", row)

    def memo(self, name: str) -> str | None:
        """A noted value."""
        row = self._connection().execute("SELECT value FROM memo WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def note(self, name: str, value: str) -> None:
        """Notes a value."""
        self._connection().execute("INSERT OR REPLACE INTO memo VALUES (?, ?)", (name, value))

    def _connection(self) -> sqlite3.Connection:
        """This thread's connection, which commits each statement unless a transaction is begun."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = sqlite3.connect(self.path, timeout=30, isolation_level=None, check_same_thread=False)
            found.execute("PRAGMA journal_mode = WAL")
            found.execute("PRAGMA synchronous = FULL")  # an event that was answered for survives a power cut
            self._local.connection = found
            with self._lock:
                self._all.append(found)
        return found


def _content(image: str, caption: str) -> str:
    return hashlib.sha256(f"{image}\0{caption}".encode(errors="surrogatepass")).hexdigest()[:32]
