"""START_TRAINING: learns from the reviews, and shows other marks only where that makes a difference."""

from __future__ import annotations

from dataclasses import replace

from captionlint.core.errors import CalibrationError
from captionlint.core.formats.label_studio.names import OWN
from captionlint.core.prediction import Prediction
from captionlint.db.operations import calibration as calibrating
from captionlint.db.operations.reviewed_items import stream
from captionlint.db.store import Store
from captionlint.ml_backend.label_studio.predictions import Marking, prediction_for


def learn(store: Store, marking: Marking) -> str:
    """Fits a calibration to the store's reviews and adopts it if any stored prediction would change by it.

    Returns one sentence: what came of it. The version that Label Studio sees is the same as before if nothing did.
    """
    if marking.calibration is not None and marking.calibration.signals:
        return "This calibration asks the model for signals: run `captionlint calibrate --model …` to learn anew."
    base = marking.scorer if marking.calibration is None else marking.calibration.base
    if not calibrating.is_shown(store, version=base):
        return (
            f"The store shows another model's marks than {base}'s, which are made here: "
            f"run `captionlint settings --db {store.name} --scorer '{base}'`, then train."
        )
    try:
        calibration = calibrating.learn(store).calibration
    except CalibrationError as error:
        return str(error)
    learned = replace(marking, scorer=calibration.version, epsilon=-calibration.cut, calibration=calibration)
    if learned.scorer == marking.scorer or not _differ(store, marking, learned):
        return "Nothing that is shown would change: the version stays."
    calibrating.adopt(store, calibration=calibration)
    return f"Marks are now made by {calibration.version}."


def _differ(store: Store, before: Marking, after: Marking) -> bool:
    """Whether any item would be shown otherwise: other words marked, or another confidence at two digits."""
    base = after.calibration.base if after.calibration else after.scorer
    for found in stream(store, scorer_version=base):
        if found.prediction is not None and _shown(found.prediction, before) != _shown(found.prediction, after):
            return True
    return False


def _shown(raw: Prediction, marking: Marking) -> list[tuple[str, float]]:
    prediction = marking.calibration.apply(raw) if marking.calibration else raw
    regions = prediction_for(prediction, marking, OWN)["result"]
    return [(region["id"], round(region.get("score", 0.0), 2)) for region in regions]
