"""Several of a store's settings changed at once: all of them, or none where one is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from captionlint.db.operations import ignored_words, queue, scorers
from captionlint.db.store import Store


def change(
    store: Store,
    *,
    scorer: str | None = None,
    epsilon: float | None = None,
    blind_share: float | None = None,
    never_mark: Sequence[str] = (),
    mark_again: Sequence[str] = (),
    files: tuple[str, Mapping[str, Any]] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Changes what is named, the scorer first: `epsilon` is then its own. Nothing is scored anew.

    `files` are version and details for `scorers.remember_files`.

    The queue's order follows, `on_progress` as in `scorers.finish_ranking`; stopped then, the change is kept.

    Raises what `scorers.choose`, `scorers.set_epsilon`, `scorers.remember_files`, `queue.set_blind_share` and
    `ignored_words.ignore` raise, and then nothing has changed.
    """
    never = [ignored_words.checked(word) for word in never_mark]
    with store.writing() as session:
        if blind_share is not None:
            queue.set_blind_share_in(session, blind_share)
        if scorer is not None:
            scorers.choose_in(session, scorer)
        if epsilon is not None:
            scorers.set_epsilon_in(session, epsilon, store_name=store.name)
        for word in never:
            ignored_words.ignore_in(session, word)
        for word in mark_again:
            ignored_words.heed_in(session, word)
        if files is not None:
            version, details = files
            scorers.remember_files_in(session, store, version=version, details=details)
    scorers.finish_ranking(store, on_progress=on_progress)
