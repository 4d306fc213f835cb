"""Writes the report. Rows are rendered as they come, so that a long report needs no more memory than a short one."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from PIL import Image

from captionlint.cli.console import number, printable
from captionlint.core.errors import ImageError
from captionlint.core.images.opening import open_image
from captionlint.core.palette import DARK, LIGHT, STEPS, step
from captionlint.core.prediction import Prediction, WordScore

SIDE: Final = 480
"""Longest side of an inlined picture in pixels."""


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One item of the report."""

    name: str
    picture: Path
    prediction: Prediction


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a caption as the template shows it; `tint` is −3 to 3, 0 for what is no word."""

    text: str
    tint: int = 0
    flagged: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """An item as the template shows it."""

    name: str
    picture: str
    parts: tuple[Part, ...]
    marks: int
    f_clip_score: str
    clip_score: str


def write_report(
    path: Path,
    rows: Iterable[ReportRow],
    *,
    title: str,
    facts: dict[str, str],
    epsilon: float,
    scale: float,
    note: str = "",
) -> None:
    """Writes the report to `path`; `rows` come sorted. `scale` is the attribution of the strongest tint.

    `facts` are shown under the title, `note` in small type under them.
    """
    environment = Environment(
        loader=PackageLoader("captionlint.cli.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    stream = environment.get_template("report.html.j2").stream(
        title=title,
        facts=facts,
        note=note,
        epsilon=f"{epsilon:g}",
        bounds=[f"{share * scale:.2g}" for share in STEPS],
        light=LIGHT,
        dark=DARK,
        cards=_cards(rows, epsilon, scale),
    )
    stream.enable_buffering(64)
    stream.dump(str(path), encoding="utf-8", errors="replace")


def _cards(rows: Iterable[ReportRow], epsilon: float, scale: float) -> Iterator[Card]:
    for row in rows:
        prediction = row.prediction
        yield Card(
            name=row.name,
            picture=_inline(row.picture),
            parts=tuple(_parts(prediction, epsilon, scale)),
            marks=sum(word.flagged(epsilon) for word in prediction.words),
            f_clip_score=number(prediction.f_clip_score(epsilon)),
            clip_score=f"{prediction.clip_score:.3f}",
        )


def _parts(prediction: Prediction, epsilon: float, scale: float) -> Iterator[Part]:
    position = 0
    for word in prediction.words:
        if word.start > position:
            yield Part(prediction.caption[position : word.start])
        yield _word(word, epsilon, scale)
        position = word.end
    if position < len(prediction.caption):
        yield Part(prediction.caption[position:])


def _word(word: WordScore, epsilon: float, scale: float) -> Part:
    if word.score is None:
        return Part(word.text, note=word.reason or "")
    said = "against" if word.score < 0 else "for"
    flagged = word.flagged(epsilon)
    note = f"{number(word.score)}, speaks {said} “{printable(word.text)}”{', flagged' if flagged else ''}"
    return Part(word.text, step(word.score, scale=scale), flagged, note)


def _inline(path: Path) -> str:
    """The picture as a data URI; empty where it cannot be opened."""
    try:
        image = open_image(path)
    except ImageError:
        return ""
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=88, subsampling=0)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
