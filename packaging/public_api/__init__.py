"""Finds the words of a caption that its image does not support, and helps people correct them.

`__all__` is the public API. Each name loads when it is first used: importing this package loads no torch.
"""

from __future__ import annotations

import os
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from captionlint.core.clip.model_spec import ModelSpec
    from captionlint.core.clip.scorer import Scorer
    from captionlint.core.errors import CaptionlintError
    from captionlint.core.formats.reading import read
    from captionlint.core.formats.records import BadRow, ExportItem, SourceItem
    from captionlint.core.formats.writing import open_writer
    from captionlint.core.prediction import Failure, Prediction, WordScore
    from captionlint.core.review import Review, Span
    from captionlint.db.prelabel.local import prelabel
    from captionlint.db.store import Store

    __version__: str

__all__ = [
    "BadRow",
    "CaptionlintError",
    "ExportItem",
    "Failure",
    "ModelSpec",
    "Prediction",
    "Review",
    "Scorer",
    "SourceItem",
    "Span",
    "Store",
    "WordScore",
    "__version__",
    "open_writer",
    "prelabel",
    "read",
]

_MODULES = {
    "core.clip.model_spec": ("ModelSpec",),
    "core.clip.scorer": ("Scorer",),
    "core.errors": ("CaptionlintError",),
    "core.formats.reading": ("read",),
    "core.formats.records": ("BadRow", "ExportItem", "SourceItem"),
    "core.formats.writing": ("open_writer",),
    "core.prediction": ("Failure", "Prediction", "WordScore"),
    "core.review": ("Review", "Span"),
    "db.prelabel.local": ("prelabel",),
    "db.store": ("Store",),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}

# In an editable install `core` is a link. Its target's folder is taken, so that tracebacks name the repository's files.
__path__ = [os.path.dirname(os.path.realpath(os.path.join(__path__[0], "core")))]  # noqa: PTH118, PTH120


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return version("captionlint")
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'captionlint' has no attribute {name!r}")
    found = getattr(import_module(f"captionlint.{_MODULE_OF[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
