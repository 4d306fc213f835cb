"""Label Studio's tasks on the way out: predictions from the scorer's marks, annotations from reviews.

Names and shapes are those of `core.formats.label_studio`, which reads the tasks back. ``completed_by`` is left
out: Label Studio refuses a file that names a user it does not have, and puts the importing user in its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.formats import words
from core.formats.corrections import kept_spans
from core.formats.label_studio_regions import CONTROLS, LABEL_STUDIO_ORIGINS, MARK
from core.formats.records import ExportItem
from core.review import Review


def row_of(item: ExportItem, *, image_prefix: str = "") -> dict[str, Any]:
    """An item as a task. `image_prefix` stands before the image's name, as in ``/data/local-files/?d=``."""
    scorer = words.scorer_name(item.scorer)
    ours: dict[str, Any] = {"annotators": list(item.annotators)}
    if scorer:
        ours |= {"scorer": scorer, "words": [[word.start, word.end, word.score] for word in item.words]}
        ours |= {"epsilon": item.scorer.get("eps")}
    if item.blind:
        ours["blind"] = True
    task: dict[str, Any] = {
        "data": {"image": image_prefix + item.image, "caption": item.caption, "uid": item.id},
        "meta": {"captionlint": ours},
        "predictions": [_prediction(item, scorer)] if scorer else [],
    }
    if item.review is not None and item.review.status != "pending":
        task["annotations"] = [_annotation(item, item.review)]
    return task


def _prediction(item: ExportItem, scorer: str) -> dict[str, Any]:
    probabilities = item.pre_probabilities or (None,) * len(item.words)
    prediction: dict[str, Any] = {"model_version": scorer, "result": []}
    for index, (word, tag) in enumerate(zip(item.words, item.pre_tags, strict=True)):
        if tag != 1:
            continue
        region = _control(item, f"w{index}", (word.start, word.end), "misalign", MARK)
        probability = probabilities[index]
        if probability is not None:
            region["score"] = probability
        if word.score is not None:
            region["meta"] = {"text": [f"attribution {word.score:.6g}"]}
        prediction["result"].append(region)
    known = [one for one in probabilities if one is not None]
    if known:  # certainty: Label Studio serves the lowest first
        prediction["score"] = min(abs(one - 0.5) * 2 for one in known)
    return prediction


def _annotation(item: ExportItem, review: Review) -> dict[str, Any]:
    result = list(_regions(item))
    verdict = "Has misalignment" if result or review.corrected_caption is not None else "Caption correct"
    result.append(_task_control("verdict", "choices", "choices", verdict))
    if review.corrected_caption is not None:
        result.append(_task_control("rewrite", "textarea", "text", review.corrected_caption))
    moment = review.reviewed_at.isoformat()
    return {"result": result, "lead_time": review.seconds, "created_at": moment, "updated_at": moment}


def _regions(item: ExportItem) -> Iterator[dict[str, Any]]:
    proposed = {
        (word.start, word.end): f"w{index}"
        for index, (word, tag) in enumerate(zip(item.words, item.pre_tags, strict=True))
        if tag == 1
    }
    for number, span in enumerate(kept_spans(item)):
        place = (span.start, span.end)
        region = proposed.get(place, f"s{number}")
        yield _control(item, region, place, "misalign", MARK) | {"origin": LABEL_STUDIO_ORIGINS[span.origin]}
        yield _control(item, region, place, "kind", span.kind)
        if span.replacement is not None:
            yield _control(item, region, place, "correction", span.replacement)


def _control(item: ExportItem, region: str, place: tuple[int, int], control: str, value: str) -> dict[str, Any]:
    kind = CONTROLS[control]
    stretch: dict[str, object] = {"start": place[0], "end": place[1]}
    if kind == "textarea":
        stretch |= {"text": [value]}  # here `text` is what was typed
    else:
        stretch |= {"text": item.caption[slice(*place)], kind: [value]}
    return {"id": region, "from_name": control, "to_name": "caption", "type": kind, "value": stretch}


def _task_control(name: str, kind: str, field: str, value: str) -> dict[str, Any]:
    return {"id": name, "from_name": name, "to_name": "caption", "type": kind, "value": {field: [value]}}
