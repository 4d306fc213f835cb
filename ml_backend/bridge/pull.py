"""``label-studio pull``: a project's annotations as reviews in the store. It needs no webhook, and makes up for lost
ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Any

from core.errors import FormatError, ImageError, LabelStudioError
from core.formats.records import RowError
from core.formats.words import moment
from db.operations import items, reviews
from db.store import Store
from ml_backend.annotations import review_of, review_uid
from ml_backend.bridge.client import LabelStudio
from ml_backend.bridge.project import Project, tasks
from ml_backend.homes import Homes
from ml_backend.ledger import KeptAnnotation, Ledger
from ml_backend.tasks import task_of
from ml_backend.webhooks import take_back


@dataclass(frozen=True, slots=True)
class Pulled:
    """What came: reviews kept, those that were here already, reviews taken back because their annotation is gone,
    and what could not be read, with the reason.
    """

    kept: int = 0
    known: int = 0
    taken_back: int = 0
    problems: tuple[str, ...] = ()


def pull(
    homes: Homes,
    store: Store,
    ledger: Ledger,
    label_studio: LabelStudio,
    *,
    project: Project,
    on_progress: Callable[[int], None] | None = None,
) -> Pulled:
    """Keeps what people decided, with the origin of every mark; a mark of the prediction that is gone was removed.

    An annotation counts once, whether it comes by webhook or by this, and again only when it was changed. One that is
    not on the server any more is taken back, unless its annotator has decided otherwise since. A task that is no item
    of the store becomes one.

    Raises:
        LabelStudioError: the server cannot be reached or refuses; what came is kept, and the next run goes on.
    """
    taking = _Taking(homes, store, ledger, project)
    pulled, present = Pulled(), set[str]()
    for number, row in enumerate(tasks(label_studio, project, annotated=True), 1):
        present |= {str(annotation.get("id")) for annotation in row["annotations"]}
        pulled = taking.task(row, pulled)
        if on_progress:
            on_progress(number)
    for annotation_id in _gone(ledger, label_studio, present):
        pulled = replace(pulled, taken_back=pulled.taken_back + take_back(store, ledger, annotation_id))
    return pulled


@dataclass(frozen=True, slots=True)
class _Taking:
    homes: Homes
    store: Store
    ledger: Ledger
    project: Project

    def task(self, row: Mapping[str, Any], pulled: Pulled) -> Pulled:
        """Keeps the annotations of one task, in the order in which they were last changed."""
        try:
            item_id = self.homes.home_of(task_of(row, self.project.labelling))
        except (RowError, ImageError) as error:
            return replace(pulled, problems=(*pulled.problems, f"task {row['id']}: {error}"))
        for annotation in sorted(row["annotations"], key=_changed):
            try:
                is_new = self._keep(row, annotation, item_id)
            except FormatError as error:
                problem = f"annotation {annotation.get('id')} of task {row['id']}: {error}"
                pulled = replace(pulled, problems=(*pulled.problems, problem))
            else:
                pulled = replace(pulled, kept=pulled.kept + is_new, known=pulled.known + (not is_new))
        return pulled

    def _keep(self, row: Mapping[str, Any], annotation: Mapping[str, Any], item_id: int) -> bool:
        """True for a review that was not here yet."""
        caption = row["data"][self.project.labelling.caption]
        parent = annotation.get("parent_prediction")
        began = next((one for one in row.get("predictions") or () if one["id"] == parent), None)
        review = review_of(annotation, caption, prediction=began, labelling=self.project.labelling)
        uid = review_uid(annotation)
        blind = items.get(self.store, item_id=item_id).blind
        made = reviews.adopt(self.store, item_id=item_id, review=review, uid=uid, blind=blind)
        when = moment(_changed(annotation)).astimezone(UTC).isoformat()
        kept = KeptAnnotation(item_id, review.annotator, uid, when, deleted=False)
        self.ledger.remember_annotation(annotation["id"], kept)
        return made is not None


def _gone(ledger: Ledger, label_studio: LabelStudio, present: set[str]) -> Iterator[str]:
    """Annotations that were kept and are on the server no more; those of other projects still are."""
    for annotation_id in ledger.standing_annotations():
        if annotation_id in present:
            continue
        try:
            label_studio.get(f"/api/annotations/{annotation_id}/")
        except LabelStudioError as error:
            if error.status != 404:
                raise
            yield annotation_id


def _changed(annotation: Mapping[str, Any]) -> str:
    return str(annotation.get("updated_at") or annotation.get("created_at") or "")
