"""Which marks a store shows now, and the version that Label Studio knows them by."""

from __future__ import annotations

from captionlint.core.calibration.fitting import Calibration
from captionlint.core.errors import StoreError
from captionlint.db.operations import ignored_words, scorers
from captionlint.db.rows.predictions import CALIBRATION
from captionlint.db.store import Store
from captionlint.ml_backend.label_studio.predictions import Marking


def marking_of(store: Store) -> Marking:
    """The marks of the current scorer at its threshold. Raises `StoreError` where nothing was scored yet."""
    scorer = scorers.current(store)
    if scorer is None:
        raise StoreError(f"{store.name} has no predictions: run `captionlint prelabel --db {store.name}` first.")
    fitted = scorer.details.get(CALIBRATION)
    return Marking(
        scorer=scorer.version,
        epsilon=scorer.epsilon,
        ignored=frozenset(ignored_words.ignored(store)),
        calibration=Calibration.from_dict(fitted) if fitted else None,
    )
