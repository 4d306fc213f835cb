"""What people do in Label Studio, taken down at once and applied to the store later, once and in order.

A delivery is reduced to what a review needs before it is written anywhere: the project's tokens and passwords, which
Label Studio sends along, never reach the disk or a log.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from captionlint.core.errors import CaptionlintError, FormatError, LabelStudioError, ModelError, StoreError
from captionlint.core.formats.label_studio.names import OWN, Labelling
from captionlint.core.formats.label_studio.regions import regions_of
from captionlint.core.formats.records import RowError
from captionlint.core.review import Review
from captionlint.db.operations import batch_lookup
from captionlint.ml_backend.event_log import Event, Ledger
from captionlint.ml_backend.label_studio.annotations import moment_of, review_of
from captionlint.ml_backend.label_studio.client import LabelStudio
from captionlint.ml_backend.label_studio.label_config import labelling_of
from captionlint.ml_backend.label_studio.predictions import prediction_for
from captionlint.ml_backend.label_studio.tasks import Task, task_of
from captionlint.ml_backend.predict.service import Service
from captionlint.ml_backend.reviews.file_lock import Turn
from captionlint.ml_backend.reviews.retraining import learn
from captionlint.ml_backend.reviews.sync import keep, take_back

_LOG: Final = logging.getLogger(__name__)
_KEPT: Final = frozenset({"ANNOTATION_CREATED", "ANNOTATION_UPDATED", "ANNOTATIONS_CREATED"})
_DELETED: Final = frozenset({"ANNOTATION_DELETED", "ANNOTATIONS_DELETED"})
TRAINING: Final = "START_TRAINING"
ACTIONS: Final = _KEPT | _DELETED | {TRAINING}
_ANNOTATION: Final = (
    "id", "unique_id", "result", "was_cancelled", "lead_time", "completed_by", "parent_prediction", "created_at",
    "updated_at", "task",
)  # fmt: skip
STOPPING: Final = 10.0
"""Seconds that `Inbox.stop` waits for the event at hand."""
_PATIENCE: Final = 2.0
"""Seconds until what could not be applied now is tried again, and what another process took down is seen."""


def scrubbed(action: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a delivery: named fields only."""
    project = body.get("project")
    kept: dict[str, Any] = {}
    if action in _KEPT and isinstance(project, Mapping):
        kept["label_config"] = project.get("label_config")
    if action in _KEPT | _DELETED:
        kept["annotations"] = [_named(entry, _ANNOTATION) for entry in _entries(body, "annotation", "annotations")]
    if action in _KEPT:
        kept["tasks"] = [_named(entry, ("id", "data")) for entry in _entries(body, "task", "tasks")]
    return kept


