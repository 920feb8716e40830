"""Light and dark, and the colours that depend on it: entities and marks. All else comes from the palette."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

#: Hues in degrees that stay apart for the entities seen most; others get one by their name.
_HUES = {
    "PERSON": 210,
    "ORGANIZATION": 275,
    "LOCATION": 135,
    "ADDRESS": 155,
    "EMAIL_ADDRESS": 25,
    "PHONE_NUMBER": 325,
    "CREDIT_CARD": 0,
    "IBAN_CODE": 50,
    "IP_ADDRESS": 180,
    "URL": 195,
    "CUSTOM": 85,
    "API_KEY": 345,
    "PASSWORD": 230,
}
#: For all others: hues between those.
_OTHER_HUES = (65, 110, 252, 300)
_SCHEMES = {
    "system": Qt.ColorScheme.Unknown,
    "light": Qt.ColorScheme.Light,
    "dark": Qt.ColorScheme.Dark,
}
#: Controls whose outline is all that shows where they are.
_OUTLINED = ("QCheckBox", "QRadioButton", "QComboBox", "QLineEdit", "QAbstractSpinBox", "QAbstractItemView")
#: Of each mark in light and dark. Each is legible on both, as a panel may differ from the theme.
_MARKS = {
    "on": ("#0f8a7e", "#1fae9f"),
    "busy": ("#0f8a7e", "#1fae9f"),
    "attention": ("#b86e00", "#e0900f"),
    "paused": ("#d9480f", "#ff7a3d"),
    "off": ("#d9480f", "#ff7a3d"),
    "starting": ("#808080", "#a0a0a0"),
    "refusing": ("#c9302c", "#e5534b"),
    "broken": ("#b86e00", "#e0900f"),
}


@dataclass(frozen=True, slots=True)
class Tint:
    """Text and its ground, at least 4.5:1 apart (WCAG AA)."""

    ground: QColor
    ink: QColor


def is_dark(palette: QPalette) -> bool:
    """Whether text is lighter than what it stands on."""
    return luminance(palette.text().color()) > luminance(palette.base().color())


def use(theme: str) -> None:
    """Shows all windows in `light` or `dark` colours, or as the `system` has it."""
    hints = QGuiApplication.styleHints()
    hints.setColorScheme(_SCHEMES[theme])
    QApplication.setPalette(QPalette())  # the system's own again, for every kind of control
    if theme != "system" and is_dark(QGuiApplication.palette()) != (theme == "dark"):
        # Not every system lets a program choose.
        QApplication.setPalette(dark_palette() if theme == "dark" else QPalette(QColor("#efefef")))
        for kind in _OUTLINED if theme == "dark" else ():
            # Its declaration says bytes, and it takes none.
            QApplication.setPalette(outlined_palette(), kind)  # type: ignore[arg-type]


def dark_palette() -> QPalette:
    """Dark colours for a style that takes any."""
    palette = QPalette(QColor("#3a3d41"), QColor("#2b2d30"))
    palette.setColor(QPalette.ColorRole.Base, QColor("#1e1f22"))
    palette.setColor(QPalette.ColorRole.AlternateBase, QColor("#26282b"))
    palette.setColor(QPalette.ColorRole.Highlight, QColor("#1f6f67"))
    return palette


def outlined_palette() -> QPalette:
    """Those, for what has an outline: the style draws it a shade darker than the window, which nobody would see."""
    palette = dark_palette()
    palette.setColor(QPalette.ColorRole.Window, QColor("#94969b"))
    return palette


def tint(entity: str, dark: bool) -> Tint:
    """The colours an entity is marked with."""
    other = _OTHER_HUES[zlib.crc32(entity.encode()) % len(_OTHER_HUES)]
    return _tint(_HUES.get(entity, other), dark)


@lru_cache(maxsize=256)
def _tint(hue: int, dark: bool) -> Tint:
    if dark:
        return Tint(QColor.fromHslF(hue / 360, 0.55, 0.24), QColor.fromHslF(hue / 360, 0.9, 0.88))
    return Tint(QColor.fromHslF(hue / 360, 0.8, 0.86), QColor.fromHslF(hue / 360, 0.95, 0.16))


def mark_colour(name: str, dark: bool) -> QColor:
    """The colour of the mark called `name`, see `icons`."""
    return QColor(_MARKS[name][dark])


def error_ink(dark: bool) -> QColor:
    """The colour of a sentence that says what is wrong."""
    return QColor("#ff9d94" if dark else "#a8201a")


def faint_ink(palette: QPalette) -> QColor:
    """The colour of explanations: fainter than text, yet legible (Qt's own placeholder ink is not)."""
    text, window = palette.windowText().color(), palette.window().color()
    share = 0.68
    return QColor.fromRgbF(
        *(share * getattr(text, part)() + (1 - share) * getattr(window, part)() for part in ("redF", "greenF", "blueF"))
    )


def luminance(colour: QColor) -> float:
    """Relative luminance as WCAG defines it."""
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    """The contrast ratio of two colours, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)
