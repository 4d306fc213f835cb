"""Formulas as MathML: browsers set it themselves, so the site needs no script for it."""

from __future__ import annotations

import re

from latex2mathml.converter import convert

BLOCK = re.compile(r"^```math\n(.*?)^```$", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"\$`([^`]+)`\$")


def as_mathml(markdown: str) -> str:
    """Blocks fenced as ``math`` and inline $`…`$, as GitHub writes them, in MathML."""
    markdown = BLOCK.sub(lambda m: f'<div class="formula">{convert(m[1].strip(), display="block")}</div>', markdown)
    # In a span: a line that begins with <math> would count as a block of its own.
    return INLINE.sub(lambda m: f"<span>{convert(m[1])}</span>", markdown)
