"""The sprites of the scenes: one atlas of Noto Color Emoji glyphs (SIL Open Font License 1.1, see ``OFL.txt``).

``python -m captionlint.core.demo.sprites FONT.ttf`` draws the atlas again from the font's 109-pixel bitmaps.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from captionlint.core.demo.vocabulary import NOUNS

ATLAS: Final = Path(__file__).with_name("sprites.png")
CELL: Final = 64
COLUMNS: Final = 12
FONT_SIZE: Final = 109
"""The only size in which the font holds its bitmaps."""


@cache
def sprite(noun: str, side: int) -> Image.Image:
    """The noun's sprite, its longer side `side` pixels long (at most 64), as RGBA."""
    index = list(NOUNS).index(noun)
    left, top = index % COLUMNS * CELL, index // COLUMNS * CELL
    glyph = _atlas().crop((left, top, left + CELL, top + CELL))
    glyph = glyph.crop(glyph.getbbox())
    scale = side / max(glyph.size)
    return glyph.resize(
        (max(1, round(glyph.width * scale)), max(1, round(glyph.height * scale))), Image.Resampling.BICUBIC
    )


@cache
def _atlas() -> Image.Image:
    with Image.open(ATLAS) as atlas:
        return atlas.convert("RGBA")


def draw_atlas(font_path: Path) -> Image.Image:
    """All nouns' glyphs, cropped and centred in cells of 64 × 64, in the order of ``NOUNS``."""
    font = ImageFont.truetype(str(font_path), FONT_SIZE)
    rows = -(-len(NOUNS) // COLUMNS)
    atlas = Image.new("RGBA", (COLUMNS * CELL, rows * CELL))
    for index, (_, emoji) in enumerate(NOUNS.values()):
        glyph = Image.new("RGBA", (160, 160))
        ImageDraw.Draw(glyph).text((10, 10), emoji, font=font, embedded_color=True)
        glyph = glyph.crop(glyph.getbbox())
        glyph.thumbnail((CELL, CELL), Image.Resampling.LANCZOS)
        offset = ((CELL - glyph.width) // 2, (CELL - glyph.height) // 2)
        atlas.paste(glyph, (index % COLUMNS * CELL + offset[0], index // COLUMNS * CELL + offset[1]))
    return atlas


if __name__ == "__main__":
    draw_atlas(Path(sys.argv[1])).save(ATLAS, optimize=True)
