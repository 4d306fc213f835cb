"""One batch of rows on its way into the store: what is new, what is there already, and what contradicts it."""

from __future__ import annotations

import dataclasses
import hashlib
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import repeat

from sqlalchemy import delete, func, insert, or_, select, text, update
from sqlalchemy.orm import Session

from captionlint.core.clip.model_spec import SPEC
from captionlint.core.formats.records import BadRow, Shown, SourceItem, SourceScores
from captionlint.core.prediction import DEFAULT_EPSILON, Prediction
from captionlint.core.review import Review
from captionlint.db.rows import lookups, predictions, reviewed, revisions
from captionlint.db.rows.image_hashes import Fingerprint
from captionlint.db.schema import UNRANKED, Failure, Image, Item, Scorer, Standing
from captionlint.db.schema import Prediction as PredictionRow
from captionlint.db.store import Store


@dataclass(slots=True)
class Known:
    """An item that is in the store, or will be when the batch is written (then `item_id` is None)."""

    item_id: int | None
    source_id: str
    image: Fingerprint
    caption: str

    def matches(self, image: Fingerprint, caption: str) -> bool:
        """Whether a row speaks of this very picture and caption."""
        return self.caption == caption and image.key in (self.image.key, self.image.location)


@dataclass(slots=True)
class Batch:
    """Sorts rows into new, unchanged, updated and conflicting ones; `write` puts them in.

    Attributes:
        rows: what was read, each with the fingerprint of its picture.
        before: the pictures as the store knew them.
        strict: whether to stop at the first contradiction.
        last: the newest item from before the import; `repeated` counts rows that say again what the import added.
    """

    store: Store
    rows: Sequence[tuple[SourceItem, Fingerprint]]
    before: dict[str, Fingerprint]
    update: bool
    strict: bool = False
    last: int = 0
    added: int = 0
    unchanged: int = 0
    repeated: int = 0
    updated: int = 0
    conflicts: list[BadRow] = field(default_factory=list)
    _by_id: dict[str, Known] = field(default_factory=dict)
    _by_content: dict[tuple[str, str], Known] = field(default_factory=dict)
    _repainted: set[int] = field(default_factory=set)
    _new: list[dict[str, object]] = field(default_factory=list)
    _extras: list[tuple[Known, SourceItem]] = field(default_factory=list)

    def write(self, session: Session) -> None:
        """Adds what is new, inside one transaction."""
        self._find(session)
        images = self._images(session)
        for row, image in self.rows:
            self._take(session, row, image, images)
            if self.strict and self.conflicts:
                break
        insert_items(session, self._new)
        self._write_extras(session)

    def _find(self, session: Session) -> None:
        ids = [row.id or content_id(image, row.caption) for row, image in self.rows]
        unnamed = [image for row, image in self.rows if not row.id]
        keys = list({key for image in unnamed for key in (image.key, self._before(image).key)})
        columns = select(Item.id, Item.source_id, Item.caption, Image.location, Image.sha256).join(Image)
        wanted = ((ids, Item.source_id.in_(ids)), (keys, or_(Image.sha256.in_(keys), Image.location.in_(keys))))
        for where in (condition for values, condition in wanted if values):
            for r in session.execute(columns.where(where)):
                self._know(Known(r.id, r.source_id, Fingerprint(r.location, r.sha256), r.caption))

    def _before(self, image: Fingerprint) -> Fingerprint:
        """A picture as the store knows it; one that is new to it as it is."""
        return self.before.get(image.location, image)

    def _know(self, known: Known) -> None:
        self._by_id.setdefault(known.source_id, known)
        self._by_content.setdefault((known.image.key, known.caption), known)

    def _images(self, session: Session) -> dict[str, int]:
        """Makes rows for new pictures; returns ids by location."""
        wanted = {image.location: image for _, image in self.rows}
        new = [image for location, image in wanted.items() if location not in self.before]
        if new:
            rows = [{"location": i.location, "sha256": i.sha256, "size": i.size, "mtime_ns": i.mtime_ns} for i in new]
            session.connection().execute(insert(Image.__table__), rows)  # type: ignore[arg-type]
        found = session.execute(select(Image.location, Image.id).where(Image.location.in_(list(wanted))))
        return {row.location: row.id for row in found}

    def _take(self, session: Session, row: SourceItem, image: Fingerprint, images: dict[str, int]) -> None:
        if self._before(image).sha256 != image.sha256:
            if not self.update:
                self._contradict(row, f"the picture {row.image} has changed since it was imported", row.image)
                return
            self._repaint(session, images[image.location], image)
        known = self._by_id.get(row.id) if row.id else self._by_content.get((image.key, row.caption))
        if known is None:
            self._add(row, row.id or self._unused_id(session, image, row.caption), image, images[image.location])
        elif known.matches(image, row.caption):
            self.unchanged += known.item_id not in self._repainted  # which counts as updated
            self.repeated += known.item_id is None or known.item_id > self.last
            self._follow(session, known, image, images[image.location])
            self._extras.append((known, row))
        elif self.update and known.item_id is not None:
            self._change(session, known, row, image, images[image.location])
        else:
            there = f"{self.store.locate(known.image.location)} with {_short(known.caption)}"
            self._contradict(
                row, f"id {row.id!r} already belongs to {there}; this row has {row.image} with {_short(row.caption)}"
            )

    def _contradict(self, row: SourceItem, reason: str, picture: str | None = None) -> None:
        self.conflicts.append(BadRow(row.where, f"{reason} (--update takes the new one)", picture))

    def _unused_id(self, session: Session, image: Fingerprint, caption: str) -> str:
        """The content's own id; another one where an item that got new content since still has it."""
        plain = unused = content_id(image, caption)
        if plain in self._by_id:
            number = 1
            while unused in self._by_id or session.scalar(select(Item.id).where(Item.source_id == unused)):
                number += 1
                unused = f"{plain}-{number}"
        return unused

    def _add(self, row: SourceItem, source_id: str, image: Fingerprint, image_id: int) -> None:
        known = Known(None, source_id, image, row.caption)
        self._know(known)
        shuffle, blind_rank = draws(source_id)
        self._new.append(
            {
                "source_id": source_id,
                "image_id": image_id,
                "caption": row.caption,
                "reference_captions": list(row.references) or None,
                "shuffle": shuffle,
                "blind_rank": blind_rank,
                "status": "pending",
                "suspicion": UNRANKED,
                "margin": UNRANKED,
            }
        )
        self.added += 1
        self._extras.append((known, row))

    def _follow(self, session: Session, known: Known, image: Fingerprint, image_id: int) -> None:
        """Points an item to where its picture is now, if the old file is gone."""
        old = known.image.location
        if known.item_id is not None and image.location != old and not os.path.exists(self.store.locate(old)):  # noqa: PTH110
            session.execute(update(Item).where(Item.id == known.item_id).values(image_id=image_id))
            known.image = image

    def _change(self, session: Session, known: Known, row: SourceItem, image: Fingerprint, image_id: int) -> None:
        values = {"image_id": image_id, "caption": row.caption, "references": list(row.references) or None}
        session.execute(update(Item).where(Item.id == known.item_id).values(**values))
        forget(session, [known.item_id or 0])
        known.image, known.caption = image, row.caption
        self.updated += 1
        self._extras.append((known, row))

    def _repaint(self, session: Session, image_id: int, image: Fingerprint) -> None:
        """A file with new content: its items have no predictions any more."""
        values = {"sha256": image.sha256, "size": image.size, "mtime_ns": image.mtime_ns}
        session.execute(update(Image).where(Image.id == image_id).values(**values))
        items = list(session.scalars(select(Item.id).where(Item.image_id == image_id)))
        forget(session, items)
        self.before[image.location] = image
        self.updated += len(items)
        self._repainted.update(items)
        for known in [known for known in self._by_id.values() if known.image.location == image.location]:
            if self._by_content.get((known.image.key, known.caption)) is known:
                del self._by_content[known.image.key, known.caption]
            known.image = image
            self._know(known)

    def _write_extras(self, session: Session) -> None:
        """Word scores and reviews that came with the rows."""
        extras = [(known, row) for known, row in self._extras if row.scores or row.reviews]
        if not extras:
            return
        wanted = [known.source_id for known, _ in extras]
        found = session.execute(select(Item.source_id, Item.id).where(Item.source_id.in_(wanted)))
        ids = {row.source_id: row.id for row in found}
        placed = [(ids[known.source_id], row) for known, row in extras]
        _write_scores(session, placed, replace=self.update)
        _write_reviews(session, [(ids[known.source_id], known.source_id, row) for known, row in extras])


