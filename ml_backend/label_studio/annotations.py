"""From Label Studio's annotations to reviews; webhooks and ``label-studio pull`` come through here alike."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC
from typing import Any

from captionlint.core.errors import FormatError
from captionlint.core.formats.fields import moment
from captionlint.core.formats.label_studio import reading
from captionlint.core.formats.label_studio.names import OWN, Labelling
from captionlint.core.review import Review, Span
from captionlint.core.text.words import split_pieces


def review_of(
    annotation: Mapping[str, Any],
    caption: str,
    *,
    prediction: Mapping[str, Any] | None = None,
    labelling: Labelling = OWN,
) -> Review:
    """What an annotation decides. `prediction` is the one it began from: its regions that are gone were removed.

    Offsets count, the annotation's ``text`` never does: Label Studio rewrites line ends in it. Marks drawn by hand
    are widened to whole words, since the unit is the word. The annotator is Label Studio's number of the user.

    Raises:
        FormatError: it belongs to another configuration, or its offsets leave the caption.
    """
    began = prediction if annotation.get("parent_prediction") is not None else None
    review = reading.review_of(annotation, caption, began, labelling)
    spans = tuple(span if span.origin == "prediction" else _whole_words(span, caption) for span in review.spans)
    return replace(review, spans=_once(spans))


def review_uid(annotation: Mapping[str, Any]) -> str:
    """Names one state of one annotation, the same by webhook, pull and export, so that none is kept twice.

    By its id: the ``unique_id`` comes by webhook and export, but not by Label Studio's own lists of tasks.

    Raises:
        FormatError: the annotation has no id.
    """
    name = annotation.get("id")
    if name is None:
        raise FormatError("The annotation has no id; export with the full JSON format.")
    return uid_of(name, moment_of(annotation))


def uid_of(*parts: object) -> str:
    """Names a revision that comes from Label Studio by what tells it from others, in 32 letters."""
    return "ls-" + hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:29]


def moment_of(annotation: Mapping[str, Any]) -> str:
    """When an annotation came to be as it is: ISO 8601 in UTC, so that texts are in the order of time."""
    return moment(annotation.get("updated_at") or annotation.get("created_at")).astimezone(UTC).isoformat()


def _whole_words(span: Span, caption: str) -> Span:
    """The span widened to the pieces that it touches; one on white space alone stays as it is."""
    touched = [piece for piece in split_pieces(caption) if piece.start < span.end and span.start < piece.end]
    if not touched:
        return span
    return replace(span, start=touched[0].start, end=touched[-1].end)


def _once(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Each stretch once: drawn twice, it was meant once."""
    return tuple({(span.start, span.end, span.removed): span for span in reversed(spans)}.values())[::-1]
