"""Label Studio's tasks on the way out: predictions from the scorer's marks, annotations from reviews.

Names and shapes are those of `core.formats.label_studio.reading`, which reads the tasks back. ``completed_by`` is left
out: Label Studio refuses a file that names a user it does not have, and puts the importing user in its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from captionlint.core.formats.corrections import kept_spans
from captionlint.core.formats.label_studio.names import OWN, Verdict
from captionlint.core.formats.label_studio.predictions import prediction_of
from captionlint.core.formats.label_studio.regions import LABEL_STUDIO_ORIGINS, control
from captionlint.core.formats.records import ExportItem
from captionlint.core.formats.round_trip import words
from captionlint.core.review import Review


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
    return prediction_of(
        item.caption,
        item.words,
        marked=[tag == 1 for tag in item.pre_tags],
        confidences=item.pre_probabilities or [None] * len(item.words),
        version=scorer,
    )


def _annotation(item: ExportItem, review: Review) -> dict[str, Any]:
    result = list(_regions(item))
    verdict: Verdict = "misaligned" if result or review.corrected_caption is not None else "correct"
    (said,) = control(OWN, OWN.verdict, dict(OWN.verdicts)[verdict], region="verdict")
    # Label Studio numbers predictions anew and forgets which one this began from; what it keeps is the verdict's meta.
    result.append(said | {"meta": {"captionlint": {"proposed": _proposed(review)}}})
    if review.corrected_caption is not None:
        result += control(OWN, OWN.rewrite, review.corrected_caption, region="rewrite")
    moment = review.reviewed_at.isoformat()
    return {"result": result, "lead_time": review.seconds, "created_at": moment, "updated_at": moment}


def _proposed(review: Review) -> list[list[int]]:
    return [[span.start, span.end] for span in review.spans if span.removed or span.origin == "prediction"]


def _regions(item: ExportItem) -> Iterator[dict[str, Any]]:
    proposed = {
        (word.start, word.end): f"w{index}"
        for index, (word, tag) in enumerate(zip(item.words, item.pre_tags, strict=True))
        if tag == 1
    }
    for number, span in enumerate(kept_spans(item)):
        where: dict[str, Any] = {"caption": item.caption, "place": (span.start, span.end)}
        where["region"] = proposed.get((span.start, span.end), f"s{number}")
        (mark,) = control(OWN, OWN.marks, OWN.mark, **where)
        yield mark | {"origin": LABEL_STUDIO_ORIGINS[span.origin]}
        if span.kind != "other":  # which is what a mark is that nobody gave a kind
            yield from control(OWN, OWN.kind, OWN.choice_for(span.kind) or span.kind, **where)
        if span.replacement is not None:
            yield from control(OWN, OWN.correction, span.replacement, **where)
