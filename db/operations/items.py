"""Items: adding them, and asking for one with all that is known of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from captionlint.core.errors import FormatError, StoreError
from captionlint.core.formats.fields import checked_caption, checked_text
from captionlint.core.formats.records import BadRow, RowError, SourceItem
from captionlint.core.review import Span, Status
from captionlint.db import schema
from captionlint.db.records import Added, Noted, StoredItem
from captionlint.db.rows import lookups, marking, reviewed
from captionlint.db.rows.image_hashes import Fingerprint, fingerprints
from captionlint.db.rows.import_batch import Batch
from captionlint.db.rows.predictions import load
from captionlint.db.store import Store

_BATCH = 1000
_KEPT = 100


def add(
    store: Store,
    rows: Iterable[SourceItem | BadRow],
    *,
    update: bool = False,
    strict: bool = False,
    on_progress: Callable[[Added], None] | None = None,
    before: Added | None = None,
) -> Added:
    """Adds items as they are read, a thousand in a transaction; what is there already is left alone.

    Bad rows are counted and the rest goes on; with `strict` the first one raises `FormatError`, after what came
    before it was kept. A row whose id has other content is a conflict, unless `update` is given. Word scores
    and reviews that come with a row are kept too, also for items that were there. What was done `before` with earlier
    rows of the same source counts too.
    """
    total = before or Added()
    source = iter(rows)
    with store.reading() as session:
        last = session.scalar(select(func.max(schema.Item.id))) or 0
    while batch := list(islice(source, _BATCH)):
        total = _add(store, batch, total, last=last, update=update, strict=strict)
        if on_progress:
            on_progress(total)
    return total


def _add(
    store: Store, rows: Sequence[SourceItem | BadRow], total: Added, *, last: int, update: bool, strict: bool
) -> Added:
    good, problems = _parted(rows)
    places = {image: store.place(image) for image in dict.fromkeys(row.image for row in good.values())}
    placed = {place: image for image, place in places.items()}
    with store.reading() as session:
        before = _known_images(session, list(placed))
    prints = fingerprints(list(placed.items()), before)
    ready: dict[int, tuple[SourceItem, Fingerprint]] = {}
    for number, row in good.items():
        found = prints[places[row.image]]
        if isinstance(found, OSError):
            reason = f"the picture {row.image} cannot be read: {found.strerror or found}"
            problems[number] = BadRow(row.where, reason, row.image)
        else:
            ready[number] = (row, found)
    end = min(problems, default=len(rows)) if strict else len(rows)
    batch = Batch(store, [pair for number, pair in ready.items() if number < end], before, update, strict, last)
    with store.writing() as session:
        batch.before |= _known_images(session, [image.location for _, image in batch.rows])
        batch.write(session)
    bad = [problems[number] for number in sorted(problems)]
    if strict and (first := next(iter([*batch.conflicts, *bad]), None)):
        raise FormatError(f"{first.where}: {first.reason}")
    return replace(
        total,
        added=total.added + batch.added,
        unchanged=total.unchanged + batch.unchanged,
        repeated=total.repeated + batch.repeated,
        updated=total.updated + batch.updated,
        bad_count=total.bad_count + len(bad),
        conflict_count=total.conflict_count + len(batch.conflicts),
        bad=_kept(total.bad, bad),
        conflicts=_kept(total.conflicts, batch.conflicts),
        notes=_noted(total.notes, good.values()),
    )


def _kept(before: Sequence[BadRow], new: Iterable[BadRow]) -> tuple[BadRow, ...]:
    """The first problems, those of one picture as one."""
    kept = list(before)
    by_picture: dict[tuple[str | None, str], int] = {
        (bad.picture, bad.reason): number for number, bad in enumerate(kept) if bad.picture
    }
    for bad in new:
        number = by_picture.get((bad.picture, bad.reason))
        if number is not None:
            kept[number] = replace(kept[number], rows=kept[number].rows + 1)
        elif len(kept) < _KEPT:
            if bad.picture:
                by_picture[bad.picture, bad.reason] = len(kept)
            kept.append(bad)
    return tuple(kept)


def _noted(before: Sequence[Noted], rows: Iterable[SourceItem]) -> tuple[Noted, ...]:
    found = {noted.note: noted for noted in before}
    for row in rows:
        if row.note is not None:
            noted = found.get(row.note, Noted(row.note, row.where))
            found[row.note] = replace(noted, count=noted.count + 1)
    return tuple(found.values())


def _parted(rows: Sequence[SourceItem | BadRow]) -> tuple[dict[int, SourceItem], dict[int, BadRow]]:
    """The rows that the database can hold, and why it cannot hold the rest, by their place."""
    good: dict[int, SourceItem] = {}
    bad: dict[int, BadRow] = {}
    for number, row in enumerate(rows):
        if isinstance(row, BadRow):
            bad[number] = row
        elif problem := _unfit(row):
            bad[number] = problem
        else:
            good[number] = row
    return good, bad


def _unfit(row: SourceItem) -> BadRow | None:
    try:
        for name, value in (("image", row.image), ("id", row.id or "")):
            checked_text(value, name)
        checked_caption(row.caption)
        for reference in row.references:
            checked_text(reference, "references")
    except RowError as error:
        return BadRow(row.where, str(error))
    return None


def _known_images(session: Session, locations: Sequence[str]) -> dict[str, Fingerprint]:
    image = schema.Image
    columns = select(image.location, image.sha256, image.size, image.mtime_ns)
    return {r.location: Fingerprint(*r) for r in session.execute(columns.where(image.location.in_(locations)))}


def get(store: Store, *, item_id: int, annotator: str | None = None) -> StoredItem:
    """An item with its prediction, its marks and the reviews that stand; raises `StoreError` if there is none.

    With `annotator` only that one's review is given: others' answers are not to be seen while reviewing.
    """
    with store.reading() as session:
        row = session.get(schema.Item, item_id)
        if row is None:
            raise StoreError(f"The store has no item {item_id}.")
        image = session.get_one(schema.Image, row.image_id)
        scorer = lookups.current_scorer(session)
        prediction = failure = None
        marks: tuple[Span, ...] = ()
        blind = marking.is_blind(session, row)
        if scorer is not None:
            prediction = load(session, scorer, [item_id]).get(item_id)
            failed = session.get(schema.Failure, (item_id, scorer.id))
            failure = failed.reason if failed else None
        if prediction is not None and scorer is not None and not blind:
            marks = marking.marks(prediction, scorer.epsilon, marking.ignored(session))
        return StoredItem(
            item_id=row.id,
            source_id=row.source_id,
            image=store.locate(image.location),
            image_sha256=image.sha256,
            caption=row.caption,
            references=tuple(row.references or ()),
            status=_status(row.status),
            blind=blind,
            prediction=prediction,
            failure=failure,
            epsilon=scorer.epsilon if scorer else None,
            marks=marks,
            reviews=reviewed.standing(session, [item_id], annotator=annotator).get(item_id, ()),
        )


def find(store: Store, *, source_id: str) -> int | None:
    """The item that came with this id."""
    with store.reading() as session:
        return session.scalar(select(schema.Item.id).where(schema.Item.source_id == source_id))


def count(store: Store) -> int:
    """How many items there are."""
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(schema.Item)) or 0


def ids(store: Store) -> Iterator[int]:
    """Every item's id in file order, read in short transactions."""
    after = 0
    while True:
        with store.reading() as session:
            item = schema.Item
            found = list(session.scalars(select(item.id).where(item.id > after).order_by(item.id).limit(10_000)))
        if not found:
            return
        yield from found
        after = found[-1]


def _status(value: str) -> Status:
    return value  # type: ignore[return-value]  # only `db.rows.revisions` writes it
