"""``label-studio push``: items with their marks into a project, by its import, which needs no backend."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

from captionlint.core.formats.records import RowError
from captionlint.core.review import Status
from captionlint.db.operations.reviewed_items import Evidence, stream
from captionlint.db.store import Store
from captionlint.ml_backend.bridge.init import show_version
from captionlint.ml_backend.bridge.marks import marking_of
from captionlint.ml_backend.bridge.project import Project, tasks
from captionlint.ml_backend.bridge.uploads import Uploads
from captionlint.ml_backend.label_studio.client import LabelStudio
from captionlint.ml_backend.label_studio.predictions import Marking, prediction_for
from captionlint.ml_backend.label_studio.tasks import Task, task_of
from captionlint.ml_backend.predict.task_items import Homes

_CHUNK: Final = 100
"""Items in a request: what an interrupted run has to do again at most."""
WAITING: Final[tuple[Status, ...]] = ("pending", "skipped")


@dataclass(frozen=True, slots=True)
class Pushed:
    """What was sent: new tasks, new predictions of tasks that were there, tasks left as they were, and why not."""

    tasks: int = 0
    predictions: int = 0
    unchanged: int = 0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _There:
    task: int
    versions: frozenset[str] = field(default_factory=frozenset)


def push(
    homes: Homes,
    store: Store,
    label_studio: LabelStudio,
    project: Project,
    *,
    on_progress: Callable[[int], None] | None = None,
) -> Pushed:
    """Sends every item that waits for a decision, with the store's marks; a blind item goes without.

    A hundred go in one request. An item is known again by its id in the task's ``uid``, or because it was made of a
    task that the backend was asked about: what is there already is not sent again, and only gets a prediction that it
    lacks, after a new threshold, say.

    Raises:
        LabelStudioError: the server cannot be reached or refuses; what was sent stays, and the next run goes on.
    """
    marking = marking_of(store)
    there = _tasks_there(homes, label_studio, project)
    sending = _Sending(label_studio, project, marking, Uploads(label_studio, project), there)
    done, seen = Pushed(), 0
    source = stream(store, statuses=WAITING)
    while chunk := list(islice(source, _CHUNK)):
        done = sending.missing([e for e in chunk if sending.task_of(e) is None], done)
        done = sending.known([(e, task) for e in chunk if (task := sending.task_of(e))], done)
        seen += len(chunk)
        if on_progress:
            on_progress(seen)
    show_version(label_studio, project, marking.version)
    return done


def _tasks_there(homes: Homes, label_studio: LabelStudio, project: Project) -> dict[str | int, _There]:
    """The project's tasks by their item's id: that which it came with, where the task says it, else the store's."""
    found: dict[str | int, _There] = {}
    others: dict[tuple[str, str], tuple[Task, _There]] = {}
    for row in tasks(label_studio, project, fields=("data", "predictions_model_versions")):
        there = _There(row["id"], _versions(row.get("predictions_model_versions")))
        uid = row["data"].get("uid")
        if isinstance(uid, str):
            found.setdefault(uid, there)
            continue
        with suppress(RowError):
            task = task_of(row, project.labelling)
            others.setdefault(task.content, (task, there))
    items = homes.items_of([task for task, _ in others.values()])
    return found | {items[content]: there for content, (_, there) in others.items() if content in items}


def _versions(said: object) -> frozenset[str]:
    """The versions that the Data Manager lists, parted by commas."""
    parts = said if isinstance(said, list) else str(said or "").split(",")
    return frozenset(str(part).strip() for part in parts if str(part).strip())


@dataclass(frozen=True, slots=True)
class _Sending:
    label_studio: LabelStudio
    project: Project
    marking: Marking
    uploads: Uploads
    there: Mapping[str | int, _There]

    def task_of(self, evidence: Evidence) -> _There | None:
        """The task of an item, if it has one."""
        return self.there.get(evidence.source_id) or self.there.get(evidence.item_id)

    def missing(self, chunk: Sequence[Evidence], done: Pushed) -> Pushed:
        """Makes tasks of items that have none."""
        fit, problems = self._with_pictures(chunk)
        rows = [self._task(evidence, image) for evidence, image in fit]
        if rows:
            self.label_studio.post(f"/api/projects/{self.project.id}/import", rows)
        return replace(done, tasks=done.tasks + len(rows), problems=(*done.problems, *problems))

    def known(self, chunk: Sequence[tuple[Evidence, _There]], done: Pushed) -> Pushed:
        """Gives tasks the predictions that they lack."""
        rows = [
            {"task": there.task, **prediction}
            for evidence, there in chunk
            if self.marking.version not in there.versions
            for prediction in self._predictions(evidence)
        ]
        if rows:
            self.label_studio.post(f"/api/projects/{self.project.id}/import/predictions", rows)
        unchanged = done.unchanged + len(chunk) - len(rows)
        return replace(done, predictions=done.predictions + len(rows), unchanged=unchanged)

    def _with_pictures(self, chunk: Sequence[Evidence]) -> tuple[list[tuple[Evidence, str]], list[str]]:
        """Each item with what its task names the picture by; one that is gone keeps only its own items back."""
        local = {e.image_sha256: Path(e.image) for e in chunk if "://" not in e.image and e.image_sha256}
        problems = [f"{path} is not there any more." for path in local.values() if not path.is_file()]
        places = self.uploads.add({sha256: path for sha256, path in local.items() if path.is_file()})
        named = [(e, e.image if "://" in e.image else places.get(e.image_sha256 or "")) for e in chunk]
        return [(e, image) for e, image in named if image], problems

    def _task(self, evidence: Evidence, image: str) -> dict[str, Any]:
        names = self.project.labelling
        return {
            "data": {names.image: image, names.caption: evidence.caption, "uid": evidence.source_id},
            "meta": {"captionlint": self._ours(evidence)},
            "predictions": list(self._predictions(evidence)),
        }

    def _ours(self, evidence: Evidence) -> dict[str, Any]:
        """What an export of these tasks needs to be read as fully as a store."""
        if evidence.blind or evidence.prediction is None:
            return {"blind": True} if evidence.blind else {}
        words = [[word.start, word.end, word.score] for word in evidence.words]
        return {"scorer": self.marking.scorer, "epsilon": self.marking.epsilon, "words": words}

    def _predictions(self, evidence: Evidence) -> Iterator[dict[str, Any]]:
        if evidence.prediction is not None and not evidence.blind:
            yield prediction_for(evidence.prediction, self.marking, self.project.labelling)
