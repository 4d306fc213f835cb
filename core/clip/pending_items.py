"""Pairs of an image and a caption on their way to the model: each is checked, and its image is loaded in a thread."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from captionlint.core.clip.image_features import ImageFeatures, LoadedImage
from captionlint.core.errors import CaptionError, ItemError
from captionlint.core.images.opening import Source, as_source


@dataclass(frozen=True, slots=True)
class PendingItem:
    """An item whose image is being loaded, or the reason why it cannot be scored.

    `source` keeps the image alive: its id is a key while a batch is prepared.
    """

    caption: str
    picture: Future[LoadedImage] | None
    refusal: str = ""
    source: Source | None = None


def prepare(pairs: Iterable[Any], images: ImageFeatures) -> list[PendingItem]:
    """Starts to load the images of a batch. An image that occurs twice is loaded once."""
    started: dict[object, Future[LoadedImage]] = {}
    pending = []
    for pair in pairs:
        try:
            source, caption = _checked(pair)
        except ItemError as error:
            pending.append(PendingItem(_caption_of(pair), None, str(error)))
            continue
        key = source if isinstance(source, Path) else id(source)
        if key not in started:
            started[key] = images.start(source)
        pending.append(PendingItem(caption, started[key], source=source))
    return pending


def _checked(pair: Any) -> tuple[Source, str]:
    """The image and the caption of an item.

    Raises:
        ItemError: it is something else.
    """
    try:
        image, caption = pair
    except Exception as error:  # any value may be here, and unpacking it may raise anything
        raise ItemError(f"An item is a pair of an image and a caption, not {type(pair).__name__}.") from error
    if not isinstance(caption, str):
        raise CaptionError(f"A caption is a text, not {type(caption).__name__}.")
    return as_source(image), caption


def _caption_of(pair: Any) -> str:
    """The caption of a refused item; "" if it has no text."""
    is_pair = isinstance(pair, tuple | list) and len(pair) == 2
    return pair[1] if is_pair and isinstance(pair[1], str) else ""
