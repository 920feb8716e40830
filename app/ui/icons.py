"""The marks: one shape for each state, drawn from SVG in the colours of the theme."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.ui.theme import is_dark, mark_colour

#: Drawn one by one, as some tray hosts scale badly.
SIZES = (16, 20, 22, 24, 32, 40, 44, 48, 64, 128, 256)
RESOURCES = Path(__file__).with_name("resources")


def mark(name: str) -> QIcon:
    """The mark called `name`: on, busy, attention, paused, off, starting, refusing or broken."""
    icon = QIcon()
    for size in SIZES:
        icon.addPixmap(mark_pixmap(name, size))
    if sys.platform == "darwin":
        icon.setIsMask(True)  # the menu bar colours it itself
    return icon


def mark_pixmap(name: str, size: int, ratio: float = 1.0) -> QPixmap:
    """The mark `size` wide and high, for a screen with `ratio` pixels to a point."""
    colour = mark_colour(name, is_dark(QGuiApplication.palette()))
    source = (RESOURCES / f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", colour.name())
    pixmap = QPixmap(QSize(size, size) * ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(source.encode())).render(painter)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