def insert_items(session: Session, rows: Sequence[Mapping[str, object]]) -> None:
    """Adds rows of items, the one way for them into a store.

    Their captions go into the full text in one statement: by a trigger, row by row, that takes three times as long as
    all the rest.
    """
    if not rows:
        return
    connection = session.connection()
    last = connection.scalar(select(func.max(Item.id))) or 0
    connection.execute(insert(Item.__table__), rows)  # type: ignore[arg-type]
    if connection.dialect.name == "sqlite":
        connection.execute(
            text("INSERT INTO caption_text(rowid, caption) SELECT id, caption FROM item WHERE id > :n"), {"n": last}
        )


def _write_scores(session: Session, rows: Sequence[tuple[int, SourceItem]], *, replace: bool) -> None:
    """Keeps word scores; where the same scorer has spoken of an item already, only to replace them if asked to."""
    first: dict[str, SourceScores] = {}
    said: dict[str, dict[int, Prediction]] = {}
    for item_id, row in rows:
        for s in row.scores:
            cosine = math.nan if s.cosine is None else s.cosine
            said.setdefault(s.scorer, {})[item_id] = Prediction(s.scorer, row.caption, cosine, s.words)
            first.setdefault(s.scorer, s)
    for name, found in said.items():
        given = first[name]
        epsilon = DEFAULT_EPSILON if given.epsilon is None else given.epsilon
        details = {key: value for key, value in given.details.items() if key != SPEC}  # another machine's paths
        scorer = lookups.ensure_scorer(session, name, details=details, epsilon=epsilon)
        there = predictions.load(session, scorer, list(found))
        new = [(i, p) for i, p in found.items() if i not in there]
        if replace:
            new += [(i, _completed(p, there[i])) for i, p in found.items() if i in there]
        predictions.write_predictions(session, scorer, [(i, p) for i, p in new if p != there.get(i)])


