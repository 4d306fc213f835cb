"""Where the package under test is, for programs that the tests start."""

from pathlib import Path

import captionlint

PACKAGE_PATH = str(Path(captionlint.__file__).parents[1])
"""The entry of PYTHONPATH under which `captionlint` is found."""
