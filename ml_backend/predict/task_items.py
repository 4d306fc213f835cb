"""Which item of the store a task is; a task that is none yet becomes one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from captionlint.core.errors import ImageError
from captionlint.core.formats.records import SourceItem
from captionlint.db.operations import batch_lookup, items
from captionlint.db.store import Store
from captionlint.ml_backend.event_log import Ledger
from captionlint.ml_backend.images.task_images import Picture, Pictures
from captionlint.ml_backend.label_studio.tasks import Task

Content = tuple[str, str]


class Homes:
    """Finds items: by our id where a task was pushed, else by what it was found to be before."""

    def __init__(self, store: Store, ledger: Ledger, pictures: Pictures) -> None:
        self._store = store
        self._ledger = ledger
        self._pictures = pictures

    def known(self, tasks: Sequence[Task], *, scorer_version: str = "") -> dict[Content, batch_lookup.Known]:
        """Items by the tasks' content, with what a scorer has said of them; those that there are none for are left out.

        What a task was found to be before counts only where the store still has it: one made anew gives old numbers
        again.
        """
        named = [task.uid for task in tasks if task.uid]
        sources = batch_lookup.by_source(self._store, source_ids=named) if named else {}
        ids = {}
        for task in tasks:
            item_id, caption = sources.get(task.uid or "", (0, None))
            if caption == task.caption:
                ids[task.content] = item_id
        rest = [task.content for task in tasks if task.content not in ids]
        if rest:
            ids |= self._ledger.items_of(rest)
        there = batch_lookup.known(self._store, item_ids=ids.values(), scorer_version=scorer_version)
        return {
            content: there[item_id]
            for content, item_id in ids.items()
            if item_id in there and there[item_id].caption == content[1]
        }

    def items_of(self, tasks: Sequence[Task]) -> dict[Content, int]:
        """The items' ids alone."""
        return {content: item.item_id for content, item in self.known(tasks).items()}

    def settle(self, new: Mapping[Content, tuple[Task, Picture]]) -> dict[Content, int]:
        """Makes items of tasks whose pictures are here, all in one transaction; those that say the same are one."""
        if not new:
            return {}
        rows = [
            SourceItem(str(picture.path), task.caption, f"task {task.id}", id=task.uid)
            for task, picture in new.values()
        ]
        again = [  # where our id belongs to other content, the task gets one by its own
            SourceItem(row.image, row.caption, row.where) for row in rows if row.id is not None
        ]
        added = items.add(self._store, rows)
        if added.conflict_count and again:
            items.add(self._store, again)
        wanted = {(picture.sha256, task.caption): content for content, (task, picture) in new.items()}
        there = batch_lookup.by_content(self._store, contents=wanted)
        found = {
            content: there[picture.sha256, task.caption]
            for content, (task, picture) in new.items()
            if (picture.sha256, task.caption) in there
        }
        self._ledger.remember_items(found)
        return found

    def home_of(self, task: Task) -> int:
        """The item of one task, made if need be: with its picture if that can be had, else with its address.

        Raises:
            ImageError: its picture is nothing that a store can keep.
            StoreError: the store cannot be written.
        """
        known = self.items_of([task])
        if task.content in known:
            return known[task.content]
        try:
            picture = self._pictures.find(task.image, task_id=task.id)
        except ImageError:
            return self._by_address(task)
        made = self.settle({task.content: (task, picture)})
        if task.content not in made:  # its file went away meanwhile, say
            raise ImageError(f"task {task.id} has a picture that the store cannot keep.")
        return made[task.content]

    def _by_address(self, task: Task) -> int:
        location = self._pictures.location(task.image)
        row = SourceItem(location, task.caption, f"task {task.id}", id=task.uid or f"label-studio-{task.id}")
        items.add(self._store, [row])
        item_id = items.find(self._store, source_id=row.id or "")
        if item_id is None:
            raise ImageError(f"task {task.id} names no picture that a store can keep.")
        self._ledger.remember_items({task.content: item_id})
        return item_id
