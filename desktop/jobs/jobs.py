"""What importing, pre-labelling and exporting do in a process of their own: no Qt here.

Each ends with `Done` or `Failed`. Killing one loses nothing that was reported: stores are written in batches, and an
export gets its name only when it is complete.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from captionlint.core.clip.model_spec import ModelSpec
from captionlint.core.errors import CaptionlintError

if TYPE_CHECKING:
    from captionlint.db.prelabel.local import Progress

Work = Literal["read", "load", "score", "write", "download", "draw"]
Outcome = Literal["added", "known", "updated", "repeated", "bad", "conflicts", "scored", "failed", "written", "fetched"]


@dataclass(frozen=True, slots=True)
class Moved:
    """How far it is, and at what; `total` is None while nobody knows."""

    done: int
    total: int | None
    what: Work


@dataclass(frozen=True, slots=True)
class Done:
    """How it ended: how many of what, and where they went; `problems` are what was left out, the first few.

    `shown` is the scorer whose marks are shown now, where there are others, and `store` the store that it is of.
    """

    counts: tuple[tuple[Outcome, int], ...]
    problems: tuple[str, ...] = ()
    out: str = ""
    shown: str = ""
    store: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The models that are on this machine."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """Why it did not work, in a sentence; `details` for a report."""

    said: str
    details: str = ""


def import_captions(connection: Connection, db: str, source: str, images: str | None, update: bool = False) -> None:
    """Reads a file or folder of any input format into a store; with `update` the new content of a known id counts."""
    with _reporting(connection):
        from captionlint.db.operations import importing
        from captionlint.db.records import Added

        def moved(added: Added) -> None:
            connection.send(Moved(added.seen, None, "read"))

        added = importing.import_captions(db, source, images=images, update=update, on_progress=moved)
        left = [str(row) for row in (*added.bad, *added.conflicts)]
        counts: tuple[tuple[Outcome, int], ...] = (
            ("added", added.added), ("known", added.unchanged - added.repeated), ("updated", added.updated),
            ("repeated", added.repeated),
            ("bad", added.bad_count), ("conflicts", added.conflict_count),
        )  # fmt: skip
        connection.send(Done(counts, tuple(left)))


def prelabel(
    connection: Connection, db: str, model: ModelSpec | str, retry_failed: bool, show: bool | None = None
) -> None:
    """Scores what has no prediction by this model yet, given by name too; goes on where an earlier run was stopped.

    `show` as in `db.prelabel.local.prelabel`.
    """
    with suppress(OSError, AttributeError):  # the window goes first; there is no nice on Windows
        os.nice(10)
    with _reporting(connection):
        connection.send(Moved(0, None, "load"))
        spec = ModelSpec.of_name(model) if isinstance(model, str) else model
        spec.check()
        from captionlint.db.operations import scorers
        from captionlint.db.prelabel.local import finished
        from captionlint.db.prelabel.local import prelabel as run
        from captionlint.db.store import Store

        def moved(progress: Progress) -> None:
            connection.send(Moved(progress.done, progress.total, "score"))

        with Store.open(db, create=False) as store:
            last = finished(store, spec, retry_failed=retry_failed, show=show)
            if last is None:
                with _downloading(connection, spec.name):
                    spec.check()  # before torch loads
                    from captionlint.core.clip.scorer import Scorer

                    scorer = Scorer.from_spec(spec)
                # Small batches: each is committed, and shown as progress.
                last = run(store, scorer, batch_size=32, retry_failed=retry_failed, show=show, on_progress=moved)
            shown, are_many = scorers.current(store), len(scorers.known(store)) > 1
        counts: tuple[tuple[Outcome, int], ...] = (("scored", last.done - last.failed), ("failed", last.failed))
        connection.send(Done(counts, shown=shown.version if shown and are_many else "", store=db))


def export(connection: Connection, db: str, format: str, out: str, unreviewed: bool) -> None:
    """Writes reviewed items in a format, with a data-set card beside them."""
    with _reporting(connection):
        from captionlint.db.operations import export as exports
        from captionlint.db.store import Store

        with Store.open(db, create=False) as store:
            done = exports.write(
                store,
                format=format,
                out=Path(out),
                unreviewed=unreviewed,
                on_progress=lambda number: connection.send(Moved(number, None, "write")),
            )
        left = tuple(f"{number:,} left out: {reason}" for reason, number in sorted(done.left_out.items()))
        connection.send(Done((("written", done.written),), left, out))


def make_demo(connection: Connection, folder: str) -> None:
    """Draws the demo set and scores it with the bundled model."""
    with _reporting(connection):
        connection.send(Moved(0, None, "draw"))
        from captionlint.db.prelabel import demo

        last = 0

        def moved(progress: Progress) -> None:
            nonlocal last
            last = progress.done
            connection.send(Moved(progress.done, progress.total, "score"))

        demo.make(Path(folder), on_progress=moved)
        connection.send(Done((("scored", last),)))


def fetch_model(connection: Connection, name: str) -> None:
    """Downloads a model's weights; one that was stopped goes on where it was."""
    with _reporting(connection):
        connection.send(Moved(0, None, "load"))
        with _downloading(connection, name):
            from captionlint.core.clip.loading import fetch
            from captionlint.core.clip.published import resolve

            fetch(resolve(name))
        connection.send(Done((("fetched", 1),)))


def look_for_models(connection: Connection) -> None:
    """Tells which models with a short name are on this machine."""
    with suppress(OSError, AttributeError):
        os.nice(10)
    with _reporting(connection):
        from captionlint.core.clip.loading import is_cached
        from captionlint.core.clip.presets import PRESETS

        connection.send(Found(tuple(name for name, preset in PRESETS.items() if is_cached(preset))))


@contextmanager
def _reporting(connection: Connection) -> Iterator[None]:
    try:
        yield
    except (CaptionlintError, OSError) as error:
        failed = Failed(str(error))
    except Exception as error:
        import traceback

        failed = Failed(f"That did not work ({type(error).__name__}).", traceback.format_exc())
    else:
        return
    with suppress(OSError):  # the window may be gone
        connection.send(failed)


@contextmanager
def _downloading(connection: Connection, name: str) -> Iterator[None]:
    """Tells how much of a model's weights has arrived, by the size of the file that is being written."""
    from captionlint.core.clip.loading import arrived_bytes
    from captionlint.core.clip.presets import PRESETS

    megabytes = PRESETS[name].megabytes if name in PRESETS and PRESETS[name].pretrained else 0
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.5):
            arrived = round(arrived_bytes(PRESETS[name]) / 1e6)
            if arrived:
                connection.send(Moved(arrived, megabytes or None, "download"))

    thread = threading.Thread(target=watch, daemon=True)
    if megabytes:
        thread.start()
    try:
        yield
    finally:
        over.set()
        if thread.is_alive():
            thread.join()
