"""``python -m cli``."""

from cli.captionlint import run

run()
