"""JSON to and from text: nothing that stands in a file may crash, and every line stays one line."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from captionlint.core.formats.records import RowError

_ESCAPED: Final = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def parse(text: str) -> Any:
    """The value that a JSON text stands for; NaN and infinities are floats. Raises RowError with the reason."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise RowError(f"this is not JSON: {error.msg.removesuffix(' at')} at character {error.pos + 1}.") from error
    except RecursionError as error:
        raise RowError("the JSON is nested too deeply.") from error
    except ValueError as error:  # an integer of thousands of digits
        raise RowError(f"the JSON cannot be read: {error}.") from error


def parse_object(text: str) -> dict[str, Any]:
    """As `parse`, for what must be an object."""
    value = parse(text)
    if not isinstance(value, dict):
        raise RowError(f"expected a JSON object with image and caption, found {type(value).__name__}.")
    return value


def compact(value: object) -> str:
    """One line of JSON, readable in any script.

    Separators that some readers take for line ends (U+0085, U+2028, U+2029) and lone surrogates are escaped.
    Raises ValueError for NaN and infinities, which are not JSON.
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text if text.isascii() else _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
