"""Every error that Captionlint raises on purpose.

    CaptionlintError
    ├── UsageError           what was asked for does not exist or does not go together (exit code 2)
    ├── ModelError           a model cannot be had, loaded or probed
    │   └── UnprobeableError a text tower that the method cannot be applied to
    ├── ItemError            one image or caption cannot be scored; the rest of a batch goes on
    │   ├── ImageError
    │   └── CaptionError
    ├── CalibrationError     there are too few reviews, or none of a sort, to learn from
    ├── FormatError          a file is not what it should be
    ├── StoreError           the store cannot be opened, read or written
    │   └── StoreGoneError   its file was deleted, moved or replaced while it was open
    └── LabelStudioError     a Label Studio server cannot be reached, or refuses

Each message is one sentence or two: what happened, to which thing, and what to do next. A face shows it as it
is; nobody else prints.
"""

from __future__ import annotations


def first_line(error: Exception) -> str:
    """What another library's error says, on one line and without its full stop; its name where it says nothing."""
    return (str(error) or type(error).__name__).splitlines()[0].rstrip(".")


class CaptionlintError(Exception):
    """The root; `exit_code` is what the command line ends with."""

    exit_code = 1


class UsageError(CaptionlintError):
    """What was asked for does not exist, or does not go together."""

    exit_code = 2


class ModelError(CaptionlintError):
    """A model cannot be had or loaded."""


class UnprobeableError(ModelError):
    """A text tower that word attributions cannot be read from."""


def unprobeable(name: str, why: str) -> UnprobeableError:
    """The refusal of a text tower, with what serves instead."""
    return UnprobeableError(
        f"{name} cannot be probed: {why}; use --model fast, accurate or paper, or any open_clip model with a plain "
        "CLIP, CoCa or SigLIP text tower."
    )


class ItemError(CaptionlintError):
    """One item cannot be scored; in a batch only this item fails."""


class ImageError(ItemError):
    """A picture cannot be opened."""


class CaptionError(ItemError):
    """A caption cannot be scored."""


class CalibrationError(CaptionlintError):
    """The reviews do not suffice for what was asked of them."""


class FormatError(CaptionlintError):
    """A file does not hold what its format promises."""


class StoreError(CaptionlintError):
    """The store cannot be opened, read or written."""


class StoreGoneError(StoreError):
    """The store's file was deleted, moved, replaced or overwritten while it was open: nothing more is saved."""


class LabelStudioError(CaptionlintError):
    """A Label Studio server cannot be reached, or refuses.

    `status` is the answer's HTTP status, None where there was none; `detail` what the server said.
    """

    def __init__(self, message: str, *, status: int | None = None, detail: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.detail = detail