class Inbox:
    """Takes deliveries in any thread; a thread of its own applies them.

    Of several processes on one store one applies at a time: the order is that of arrival. With a `label_studio` to
    ask, what was removed is told by the prediction that the annotator saw, else by the marking of now.
    """

    def __init__(self, service: Service, ledger: Ledger, label_studio: LabelStudio | None = None) -> None:
        self._service = service
        self._ledger = ledger
        self._label_studio = label_studio
        self._bell = threading.Event()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def start(self) -> None:
        """Begins to apply, with what an earlier process left."""
        self._thread.start()

    def stop(self) -> None:
        """Ends after the event that is being applied; the rest waits for the next start.

        Returns after `STOPPING` seconds at the latest: learning from all reviews can take minutes. An event that is not
        done when the process ends is applied at the next start.
        """
        self._ending.set()
        self._bell.set()
        if self._thread.is_alive():
            self._thread.join(STOPPING)

    def take(self, action: str, body: Mapping[str, Any]) -> bool:
        """Keeps a delivery; on return it is on the disk. False for an action that says nothing of reviews."""
        if action not in ACTIONS:
            return False
        self._ledger.keep_event(action, scrubbed(action, body))
        self._bell.set()
        return True

    def apply_all(self) -> None:
        """Applies what waits, in order, and returns; raises what the store cannot do now."""
        while self._apply_next():
            pass

    def _apply_next(self) -> bool:
        event = self._ledger.next_event()
        if event is None:
            return False
        reasons = list(self._apply(event))
        for reason in reasons:
            _LOG.warning("event %d (%s) is set aside: %s", event.seq, event.action, reason)
        self._ledger.settle_event(event.seq, reason="\n".join(reasons) or None)
        return True

    def _run(self) -> None:
        turn = Turn(self._ledger.path.with_suffix(".lock"))
        while not self._ending.is_set():
            self._bell.clear()
            try:
                while turn.mine() and not self._ending.is_set() and self._apply_next():
                    pass
            except Exception as error:
                _LOG.warning("reviews wait: %s", error)
            if not self._ending.is_set():
                self._bell.wait(_PATIENCE)
        turn.end()

    def _apply(self, event: Event) -> Iterator[str]:
        """Applies all of an event that can be applied, and says why the rest cannot."""
        for part in self._parts(event):
            try:
                part()
            except (StoreError, ModelError):
                raise
            except CaptionlintError as error:
                yield str(error)
            except Exception as error:  # a strange one must not stop those behind it
                _LOG.debug("event %d", event.seq, exc_info=True)
                yield f"{type(error).__name__}: {error}"

    def _parts(self, event: Event) -> Iterator[Callable[[], object]]:
        if event.action == TRAINING:
            yield self._learn
        for annotation in event.body.get("annotations", ()):
            if event.action in _DELETED:
                yield partial(take_back, self._service.store, self._ledger, annotation.get("id"))
            else:
                yield partial(self._keep, annotation, event.body)

    def _learn(self) -> None:
        _LOG.info("%s", learn(self._service.store, self._service.marking(timeout=0)))

    def _keep(self, annotation: dict[str, Any], body: Mapping[str, Any]) -> None:
        labelling = labelling_of(body["label_config"]) if body.get("label_config") else OWN
        before = self._ledger.annotation(annotation.get("id"))
        if before is not None and (before.deleted or (before.moment or "") > moment_of(annotation)):
            return  # what was deleted stays so, and what came late is old
        task = _task(annotation, body["tasks"], labelling)
        item_id = self._service.homes.home_of(task)
        review, blind = self._review(annotation, task, item_id, labelling)
        keep(self._service.store, self._ledger, annotation, item_id=item_id, review=review, blind=blind)

    def _review(
        self, annotation: dict[str, Any], task: Task, item_id: int, labelling: Labelling
    ) -> tuple[Review, bool]:
        marking = self._service.marking(timeout=0)
        found = batch_lookup.known(self._service.store, item_ids=[item_id], scorer_version=marking.scorer)[item_id]
        began = self._seen(annotation.get("parent_prediction"), task.caption, labelling)
        if began is None and found.prediction is not None and not found.blind:
            began = prediction_for(found.prediction, marking, labelling)
        return review_of(annotation, task.caption, prediction=began, labelling=labelling), found.blind

    def _seen(self, prediction_id: object, caption: str, labelling: Labelling) -> Mapping[str, Any] | None:
        """The prediction that an annotation began from: deliveries carry no more than its number.

        None where it is not to be had, or not to be read, such as another backend's: the review is to count.
        """
        if self._label_studio is None or not isinstance(prediction_id, int):
            return None
        try:
            found = self._label_studio.get(f"/api/predictions/{prediction_id}/")
            regions_of(found["result"], caption, labelling)
        except (LabelStudioError, RowError, TypeError, KeyError) as error:
            _LOG.info("prediction %d is not to be had: %s", prediction_id, error)
            return None
        return dict(found)


def _task(annotation: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], labelling: Labelling) -> Task:
    """The annotation's own task of those that came along; a single one of which it says nothing is its own, too."""
    number = annotation.get("task")
    alone = number is None and len(rows) == 1
    try:
        return task_of(next((row for row in rows if alone or row.get("id") == number), None), labelling)
    except RowError as error:
        raise FormatError(f"The task cannot be used: {error}") from error


def _entries(body: Mapping[str, Any], *names: str) -> Iterator[Mapping[str, Any]]:
    """One object, or a list of them, under any of these names."""
    for name in names:
        value = body.get(name)
        for entry in value if isinstance(value, list) else [value]:
            if isinstance(entry, Mapping):
                yield entry


def _named(entry: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: entry[name] for name in names if name in entry}
