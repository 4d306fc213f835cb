"""The names in a project's labelling configuration: found in its XML, never assumed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from captionlint.core.errors import FormatError
from captionlint.core.formats.label_studio.names import OWN, Labelling, Verdict
from captionlint.core.review import KINDS, Kind

CONFIG_FILE: Final = Path(__file__).parents[1] / "labeling_config.xml"
LONGEST: Final = 1_000_000
"""Characters that a configuration may have; real ones have a few thousand."""
DEEPEST: Final = 100


class LabellingError(FormatError):
    """A labelling configuration that captions cannot be marked with."""


def own_config() -> str:
    """Our own labelling configuration, which a new project is made with."""
    return CONFIG_FILE.read_text(encoding="utf-8")


@lru_cache(maxsize=64)
def labelling_of(config: str) -> Labelling:
    """The names of the first Labels on a Text and what stands beside them; controls that are not there are None.

    A choice or label stands for ours by its alias or value, whatever its case; where no label does, the first one is
    the mark. Where it has an alias, that is what Label Studio writes into results.

    Raises:
        LabellingError: it is no XML, it has entities, or it has no Image or no Labels on a Text.
    """
    root = _parsed(config)
    texts = {name: tag for tag in root.iter("Text") if (name := tag.get("name"))}
    marks = next((tag for tag in root.iter("Labels") if tag.get("toName") in texts and tag.get("name")), None)
    image = next((key for tag in root.iter("Image") if (key := _key(tag))), None)
    if marks is None or image is None:
        raise LabellingError(
            "The labelling configuration has no Image, or no Labels on a Text: "
            "take ml_backend/labeling_config.xml, or add them."
        )
    text = marks.get("toName", "")
    if (texts[text].get("valueType") or "text") == "url":  # then a task has the caption's address, not the caption
        raise LabellingError(
            f'In the labelling configuration the Text {text!r} shows what lies at an address (valueType="url"): '
            "take the caption itself into the tasks."
        )
    caption = _key(texts[text])
    labels = _written(marks, "Label")
    if caption is None or not labels:
        raise LabellingError(f"In the labelling configuration the Text {text!r} has no $value, or its Labels no Label.")
    mark = labels.get(_fold(OWN.mark)) or next(iter(labels.values()))
    unsure = labels.get(_fold(OWN.unsure or ""))
    kind = _control(root, "Choices", text, per_region=True)
    verdict = _control(root, "Choices", text, per_region=False)
    return Labelling(
        image=image,
        caption=caption,
        text=text,
        marks=marks.get("name", ""),
        mark=mark,
        unsure=unsure if unsure != mark else None,
        kind=_name(kind),
        kinds=tuple(_kinds(kind)),
        correction=_name(_control(root, "TextArea", text, per_region=True)),
        verdict=_name(verdict),
        verdicts=tuple(_verdicts(verdict)),
        rewrite=_name(_control(root, "TextArea", text, per_region=False)),
    )


def _parsed(config: str) -> Element:
    """The tree, by a parser that knows no document type: entities can neither grow nor read files."""
    if len(config) > LONGEST:
        raise LabellingError(f"The labelling configuration has {len(config)} characters, far too many.")
    builder, depth = TreeBuilder(), 0
    parser = expat.ParserCreate()

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise LabellingError(f"The labelling configuration is more than {DEEPEST} tags deep.")
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse(*_: object) -> None:
        raise LabellingError("The labelling configuration has a document type, which Label Studio has no use for.")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(config.encode(), True)
    except (expat.ExpatError, UnicodeEncodeError, ValueError) as error:
        raise LabellingError(f"The labelling configuration is no XML: {error}.") from error
    return builder.close()


def _control(root: Element, tag: str, text: str, *, per_region: bool) -> Element | None:
    """The first control of a sort on the caption, of single regions or of the whole task."""
    for found in root.iter(tag):
        regional = (found.get("perRegion") or "").lower() == "true"
        if found.get("toName") == text and found.get("name") and regional == per_region:
            return found
    return None


def _kinds(choices: Element | None) -> Iterator[tuple[Kind, str]]:
    named = _written(choices, "Choice")
    return ((kind, named[kind]) for kind in KINDS if kind in named)


def _verdicts(choices: Element | None) -> Iterator[tuple[Verdict, str]]:
    named = _written(choices, "Choice")
    for verdict, ours in OWN.verdicts:
        found = named.get(_fold(ours)) or named.get(verdict)
        if found:
            yield verdict, found


def _written(control: Element | None, tag: str) -> dict[str, str]:
    """What each label or choice of a control is in results, by what it stands for."""
    found = control.iter(tag) if control is not None else ()
    named = (one.get("alias") or one.get("value") or "" for one in found if one.get("value"))
    return {_fold(name): name for name in named}


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())


def _name(tag: Element | None) -> str | None:
    return None if tag is None else tag.get("name")


def _key(tag: Element) -> str | None:
    value = tag.get("value") or ""
    return value[1:] if value.startswith("$") and len(value) > 1 else None
