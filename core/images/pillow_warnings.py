"""What a program of ours sets for its own process; never called by what other programs import."""

from __future__ import annotations

import warnings


def hush_pillow() -> None:
    """Keeps Pillow's warning about large images off the terminal: `core.images.opening` refuses them with a reason."""
    warnings.filterwarnings("ignore", message="Image size .* exceeds limit")
