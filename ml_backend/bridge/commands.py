"""What the four commands do with their options, and what they say."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Final

from captionlint.core.errors import LabelStudioError
from captionlint.db.store import Store
from captionlint.ml_backend.bridge.doctor import examine
from captionlint.ml_backend.bridge.init import Backend
from captionlint.ml_backend.bridge.init import init as make
from captionlint.ml_backend.bridge.marks import marking_of
from captionlint.ml_backend.bridge.project import open_project
from captionlint.ml_backend.bridge.pull import pull as fetch
from captionlint.ml_backend.bridge.push import push as send
from captionlint.ml_backend.event_log import Ledger, beside
from captionlint.ml_backend.images.task_images import Pictures
from captionlint.ml_backend.label_studio.client import LabelStudio
from captionlint.ml_backend.predict.task_items import Homes

_SHOWN: Final = 20


def init(
    *,
    url: str,
    api_key: str,
    project: str,
    db: str | None,
    backend_url: str | None,
    backend_user: str | None,
    backend_password: str | None,
) -> int:
    """Makes the project, or sets it right."""
    version = None
    if db is not None:
        with Store.open(db, create=False) as store:
            version = marking_of(store).version
    label_studio = LabelStudio(url, api_key)
    backend = Backend(backend_url, backend_user, backend_password) if backend_url else None
    for line in make(label_studio, title=project, version=version, backend=backend):
        _say(line)
    return 0


def push(*, url: str, api_key: str, project: str, db: str) -> int:
    """Sends items with their marks."""
    label_studio = LabelStudio(url, api_key)
    with _homes(db, url, api_key) as (homes, store, _), _progress("pushing") as move:
        done = send(homes, store, label_studio, open_project(label_studio, project), on_progress=move)
    _say(f"{done.tasks} tasks made, {done.predictions} given new marks, {done.unchanged} left as they were")
    return _problems(done.problems)


def pull(*, url: str, api_key: str, project: str, db: str) -> int:
    """Keeps what people decided."""
    label_studio = LabelStudio(url, api_key)
    with _homes(db, url, api_key) as (homes, store, ledger), _progress("pulling") as move:
        there = open_project(label_studio, project)
        done = fetch(homes, store, ledger, label_studio, project=there, on_progress=move)
    _say(f"{done.kept} reviews kept, {done.known} were here already, {done.taken_back} taken back")
    return _problems(done.problems)


def doctor(
    *,
    url: str,
    api_key: str,
    project: str,
    db: str | None,
    backend_url: str | None,
    backend_user: str | None,
    backend_password: str | None,
) -> int:
    """Says what is wrong; 1 if anything is."""

    def version() -> str:
        with Store.open(db or "", create=False) as store:
            return marking_of(store).version

    backend = Backend(backend_url, backend_user, backend_password) if backend_url else None
    findings = examine(
        LabelStudio(url, api_key),
        title=project,
        api_key=api_key,
        version=version if db is not None else None,
        backend=backend,
    )
    ill = 0
    for finding in findings:
        _say(f"{'ok   ' if finding.fine else 'wrong'}  {finding.text}")
        ill += not finding.fine
    return 1 if ill else 0


COMMANDS: Final[Mapping[str, Callable[..., int]]] = {"init": init, "push": push, "pull": pull, "doctor": doctor}


@contextmanager
def _homes(db: str, url: str, api_key: str) -> Iterator[tuple[Homes, Store, Ledger]]:
    """A store that must be there, with what is known of Label Studio's tasks."""
    with Store.open(db, create=False) as store, closing(Ledger(beside(store, "label-studio.db"))) as ledger:
        yield Homes(store, ledger, Pictures(beside(store, "pictures"), url=url, api_key=api_key)), store, ledger


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _problems(problems: Sequence[str]) -> int:
    for problem in problems[:_SHOWN]:
        sys.stderr.write(f"{problem}\n")
    if not problems:
        return 0
    raise LabelStudioError(f"{len(problems)} could not be used; the rest was.")


@contextmanager
def _progress(title: str) -> Iterator[Callable[[int], None]]:
    """A count on stderr, only where a person looks at it."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    yield lambda done: _show(f"\r{title} … {done}")
    _show("\n")


def _show(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
