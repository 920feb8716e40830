"""Colours are legible in light and dark, and marks tell states apart by shape."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtGui import QColor, QIcon, QImage, QPalette
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QSpinBox, QTableView, QWidget

from app.pipeline.placeholder import SHORT
from app.state import Protection
from app.ui.icons import SIZES, mark, mark_pixmap
from app.ui.shell import Shell
from app.ui.theme import contrast, error_ink, faint_ink, is_dark, mark_colour, tint, use

LIGHT, DARK = QColor("#ffffff"), QColor("#1e1f22")
ENTITIES = [*SHORT, "PERSON", "LOCATION", "CUSTOM", "UK_NHS", "AU_TFN", "PROJECT", *map("TYPE_{}".format, range(40))]
STATES = [state.value for state in Protection]


@pytest.mark.parametrize("dark", [False, True])
def test_marked_text_is_legible(dark: bool) -> None:
    ground = DARK if dark else LIGHT
    for entity in ENTITIES:
        colours = tint(entity, dark)
        assert contrast(colours.ink, colours.ground) >= 4.5, entity
        assert contrast(colours.ink, ground) >= 4.5, entity


def test_the_entities_seen_most_have_colours_of_their_own() -> None:
    common = ["PERSON", "ORGANIZATION", "LOCATION", "EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "CUSTOM"]
    assert len({tint(entity, False).ground.name() for entity in common}) == len(common)


@pytest.mark.parametrize("dark", [False, True])
def test_explanations_and_errors_are_legible(dark: bool) -> None:
    palette = QPalette(QColor("#2b2d30" if dark else "#efefef"))
    assert is_dark(palette) is dark
    window = palette.window().color()
    assert contrast(faint_ink(palette), window) >= 4.5
    assert contrast(error_ink(dark), window) >= 4.5


@pytest.mark.parametrize("make", [QCheckBox, QLineEdit, QSpinBox, QTableView])
def test_outlines_are_seen_in_the_dark(qapp: Shell, make: type[QWidget]) -> None:
    """As far from what they are around as WCAG asks of controls."""
    qapp.setStyle("Fusion")
    try:
        use("dark")
        palette = shown(make).palette()
        assert contrast(palette.window().color().darker(140), palette.base().color()) >= 3
    finally:
        use("system")
    assert shown(make).palette().window().color() == shown(QLabel).palette().window().color()


def shown(make: type[QWidget]) -> QWidget:
    """A control in the colours of its kind."""
    widget = make()
    widget.ensurePolished()
    return widget


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("dark", [False, True])
def test_marks_stand_out_on_light_and_on_dark_panels(state: str, dark: bool) -> None:
    colour = mark_colour(state, dark)
    assert contrast(colour, DARK if dark else LIGHT) >= 3
    assert contrast(colour, LIGHT if dark else QColor("#000000")) >= 2


def shape(state: str, size: int) -> list[bool]:
    """Where the mark has ink, whatever its colour."""
    image = mark_pixmap(state, size).toImage().convertToFormat(QImage.Format.Format_ARGB32)
    return [QColor(image.pixelColor(x, y)).alpha() > 127 for y in range(size) for x in range(size)]


@pytest.mark.parametrize("size", [16, 22, 64])
def test_every_state_has_a_shape_of_its_own(qapp: Shell, size: int) -> None:
    for one, other in itertools.combinations(STATES, 2):
        differing = sum(a != b for a, b in zip(shape(one, size), shape(other, size), strict=True))
        # Dots tell starting from off, apart from the bar across; all others differ more.
        assert differing >= 0.06 * size * size, (one, other)


def test_marks_come_in_all_sizes(qapp: Shell) -> None:
    icon = mark("on")
    assert {size.width() for size in icon.availableSizes()} == set(SIZES)
    assert isinstance(icon, QIcon)


def test_marks_are_drawn_densely_for_dense_screens(qapp: Shell) -> None:
    pixmap = mark_pixmap("on", 72, 2.0)
    assert (pixmap.width(), pixmap.deviceIndependentSize().width()) == (144, 72)
