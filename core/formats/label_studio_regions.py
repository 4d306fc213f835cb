"""Label Studio's ``result`` list: the controls of one region, gathered under its id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.formats import fields
from core.formats.records import RowError
from core.formats.words import kind_of
from core.review import Kind, Origin

MARK: Final = "Misaligned"
UNSURE: Final = "Unsure"
CONTROLS: Final = {"misalign": "labels", "kind": "choices", "correction": "textarea"}
TASK_CONTROLS: Final = {"verdict": "choices", "rewrite": "textarea"}
LABEL_STUDIO_ORIGINS: Final[Mapping[Origin, str]] = {
    "prediction": "prediction",
    "changed": "prediction-changed",
    "manual": "manual",
}
_ORIGINS: Final[Mapping[str, Origin]] = {theirs: ours for ours, theirs in LABEL_STUDIO_ORIGINS.items()}


@dataclass(slots=True)
class Region:
    """A stretch of the caption and what its controls say; the task's own controls have no stretch.

    `marked` is false for a stretch labelled ``Unsure``. `score` is a confidence, 0 to 1.
    """

    id: str
    start: int = 0
    end: int = 0
    marked: bool = False
    kind: Kind = "other"
    replacement: str | None = None
    origin: Origin | None = None
    score: float = 1.0
    verdict: str | None = None
    rewrite: str | None = None


def regions_of(result: object, caption: str) -> list[Region]:
    """The regions in the order of their first control.

    Raises RowError where a control is none of ours, a label is unknown, or offsets leave the caption.
    """
    regions: dict[str, Region] = {}
    for number, entry in enumerate(result if isinstance(result, list) else []):
        if not isinstance(entry, dict) or not isinstance(entry.get("value"), dict):
            raise RowError("an annotation's result has entries without a value.")
        name, kind = entry.get("from_name"), entry.get("type")
        if (CONTROLS | TASK_CONTROLS).get(str(name)) != kind:
            raise RowError(
                f"the control {str(name)[:40]!r} of type {str(kind)[:40]!r} is not of our labelling configuration, "
                f"which has {', '.join(CONTROLS | TASK_CONTROLS)}."
            )
        region = regions.setdefault(str(entry.get("id", f"#{number}")), Region(str(entry.get("id", f"#{number}"))))
        if name in TASK_CONTROLS:
            _task_control(region, str(name), entry["value"])
        else:
            _region_control(region, entry, caption)
    return list(regions.values())


def _task_control(region: Region, name: str, value: Mapping[str, Any]) -> None:
    if name == "verdict":
        region.verdict = _first(value.get("choices"), "choices")
    else:
        region.rewrite = _first(value.get("text"), "text")


def _region_control(region: Region, entry: Mapping[str, Any], caption: str) -> None:
    value = entry["value"]
    region.start, region.end = fields.offset_of(value.get("start"), "start"), fields.offset_of(value.get("end"), "end")
    if not region.start < region.end <= len(caption):
        raise RowError(f"the region at {region.start}:{region.end} lies outside of the caption.")
    if entry["from_name"] == "misalign":  # a mark's origin is that of its label: what is typed beside is always manual
        if entry.get("origin") is not None:
            region.origin = _ORIGINS.get(str(entry["origin"]), "manual")
        label = _first(value.get("labels"), "labels")
        if label not in (MARK, UNSURE):
            raise RowError(f"the label {str(label)[:40]!r} is neither {MARK} nor {UNSURE}.")
        region.marked = label == MARK
        score = fields.number_of(entry.get("score"), "score")
        region.score = 1.0 if score is None else min(max(score, 0.0), 1.0)
    elif entry["from_name"] == "kind":
        region.kind = kind_of(_first(value.get("choices"), "choices"))
    else:
        region.replacement = _first(value.get("text"), "text") or ""


def _first(value: object, name: str) -> str | None:
    entries = value if isinstance(value, list) else [value]
    return fields.checked_text(entries[0], name) if entries and entries[0] is not None else None
