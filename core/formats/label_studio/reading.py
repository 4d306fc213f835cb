"""Label Studio's tasks: what its full JSON export holds, and what its import takes.

In files the names are those of our own labelling configuration: ``$image`` and ``$caption``; the labels ``misalign``
on ``caption`` (``Misaligned``, ``Unsure``), per region the choices ``kind`` and the text ``correction``, per task the
choices ``verdict`` and the text ``rewrite``. Controls of one region share its id. Offsets count code points, as
Label Studio's do; the ``text`` of a region is never trusted, since Label Studio rewrites line ends in it.

``data.uid`` and ``meta.captionlint`` carry what Label Studio has no place for and gives back unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from captionlint.core.formats import fields
from captionlint.core.formats.files.image_paths import ImageFolder
from captionlint.core.formats.label_studio.names import OWN, Labelling, Verdict
from captionlint.core.formats.label_studio.regions import Region, ours_of, regions_of
from captionlint.core.formats.records import RowError, SourceItem, SourceScores
from captionlint.core.prediction import WordScore
from captionlint.core.review import Kind, Review, Span, Status
from captionlint.core.text.words import split_pieces

_UPLOAD: Final = re.compile(r"/data/upload/(?:\d+/)?(?:[0-9a-f]{8}-)?(?P<name>.+)")


def matches(row: Mapping[str, Any]) -> bool:
    """Whether a row is a task."""
    return isinstance(row.get("data"), dict)


def item(row: Mapping[str, Any], where: str, images: ImageFolder) -> SourceItem:
    """A task as an item; its finished annotations become reviews. Raises RowError."""
    data = row["data"]
    if "caption" not in data or "image" not in data:
        raise RowError(
            f"the task's data are {fields.listed(data)}, not image and caption: "
            "it belongs to another labelling configuration."
        )
    caption = fields.caption_of(data)
    predictions = [entry for entry in fields.entries_of(row, "predictions") if isinstance(entry, dict)]
    return SourceItem(
        image=images.place(local_name(fields.text_of(data, "image"))),
        caption=caption,
        where=where,
        id=fields.id_of(data, "uid"),
        references=fields.references_of(data),
        scores=_scores(row, predictions, caption),
        reviews=tuple(_reviews(row, predictions, caption)),
        blind=_is_blind(row),
    )


def local_name(image: str) -> str:
    """The name below the images' folder, out of the URL paths that Label Studio gives uploads and local files."""
    if image.startswith("/data/local-files/"):
        return (parse_qs(urlsplit(image).query).get("d") or [""])[0]
    upload = _UPLOAD.fullmatch(image)
    return upload["name"] if upload else image


def review_of(
    annotation: Mapping[str, Any], caption: str, prediction: Mapping[str, Any] | None, labelling: Labelling = OWN
) -> Review:
    """What an annotation decides. `prediction` is the one it began from: its regions that are gone were removed.

    A review that our own file brought says itself which marks it began from. One that Label Studio copied from a
    prediction, for many tasks at once, accepts that prediction, whichever `prediction` is given.

    Raises RowError for another configuration's controls and for regions outside of the caption.
    """
    regions = regions_of(annotation.get("result"), caption, labelling)
    said = next((region.proposed for region in regions if region.proposed is not None), None)
    if said is None and _is_copy(annotation, regions):
        proposed = {region.id: region for region in regions if region.marked}
    elif said is not None:
        proposed = {f"proposed {n}": Region("", *place) for n, place in enumerate(said)}
    else:
        began = regions_of(prediction.get("result"), caption, labelling) if prediction else []
        proposed = {region.id: region for region in began if region.marked}
    rewrite = next((region.rewrite for region in regions if region.rewrite is not None), None)
    rewrite = rewrite if rewrite != caption else None
    marked = [region for region in regions if region.marked]
    agreed = rewrite is None and _verdict(regions, "correct")
    spans = tuple(sorted(_spans(marked, proposed, agreed=agreed), key=lambda span: span.start))
    if annotation.get("was_cancelled"):  # who skips an item says nothing against its marks
        spans = tuple(span for span in spans if not span.removed)
    sorted_out = any(_kind(region) != _kind(proposed.get(region.id)) for region in marked)
    return Review(
        status=_status(annotation, regions, spans, rewrite, sorted_out=sorted_out),
        spans=spans,
        corrected_caption=rewrite,
        annotator=_annotator(annotation.get("completed_by")),
        reviewed_at=fields.moment(annotation.get("updated_at") or annotation.get("created_at")),
        seconds=fields.number_of(annotation.get("lead_time"), "lead_time"),
    )


def _is_copy(annotation: Mapping[str, Any], regions: Sequence[Region]) -> bool:
    """Whether Label Studio made an annotation of a prediction: it takes the result over as it is, without the origin
    that its editor gives each region, and nobody spent any time.
    """
    made = annotation.get("parent_prediction") is not None and annotation.get("lead_time") is None
    of_people = (region.origin or region.verdict or region.rewrite for region in regions)
    return made and not any(said is not None for said in of_people)