def _completed(given: Prediction, stored: Prediction) -> Prediction:
    """A row's word scores. Most formats hold no cosine: it stays, for caption and image are still the same."""
    given = dataclasses.replace(given, cosine=stored.cosine) if math.isnan(given.cosine) else given
    return stored if math.isnan(stored.cosine) and given.words == stored.words else given


def _write_reviews(session: Session, rows: Sequence[tuple[int, str, SourceItem]]) -> None:
    """Keeps reviews, but for those whose annotator has decided here since."""
    here = reviewed.standing(session, [item_id for item_id, _, row in rows if row.reviews], undone=True)
    scorers = {row.version: row.id for row in session.scalars(select(Scorer))}
    new = [
        revisions.NewRevision(
            item_id,
            "import",
            review,
            blind=shown.blind,
            scorer_id=scorers.get(shown.scorer or ""),
            epsilon=shown.epsilon,
            uid=_review_uid(source_id, row.caption, review),
        )
        for item_id, source_id, row in rows
        for review, shown in zip(row.reviews, row.shown or repeat(_shown(row)), strict=False)
        if reviewed.is_news(review, here.get(item_id, ()))
    ]
    revisions.append(session, sorted(new, key=lambda r: r.review.reviewed_at))


def _shown(row: SourceItem) -> Shown:
    """What the annotators of a row saw that does not say it itself: the scores that came along."""
    first = row.scores[0] if row.scores and not row.blind else None
    return Shown(row.blind, first.scorer if first else None, first.epsilon if first else None)


def forget(session: Session, item_ids: Sequence[int]) -> None:
    """Drops what was said of other content: predictions, and decisions as far as they stand.

    A revision marks the place: no undo reaches behind it.
    """
    now = datetime.now(UTC)
    stand = [r for found in reviewed.standing(session, item_ids, undone=True).values() for r in found]
    gone = [Review("pending", (), None, r.review.annotator, now) for r in stand]
    revisions.append(session, [revisions.NewRevision(r.item_id, "update", g) for r, g in zip(stand, gone, strict=True)])
    for table in (PredictionRow, Failure, Standing):
        session.execute(delete(table).where(table.item_id.in_(item_ids)))
    values = {"suspicion": UNRANKED, "margin": UNRANKED, "status": "pending"}
    session.execute(update(Item).where(Item.id.in_(item_ids)).values(**values))


def content_id(image: Fingerprint, caption: str) -> str:
    """The id of an item that came without one: the same whenever the same file is read."""
    return hashlib.sha256(f"{image.key}\0{caption}".encode()).hexdigest()[:20]


def draws(source_id: str) -> tuple[int, float]:
    """An item's place in random order, and its lot between 0 and 1 when blind items are drawn.

    Both follow from the id, so that stores split from one another agree.
    """
    digest = hashlib.blake2b(source_id.encode(), digest_size=16).digest()
    return int.from_bytes(digest[:8], "big") >> 1, int.from_bytes(digest[8:], "big") / 2**64


def _review_uid(source_id: str, caption: str, said: Review) -> str:
    text = f"{source_id}\0{caption}\0{said.annotator}\0{said.reviewed_at.isoformat()}\0{said.status}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _short(caption: str) -> str:
    return repr(caption if len(caption) <= 60 else caption[:59] + "…")
