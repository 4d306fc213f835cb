"""``label-studio pull``: a project's annotations as reviews in the store. It needs no webhook, and makes up for lost
ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from captionlint.core.errors import FormatError, ImageError, LabelStudioError
from captionlint.core.formats.records import RowError
from captionlint.db.operations import items
from captionlint.db.store import Store
from captionlint.ml_backend.bridge.project import Project, tasks
from captionlint.ml_backend.event_log import Ledger
from captionlint.ml_backend.label_studio.annotations import review_of
from captionlint.ml_backend.label_studio.client import LabelStudio
from captionlint.ml_backend.label_studio.tasks import task_of
from captionlint.ml_backend.predict.task_items import Homes
from captionlint.ml_backend.reviews.sync import keep, take_back


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
    not on the server any more, though its task is, is taken back, unless its annotator has decided otherwise since. A
    task that is no item of the store becomes one.

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
    for annotation_id in _gone(homes, ledger, label_studio, project, present):
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
        blind = items.get(self.store, item_id=item_id).blind
        return keep(self.store, self.ledger, annotation, item_id=item_id, review=review, blind=blind)


def _gone(
    homes: Homes, ledger: Ledger, label_studio: LabelStudio, project: Project, present: set[str]
) -> Iterator[str]:
    """Annotations that were kept and are on the server no more; those of other projects still are.

    Who clears away tasks or a whole project does not take back what was said there: the project must have the task.
    """
    missing = [name for name in ledger.standing_annotations() if name not in present]
    here = _items_here(homes, label_studio, project) if missing else set()
    for annotation_id in missing:
        kept = ledger.annotation(annotation_id)
        if kept is None or kept.item_id not in here:
            continue
        try:
            label_studio.get(f"/api/annotations/{annotation_id}/")
        except LabelStudioError as error:
            if error.status != 404:
                raise
            yield annotation_id


def _items_here(homes: Homes, label_studio: LabelStudio, project: Project) -> set[int]:
    found = []
    for row in tasks(label_studio, project, fields=("data",)):
        with suppress(RowError):
            found.append(task_of(row, project.labelling))
    return set(homes.items_of(found).values())


def _changed(annotation: Mapping[str, Any]) -> str:
    return str(annotation.get("updated_at") or annotation.get("created_at") or "")
