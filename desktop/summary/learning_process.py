"""The process that learns from a store's reviews: no Qt here. It tells how far it is, and ends with its result."""

from __future__ import annotations

from dataclasses import dataclass
from multiprocessing.connection import Connection

from captionlint.core.errors import CaptionlintError


@dataclass(frozen=True, slots=True)
class Marking:
    """How many items have their new marks, and of how many."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned, on images that the fit has not seen; figures are `core.calibration.evaluation.Figures`'."""

    captions: int
    ap: float
    ap_attribution: float
    ap_blind: float
    flag_rate: float


@dataclass(frozen=True, slots=True)
class SignalsNeeded:
    """The marks in use ask a model more than is stored; a fit without that would be a step back."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing was learned, in a sentence."""

    said: str


def learn(connection: Connection, db: str) -> None:
    """Fits a calibration to the reviews and adopts it."""
    try:
        connection.send(_learn(connection, db))
    except (CaptionlintError, OSError) as error:
        connection.send(Refused(str(error)))


def _learn(connection: Connection, db: str) -> Learned | SignalsNeeded:
    from captionlint.core.calibration.evaluation import judge
    from captionlint.db.operations import calibration
    from captionlint.db.store import Store

    with Store.open(db, create=False) as store:
        current = calibration.current_calibration(store)
        if current is not None and current.signals:
            return SignalsNeeded()
        fitted = calibration.learn(store)
        figures = judge(fitted)
        calibration.adopt(
            store,
            calibration=fitted.calibration,
            on_progress=lambda done, total: connection.send(Marking(done, total)),
        )
    return Learned(figures.captions, figures.ap, figures.ap_attribution, figures.ap_blind, figures.flag_rate)
