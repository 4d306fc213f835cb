"""Pre-annotation while someone annotates: the caption as it would be with their corrections, scored again.

Label Studio gives the regions of the moment, and takes regions on the caption that it shows. So words of the edited
caption that are still doubtful are shown where they stand in the original one.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from captionlint.core.errors import CaptionlintError
from captionlint.core.formats.corrections import with_replacements
from captionlint.core.formats.label_studio.names import Labelling
from captionlint.core.formats.label_studio.regions import Region, regions_of
from captionlint.core.prediction import Prediction, WordScore
from captionlint.core.review import Span
from captionlint.core.text.edits import follow
from captionlint.core.text.words import split_pieces
from captionlint.db.operations import batch_lookup
from captionlint.ml_backend.label_studio.predictions import Marking, nothing, prediction_for
from captionlint.ml_backend.label_studio.tasks import Task
from captionlint.ml_backend.predict.service import Service

_LOG: Final = logging.getLogger(__name__)


def suggest(service: Service, task: Task, labelling: Labelling, context: Any) -> dict[str, Any]:
    """One prediction for one task.

    Where the context has corrections or a rewritten caption, that caption is scored and what of it is doubtful is
    marked; where it has but selected words, their marks alone are given; where it has nothing, all marks.
    """
    until = time.monotonic() + service.deadline
    regions = _regions(context, task.caption, labelling)
    (plain,) = service.answer([task], labelling)
    if "result" not in plain:
        return {**plain, "result": []}
    edited = _edited(task.caption, regions)
    if edited is not None and edited != task.caption:
        return _rescored(service, task, labelling, edited, until) or plain
    selected = [(region.start, region.end) for region in regions if region.end]
    if not selected:
        return plain
    marking = service.marking(timeout=0)
    prediction = _prediction(service, task, marking)
    if prediction is None:
        return plain
    words = [_select(word, selected) for word in prediction.words]
    return prediction_for(replace(prediction, words=tuple(words)), marking, labelling)


def _regions(context: Any, caption: str, labelling: Labelling) -> list[Region]:
    try:
        return regions_of(context.get("result") if isinstance(context, dict) else None, caption, labelling)
    except CaptionlintError as error:
        _LOG.warning("a context cannot be read: %s", error)
        return []


def _edited(caption: str, regions: Sequence[Region]) -> str | None:
    """The caption as it would be, or None where nothing was written."""
    rewrite = next((region.rewrite for region in regions if region.rewrite), None)
    spans: list[Span] = []
    for region in sorted(regions, key=lambda r: r.start):
        apart = not spans or spans[-1].end <= region.start
        if region.end and region.replacement is not None and apart:
            spans.append(Span(region.start, region.end, replacement=region.replacement))
    if rewrite is not None:
        return rewrite
    return with_replacements(caption, spans) if spans else None


def _rescored(service: Service, task: Task, labelling: Labelling, edited: str, until: float) -> dict[str, Any] | None:
    """The edited caption's marks on the original one; a word that was put in marks what it stands in place of."""
    path = _picture(service, task)
    scored = service.score(path, edited, until=until) if path is not None and edited.strip() else None
    if scored is None:
        return None
    marking = service.marking(timeout=0)
    lowest: dict[tuple[int, int], WordScore] = {}
    for word in scored.words:
        (place,) = follow([Span(word.start, word.end)], edited, task.caption)
        if place is None or word.score is None:
            continue
        for piece in split_pieces(task.caption):
            if piece.is_word and piece.start < place.end and place.start < piece.end:
                there = lowest.get((piece.start, piece.end))
                if there is None or there.score is None or word.score < there.score:
                    lowest[piece.start, piece.end] = WordScore(piece.text, piece.start, piece.end, word.score)
    pieces = [piece for piece in split_pieces(task.caption) if piece.is_word]
    words = tuple(lowest.get((p.start, p.end), WordScore(p.text, p.start, p.end, None)) for p in pieces)
    if all(word.score is None for word in words):
        return nothing(marking.version)
    return prediction_for(replace(scored, caption=task.caption, words=words), marking, labelling)


def _select(word: WordScore, selected: Sequence[tuple[int, int]]) -> WordScore:
    """The word, or one without a score where it was not selected: unmarked, yet in its place."""
    chosen = any(start < word.end and word.start < end for start, end in selected)
    return word if chosen else WordScore(word.text, word.start, word.end, None)


def _prediction(service: Service, task: Task, marking: Marking) -> Prediction | None:
    item = _item(service, task, marking)
    return item.prediction if item else None


def _picture(service: Service, task: Task) -> Path | None:
    item = _item(service, task, service.marking(timeout=0))
    return Path(item.image) if item and "://" not in item.image else None


def _item(service: Service, task: Task, marking: Marking) -> batch_lookup.Known | None:
    return service.homes.known([task], scorer_version=marking.scorer).get(task.content)
