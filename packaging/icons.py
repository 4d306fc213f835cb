"""Draws the program's icon from its SVG in the sizes that systems ask for: ``python packaging/icons.py FOLDER``.

Needs PySide6; writes PNG files, a Windows .ico and, on macOS, an .icns.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from PIL import Image
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SOURCE: Final = Path(__file__).resolve().parent.parent / "desktop" / "captionlint.svg"
SIZES: Final = (16, 22, 24, 32, 48, 64, 128, 256, 512)


def main(folder: Path) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QGuiApplication([])
    folder.mkdir(parents=True, exist_ok=True)
    for size in SIZES:
        draw(size).save(str(folder / f"{size}.png"))
    with Image.open(folder / "256.png") as largest:
        largest.save(folder / "captionlint.ico", sizes=[(s, s) for s in SIZES if s <= 256])
    if sys.platform == "darwin":
        write_icns(folder)
    del application


def draw(size: int) -> QImage:
    """The icon, `size` pixels wide and high, on transparent ground."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(SOURCE)).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return image


def write_icns(folder: Path) -> None:
    """By macOS's own tool, which wants its names."""
    names = folder / "captionlint.iconset"
    names.mkdir(exist_ok=True)
    for size in (16, 32, 128, 256):
        draw(size).save(str(names / f"icon_{size}x{size}.png"))
        draw(2 * size).save(str(names / f"icon_{size}x{size}@2x.png"))
    subprocess.run(["iconutil", "-c", "icns", str(names), "-o", str(folder / "captionlint.icns")], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