def _reviews(row: Mapping[str, Any], predictions: Sequence[Mapping[str, Any]], caption: str) -> Iterator[Review]:
    annotators = fields.entries_of(ours_of(row), "annotators") or [None]
    for annotation in fields.entries_of(row, "annotations"):
        if not isinstance(annotation, dict):
            raise RowError("the task's annotations are not written out; export with the full JSON format.")
        named = {"completed_by": annotators[0]} | {key: one for key, one in annotation.items() if one is not None}
        yield review_of(named, caption, _began(row, annotation, predictions))


def _began(
    row: Mapping[str, Any], annotation: Mapping[str, Any], predictions: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any] | None:
    """The prediction that an annotation began from. Label Studio's export has numbers in the list of predictions, but
    writes out beside the annotation the one that the project showed then.
    """
    if "parent_prediction" in annotation:
        there = [*predictions, annotation.get("prediction")]
        parent = annotation["parent_prediction"]
        return next((one for one in there if isinstance(one, dict) and parent and one.get("id") == parent), None)
    return predictions[0] if len(predictions) == 1 and not _is_blind(row) else None


def _spans(marked: Sequence[Region], proposed: Mapping[str, Region], *, agreed: bool) -> Iterator[Span]:
    """The marks that stand and those that were removed. Who calls the caption correct does not agree with a proposed
    mark that was only left standing; one that was given a kind or a correction is the annotator's own word.
    """
    for region in marked:
        origin = region.origin or ("prediction" if region.id in proposed else "manual")
        left = origin == "prediction" and _is_as_proposed(region, proposed.get(region.id))
        yield Span(region.start, region.end, _kind(region), region.replacement, origin, removed=agreed and left)
    for old in proposed.values():
        if not any(old is proposed.get(new.id) or (new.start < old.end and old.start < new.end) for new in marked):
            yield Span(old.start, old.end, _kind(old), old.replacement, "prediction", removed=True)


def _is_as_proposed(region: Region, old: Region | None) -> bool:
    kind, replacement = (old.kind, old.replacement) if old else (None, None)
    return region.kind in (None, kind) and region.replacement in (None, replacement)


def _kind(region: Region | None) -> Kind:
    return (region and region.kind) or "other"


def _status(
    annotation: Mapping[str, Any],
    regions: Sequence[Region],
    spans: Sequence[Span],
    rewrite: str | None,
    *,
    sorted_out: bool,
) -> Status:
    if annotation.get("was_cancelled"):
        return "skipped"
    if _verdict(regions, "unclear"):
        return "rejected"
    unmarked = rewrite is None and all(span.removed for span in spans)
    if unmarked and _verdict(regions, "misaligned"):
        return "skipped"  # something is wrong, but nobody has said where: not to be taken for right words
    if not unmarked and rewrite is None and _verdict(regions, "correct"):
        return "skipped"  # correct, with a mark of one's own: one of the two is a slip
    changed = any(span.removed or span.origin != "prediction" or span.replacement is not None for span in spans)
    return "corrected" if changed or sorted_out or rewrite is not None else "accepted"


def _verdict(regions: Sequence[Region], verdict: Verdict) -> bool:
    return any(region.verdict == verdict for region in regions)


def _annotator(completed_by: object) -> str:
    if isinstance(completed_by, dict):  # some exports write the user out
        completed_by = completed_by.get("email") or completed_by.get("id")
    return "unknown" if completed_by is None else fields.checked_text(str(completed_by), "completed_by")


def _scores(row: Mapping[str, Any], predictions: Sequence[Mapping[str, Any]], caption: str) -> tuple[SourceScores, ...]:
    ours = ours_of(row)
    if isinstance(ours.get("scorer"), str):
        epsilon = fields.number_of(ours.get("epsilon"), "epsilon")
        return (SourceScores(fields.text_of(ours, "scorer"), tuple(_own_words(ours, caption)), epsilon=epsilon),)
    return tuple(
        SourceScores(fields.optional_text(one, "model_version") or "label-studio", tuple(_words(one, caption)))
        for one in predictions
    )


def _is_blind(row: Mapping[str, Any]) -> bool:
    return ours_of(row).get("blind") is True


def _own_words(ours: Mapping[str, Any], caption: str) -> Iterator[WordScore]:
    for entry in fields.list_of(ours, "words"):
        if not isinstance(entry, list) or len(entry) != 3:
            raise RowError("meta.captionlint.words must be a list of [start, end, score].")
        start, end = fields.stretch_of(entry[0], entry[1], caption, "word")
        yield WordScore(caption[start:end], start, end, fields.number_of(entry[2], "score"))


def _words(prediction: Mapping[str, Any], caption: str) -> Iterator[WordScore]:
    """A prediction names suspicious words only: those score minus its confidence, the others 0."""
    regions = [region for region in regions_of(prediction.get("result"), caption) if region.marked]
    for piece in split_pieces(caption):
        if piece.is_word:
            over = [region.score for region in regions if region.start < piece.end and piece.start < region.end]
            yield WordScore(piece.text, piece.start, piece.end, -max(over) if over else 0.0)
