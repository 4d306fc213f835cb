"""The store's items on their way out, as the writers of `core.formats` take them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TextIO

from sqlalchemy import func, select

from captionlint.core.clip.model_spec import BASE, CONFIG_FILE, SPEC
from captionlint.core.errors import StoreError, UsageError
from captionlint.core.formats.card import UNKNOWN_LICENCE, is_export, write_card
from captionlint.core.formats.records import ExportItem, Shown
from captionlint.core.formats.splits import split_of
from captionlint.core.formats.writing import open_writer
from captionlint.core.prediction import WordScore
from captionlint.core.review import Status
from captionlint.db.operations import stats
from captionlint.db.operations.reviewed_items import USABLE, Evidence, stream, tags
from captionlint.db.rows import lookups
from captionlint.db.schema import Image, Item
from captionlint.db.store import Store

_NOT_REVIEWED: Final = -100
_CALIBRATOR: Final = "calibrator"
"""Names the calibration among a scorer's fields: here, and where an export was read back in."""


def names_root(store: Store, *, beside: Path) -> Path:
    """The folder that exported image names start from: `beside` if all pictures are in it, else their common folder."""
    with store.reading() as session:
        locations = session.scalars(select(Image.location).execution_options(yield_per=5000))
        common: str | None = None
        for location in locations:
            if "://" in location:
                continue
            folder = os.path.dirname(store.locate(location))  # noqa: PTH120 — a million times
            common = folder if common is None else _common(common, folder)
    wanted = os.path.abspath(beside)  # noqa: PTH100
    return Path(wanted if common is None or _common(common, wanted) == wanted else common)


def items(store: Store, *, root: Path, unreviewed: bool = False) -> Iterator[ExportItem]:
    """Reviewed items, image names relative to `root`; with `unreviewed` pending and skipped ones too.

    All captions of a picture come together, as hard negatives want them. Rejected items are left out. Raises
    `StoreError` where there is nothing to export.
    """
    statuses: tuple[Status, ...] = ("accepted", "corrected")
    if unreviewed:
        statuses += ("pending", "skipped")
    with store.reading() as session:
        if session.scalar(select(Item.id).where(Item.status.in_(statuses)).limit(1)) is None:
            raise StoreError(
                f"Nothing in {store.name} has been reviewed yet: review first with `captionlint review`, "
                "or add --unreviewed."
            )
        scorer = lookups.current_scorer(session)
        about = {} if scorer is None else scorer_fields(scorer.version, scorer.details, scorer.epsilon)
    for evidence in stream(store, statuses=statuses):
        yield _export(evidence, root, about if evidence.prediction else {})


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export did: items written, items left out by reason, and the folder that image names start from."""

    written: int
    left_out: Mapping[str, int]
    root: Path


def write(
    store: Store,
    *,
    format: str,
    out: Path | TextIO,
    unreviewed: bool = False,
    licence: str = UNKNOWN_LICENCE,
    options: Mapping[str, str] = MappingProxyType({}),
    on_progress: Callable[[int], None] | None = None,
) -> Exported:
    """Writes the items in a format to a file or folder with a data-set card beside it, or to a stream without one.

    `on_progress` is called with the items done, every hundred. `options` are the format's own. Raises `UsageError`
    where `out` is the store itself, or a file that no card calls an export.
    """
    if isinstance(out, Path) and store.path and out.exists() and out.samefile(store.path):
        raise UsageError(f"{out} is the store itself: name another file to write.")
    if isinstance(out, Path) and out.is_file() and out.stat().st_size and not is_export(out):
        raise UsageError(f"{out} is there already and no earlier export: name another file, or delete it first.")
    beside = out.absolute() if isinstance(out, Path) else None
    root = names_root(store, beside=beside.parent if beside else Path.cwd())
    opening = open_writer(format, out, unreviewed=unreviewed, **options)
    found = items(store, root=root, unreviewed=unreviewed)
    first = list(islice(found, 1))  # where there is nothing to export, a stream gets no header either
    with opening as writer:
        for number, item in enumerate(chain(first, found), 1):
            writer.write(item)
            if on_progress and number % 100 == 0:
                on_progress(number)
    left_out = writer.left_out + left_behind(store, unreviewed=unreviewed)
    if beside:
        kappa, both = _agreement(store)
        write_card(
            beside,
            writer.tally,
            format=format,
            root=root,
            left_out=left_out,
            kappa=kappa,
            double_reviewed=both,
            licence=licence,
        )
    return Exported(writer.written, left_out, root)


def _agreement(store: Store) -> tuple[float | None, int]:
    try:
        return stats.overall(stats.agreement(store))
    except StoreError:  # scikit-learn is an extra
        return None, 0


def left_behind(store: Store, *, unreviewed: bool = False) -> Counter[str]:
    """How many items `items` does not give, by reason."""
    with store.reading() as session:
        found = {r[0]: r[1] for r in session.execute(select(Item.status, func.count()).group_by(Item.status))}
    waiting = 0 if unreviewed else found.get("pending", 0) + found.get("skipped", 0)
    return +Counter({"rejected": found.get("rejected", 0), "not reviewed": waiting})


def scorer_fields(version: str, details: dict[str, Any], epsilon: float) -> dict[str, Any]:
    """How exports name a scorer: its details, its version, and the epsilon that the marks were cut at."""
    told = {key: value for key, value in details.items() if key not in (SPEC, CONFIG_FILE)}  # paths on this machine
    named = {("weights_sha" if key == "weights_sha256" else key): value for key, value in told.items()}
    if BASE in details:
        named[_CALIBRATOR] = version.removeprefix(f"{details[BASE]};")
    return {**named, "version": version, "eps": epsilon}


def _export(evidence: Evidence, root: Path, scorer: dict[str, Any]) -> ExportItem:
    verdict = evidence.verdict
    words = evidence.words
    decided = [r for r in evidence.reviews if r.review.status in USABLE]
    return ExportItem(
        id=evidence.source_id,
        image=_name(evidence.image, root),
        image_path=None if "://" in evidence.image else Path(evidence.image),
        image_sha256=evidence.image_sha256,
        caption=evidence.caption,
        words=words,
        tags=tags(words, verdict.review.spans) if verdict else (_NOT_REVIEWED,) * len(words),
        pre_tags=tags(words, evidence.marks),
        review=verdict.review if verdict else None,
        annotators=tuple(dict.fromkeys(r.review.annotator for r in reversed(decided))),
        blind=verdict.blind if verdict else evidence.blind,
        split=split_of(evidence.image_key),
        scorer=scorer,
        pre_probabilities=_probabilities(words) if _CALIBRATOR in scorer else None,
        reviews=tuple(stored.review for stored in evidence.reviews),
        shown=tuple(Shown(stored.blind, stored.scorer_version, stored.epsilon) for stored in evidence.reviews),
    )


def _probabilities(words: Sequence[WordScore]) -> tuple[float | None, ...]:
    """A calibrated score is minus the probability that the word is wrong."""
    return tuple(None if word.score is None else -word.score for word in words)


def _name(image: str, root: Path) -> str:
    return image if "://" in image else Path(os.path.relpath(image, root)).as_posix()


def _common(one: str, other: str) -> str:
    try:
        return os.path.commonpath([one, other])
    except ValueError:  # two Windows drives have nothing in common
        return one
