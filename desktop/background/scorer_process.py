"""What runs in the scorer's process: no Qt here, and torch loads here only.

Requests come through a pipe; of those that wait, only the newest of each kind is answered.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from captionlint.core.clip.model_spec import ModelSpec, check_same
from captionlint.core.errors import CaptionlintError
from captionlint.core.prediction import Failure, Prediction

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from captionlint.core.clip.heatmap import HeatMaps
    from captionlint.core.clip.scorer import Scorer

_SHORTLIST: Final = 24
_OFFERED: Final = 5


@dataclass(frozen=True, slots=True)
class Score:
    """Score one caption against one picture."""

    number: int
    image: str
    caption: str


@dataclass(frozen=True, slots=True)
class Heat:
    """Where in the picture the evidence for a word lies."""

    number: int
    image: str
    word: str
    method: Literal["gradient", "occlusion"] = "gradient"


@dataclass(frozen=True, slots=True)
class Rank:
    """Which candidates fit best in place of ``caption[start:end]``."""

    number: int
    image: str
    caption: str
    start: int
    end: int
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cancel:
    """Give up what is being worked on, if it takes long."""

    number: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """The model is there; `details` as the store keeps them."""

    version: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long request is."""

    number: int
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class HeatSeen:
    """A `core.clip.heatmap.HeatMap` as the window gets it: that module's own class would load torch where it arrives.

    `values` by patch, (rows, columns); `box`: the part of the picture that they cover, as there.
    """

    values: NDArray[np.float32]
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request came to: a `Prediction`, a heat map, ranked suggestions, or an error in one sentence."""

    number: int
    value: Prediction | HeatSeen | tuple[tuple[str, float], ...] | None
    error: str | None = None


Request = Score | Heat | Rank | Cancel


class _Cancelled(Exception):
    """A newer request came, or nobody wants the answer any more."""


def run(connection: Connection, spec: ModelSpec, calibration: dict[str, Any] | None, wanted: dict[str, Any]) -> None:
    """Loads the model and answers until the pipe closes.

    `wanted` are the details of the stored scorer that it is to be: files that give another one are refused.
    """
    with suppress(OSError, AttributeError):  # the window goes first; there is no nice on Windows
        os.nice(10)
    try:
        scorer = _load(spec, wanted)
    except Exception as error:
        connection.send(Answer(0, None, _said(error)))
        return
    connection.send(Loaded(scorer.version, dict(scorer.details)))
    with suppress(EOFError, OSError):
        _Desk(connection, scorer, calibration).serve()


def _load(spec: ModelSpec, wanted: dict[str, Any]) -> Scorer:
    spec.check()
    spec.check_weights(wanted)
    import torch

    torch.set_num_threads(max(1, (os.cpu_count() or 2) // 2))
    from captionlint.core.clip.scorer import Scorer

    scorer = Scorer.from_spec(spec)
    check_same(wanted, scorer.details)
    return scorer


class _Desk:
    """Takes requests in, answers them one after the other."""

    def __init__(self, connection: Connection, scorer: Scorer, calibration: dict[str, Any] | None) -> None:
        self._connection, self._scorer = connection, scorer
        self._calibration = calibration
        self._waiting: deque[Request] = deque()
        self._maps: HeatMaps | None = None
        self._words: dict[str, Tensor] = {}
        self._unreadable: set[str] = set()

    def serve(self) -> None:
        while True:
            if not self._waiting:
                self._take(self._connection.recv())
            self._drain()
            request = self._waiting.popleft()
            if not isinstance(request, Cancel):
                self._answer(request)

    def _drain(self) -> None:
        while self._connection.poll():
            self._take(self._connection.recv())

    def _take(self, request: Request) -> None:
        self._waiting = deque(r for r in self._waiting if type(r) is not type(request))
        self._waiting.append(request)

    def _answer(self, request: Score | Heat | Rank) -> None:
        try:
            value: Any = self._work(request)
        except _Cancelled:
            return
        except Exception as error:
            self._connection.send(Answer(request.number, None, _said(error)))
            return
        if isinstance(value, Failure):
            self._connection.send(Answer(request.number, None, value.reason))
        else:
            self._connection.send(Answer(request.number, value))

    def _work(self, request: Score | Heat | Rank) -> object:
        if isinstance(request, Score):
            return self._score(request)
        if isinstance(request, Rank):
            return self._rank(request)
        return self._heat(request)

    def _score(self, request: Score) -> Prediction | Failure:
        """On the scale of the scores that are shown: a calibrated scorer's are probabilities."""
        found = self._scorer.try_score([Path(request.image)], [request.caption])[0]
        if self._calibration is None or isinstance(found, Failure):
            return found
        from captionlint.core.calibration.fitting import Calibration

        return Calibration.from_dict(self._calibration).apply(found)

    def _heat(self, request: Heat) -> HeatSeen:
        from captionlint.core.clip.heatmap import HeatMaps

        if self._maps is None:
            self._maps = HeatMaps(self._scorer)
        if request.method == "gradient":
            found = self._maps.of_word(Path(request.image), request.word)
            return HeatSeen(found.values, found.box)

        def moved(done: int, total: int) -> None:
            self._connection.send(Progress(request.number, done, total))
            self._drain()
            if any(isinstance(r, Heat | Cancel) for r in self._waiting):
                raise _Cancelled

        found = self._maps.by_occlusion(Path(request.image), [request.word], on_progress=moved)[0]
        return HeatSeen(found.values, found.box)

    def _rank(self, request: Rank) -> tuple[tuple[str, float], ...]:
        """Words that make the caption fit the picture better, each with its share of the best one's gain."""
        import torch

        picture = self._scorer.picture_features(Path(request.image))
        known = self._features(request.candidates)
        if not known:
            return ()
        candidates = list(known)
        alone = torch.stack(list(known.values())) @ picture
        chosen = [candidates[i] for i in alone.argsort(descending=True)[:_SHORTLIST].tolist()]
        before, after = request.caption[: request.start], request.caption[request.end :]
        texts = [request.caption, *(before + word + after for word in chosen)]
        own, *others = (self._scorer.text_features(texts) @ picture).tolist()
        gains = sorted(((value - own, word) for value, word in zip(others, chosen, strict=True)), reverse=True)
        top = max(gains[0][0], 1e-9) if gains else 1.0
        return tuple((word, gain / top) for gain, word in gains[:_OFFERED] if gain > 0)

    def _features(self, words: Sequence[str]) -> dict[str, Tensor]:
        """Unit features of those words that the model's tokenizer can read."""
        new = [w for w in words if w not in self._words and w not in self._unreadable]
        readable = [w for w in new if self._scorer.can_read(w)]
        self._unreadable |= set(new) - set(readable)
        if readable:
            self._words |= dict(zip(readable, self._scorer.text_features(readable), strict=True))
        return {w: self._words[w] for w in words if w in self._words}


def _said(error: Exception) -> str:
    if isinstance(error, CaptionlintError | OSError):
        return str(error)
    return f"The model failed ({type(error).__name__}: {error})."
