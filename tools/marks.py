"""The app's mark in the forms that installers want: python -m tools.marks build/marks

PNG files by size, the drawing itself, and all sizes in one file for Windows (.ico) and macOS (.icns).
"""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DRAWING = ROOT / "app" / "ui" / "resources" / "on.svg"
#: The colour of the mark on any ground, as in `app.ui.theme`.
COLOUR = "#0f8a7e"
#: What icon themes of Linux have folders for.
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 256)
#: Apple's names for pictures of these sizes, and for those of twice the density.
ICNS = (
    (b"icp4", 16), (b"icp5", 32), (b"ic07", 128), (b"ic08", 256), (b"ic09", 512),
    (b"ic11", 32), (b"ic12", 64), (b"ic13", 256), (b"ic14", 512), (b"ic10", 1024),
)  # fmt: skip


def drawing() -> str:
    """The mark as SVG, in its colour."""
    return DRAWING.read_text(encoding="utf-8").replace("currentColor", COLOUR)


def png(size: int) -> bytes:
    """The mark as PNG, `size` pixels wide and high. Needs a QGuiApplication."""
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(drawing().encode())).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # what it takes beside a name is not declared
    return bytes(buffer.data().data())


def ico(pictures: dict[int, bytes]) -> bytes:
    """Windows' icon file, of PNG files by size."""
    head = struct.pack("<HHH", 0, 1, len(pictures))
    at = len(head) + 16 * len(pictures)
    for size, picture in pictures.items():
        head += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), at)
        at += len(picture)
    return head + b"".join(pictures.values())


def icns(pictures: list[tuple[bytes, bytes]]) -> bytes:
    """Apple's icon file, of PNG files by their name there."""
    rows = b"".join(name + struct.pack(">I", 8 + len(picture)) + picture for name, picture in pictures)
    return b"icns" + struct.pack(">I", 8 + len(rows)) + rows


def make(folder: Path) -> None:
    """Writes all files into `folder`."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtGui import QGuiApplication

    application = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])
    folder.mkdir(parents=True, exist_ok=True)
    for size in SIZES:
        (folder / f"{size}.png").write_bytes(png(size))
    (folder / "anonamoose.svg").write_text(drawing(), encoding="utf-8")
    (folder / "anonamoose.ico").write_bytes(ico({size: png(size) for size in ICO_SIZES}))
    (folder / "anonamoose.icns").write_bytes(icns([(name, png(size)) for name, size in ICNS]))
    del application


if __name__ == "__main__":
    make(Path(sys.argv[1]))
