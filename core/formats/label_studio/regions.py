"""Label Studio's ``result`` list: the controls of one region, gathered under its id, and written again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from captionlint.core.formats import fields
from captionlint.core.formats.label_studio.names import OWN, Labelling, Verdict
from captionlint.core.formats.records import RowError
from captionlint.core.review import Kind, Origin

LABEL_STUDIO_ORIGINS: Final[Mapping[Origin, str]] = {
    "prediction": "prediction",
    "changed": "prediction-changed",
    "manual": "manual",
}
_ORIGINS: Final[Mapping[str, Origin]] = {theirs: ours for ours, theirs in LABEL_STUDIO_ORIGINS.items()}


@dataclass(slots=True)
class Region:
    """A stretch of the caption and what its controls say; the task's own controls have no stretch.

    `marked` is false for a stretch labelled unsure. `score` is a confidence, 0 to 1. `kind` is None where nobody gave
    one. `proposed` are the places of the marks that a review of ours began from, which it says beside its verdict.
    """

    id: str
    start: int = 0
    end: int = 0
    marked: bool = False
    kind: Kind | None = None
    replacement: str | None = None
    origin: Origin | None = None
    score: float = 1.0
    verdict: Verdict | None = None
    rewrite: str | None = None
    proposed: tuple[tuple[int, int], ...] | None = None


def regions_of(result: object, caption: str, labelling: Labelling = OWN) -> list[Region]:
    """The regions in the order of their first control.

    Raises RowError where a control is none of the configuration's, a label is unknown, or offsets leave the caption.
    """
    regions: dict[str, Region] = {}
    types = labelling.types
    for number, entry in enumerate(result if isinstance(result, list) else []):
        if not isinstance(entry, dict) or not isinstance(entry.get("value"), dict):
            raise RowError("an annotation's result has entries without a value.")
        name, kind = str(entry.get("from_name")), entry.get("type")
        if types.get(name) != kind:
            raise RowError(
                f"the control {name[:40]!r} of type {str(kind)[:40]!r} is not of our labelling configuration, "
                f"which has {', '.join(types)}."
            )
        region = regions.setdefault(str(entry.get("id", f"#{number}")), Region(str(entry.get("id", f"#{number}"))))
        if name == labelling.verdict:
            region.verdict = labelling.verdict_named(_first(entry["value"].get("choices"), "choices"))
            region.proposed = _proposed(entry, caption)
        elif name == labelling.rewrite:
            region.rewrite = _first(entry["value"].get("text"), "text")
        else:
            _region_control(region, entry, caption, labelling)
    return list(regions.values())


def control(
    labelling: Labelling,
    name: str | None,
    value: str,
    *,
    region: str,
    caption: str = "",
    place: tuple[int, int] | None = None,
) -> list[dict[str, Any]]:
    """What one control says of a region, or of the task where `place` is None; nothing if there is no such control.

    Raises:
        ValueError: the place lies outside of the caption.
    """
    if name is None:
        return []
    kind = labelling.types[name]
    said: dict[str, object] = {"text" if kind == "textarea" else kind: [value]}  # `text` can be what was typed
    if place is not None:
        start, end = place
        if not 0 <= start < end <= len(caption):
            raise ValueError(f"the region at {start}:{end} lies outside of a caption of {len(caption)} characters")
        said = {"start": start, "end": end, "text": caption[start:end]} | said
    return [{"id": region, "from_name": name, "to_name": labelling.text, "type": kind, "value": said}]


def _region_control(region: Region, entry: Mapping[str, Any], caption: str, labelling: Labelling) -> None:
    value = entry["value"]
    region.start, region.end = fields.stretch_of(value.get("start"), value.get("end"), caption, "region")
    if entry["from_name"] == labelling.marks:
        _label(region, entry, labelling)
    elif entry["from_name"] == labelling.kind:
        region.kind = labelling.kind_named(_first(value.get("choices"), "choices"))
    else:
        region.replacement = _first(value.get("text"), "text") or ""


def _proposed(entry: Mapping[str, Any], caption: str) -> tuple[tuple[int, int], ...] | None:
    """What `label_studio_tasks` wrote into the verdict's ``meta``, which Label Studio keeps when it is changed, too."""
    ours = ours_of(entry)
    if "proposed" not in ours:
        return None
    places = []
    for place in fields.list_of(ours, "proposed"):
        if not isinstance(place, list) or len(place) != 2:
            raise RowError("meta.captionlint.proposed must be a list of [start, end].")
        places.append(fields.stretch_of(place[0], place[1], caption, "proposed mark"))
    return tuple(places)


def ours_of(carrier: Mapping[str, Any]) -> Mapping[str, Any]:
    """What we wrote into the ``meta`` of a task or of a control; Label Studio keeps it."""
    meta = carrier.get("meta")
    ours = meta.get("captionlint") if isinstance(meta, dict) else None
    return ours if isinstance(ours, dict) else {}


def _label(region: Region, entry: Mapping[str, Any], labelling: Labelling) -> None:
    if entry.get("origin") is not None:  # a mark's origin is that of its label: what is typed beside is always manual
        region.origin = _ORIGINS.get(str(entry["origin"]), "manual")
    label = _first(entry["value"].get("labels"), "labels")
    if label not in (labelling.mark, labelling.unsure):
        known = " or ".join(name for name in (labelling.mark, labelling.unsure) if name is not None)
        raise RowError(f"the label {str(label)[:40]!r} is not {known}, the only ones that are understood here.")
    region.marked = label == labelling.mark
    score = fields.number_of(entry.get("score"), "score")
    region.score = 1.0 if score is None else min(max(score, 0.0), 1.0)


def _first(value: object, name: str) -> str | None:
    entries = value if isinstance(value, list) else [value]
    return fields.checked_text(entries[0], name) if entries and entries[0] is not None else None
