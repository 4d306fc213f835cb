"""Which marks a store shows now, and the version that Label Studio knows them by."""

from __future__ import annotations

from core.calibration import Calibration
from core.errors import StoreError
from db.operations import scorers, vocabulary
from db.operations.predictions import CALIBRATION
from db.store import Store
from ml_backend.predictions import Marking


def marking_of(store: Store) -> Marking:
    """The marks of the current scorer at its threshold. Raises `StoreError` where nothing was scored yet."""
    scorer = scorers.current(store)
    if scorer is None:
        raise StoreError(f"{store.name} has no predictions: run `captionlint prelabel --db {store.name}` first.")
    fitted = scorer.details.get(CALIBRATION)
    return Marking(
        scorer=scorer.version,
        epsilon=scorer.epsilon,
        ignored=frozenset(vocabulary.ignored(store)),
        calibration=Calibration.from_dict(fitted) if fitted else None,
    )
